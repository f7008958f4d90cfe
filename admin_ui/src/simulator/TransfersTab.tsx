import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { useSimTransfers, type SimStaff, type SimWorld } from '@/api/simulator'
import { Async, EmptyState } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { useAct } from './useAct'

/** Customers on their way to this member: each accepts or refuses, or the member turns out to be full. */
export function TransfersTab({ world, staff }: { world: SimWorld; staff: SimStaff }) {
  const { t } = useTranslation()
  const { act, busy } = useAct(world.corp_id)
  const transfers = useSimTransfers(world.corp_id, staff.userid)
  return (
    <Async query={transfers} rows={4}>
      {(data) =>
        data.total ? (
          <>
            <p className="s-sub">{t('simTransfer.count', { count: data.total })}</p>
            <Button block disabled={busy} onClick={() => void act('decide_transfers', { takeover: staff.userid })}>
              {t('simTransfer.all')}
            </Button>
            <ul className="m-contacts">
              {data.items.map((row) => {
                const who = { external_userid: row.external_userid, handover: row.handover }
                return (
                  <li key={row.number}>
                    <div className="s-person">
                      <Tile name={row.name} seed={row.external_userid} />
                      <div className="m-grow">
                        <b>{row.name}</b>
                        <div className="s-sub">{t('simTransfer.from', { name: row.handover_name })}</div>
                      </div>
                    </div>
                    <div className="m-actions">
                      <Button size="small" disabled={busy} onClick={() => void act('accept_transfer', who)}>
                        {t('simTransfer.accept')}
                      </Button>
                      <Button size="small" danger disabled={busy} onClick={() => void act('refuse_transfer', who)}>
                        {t('simTransfer.refuse')}
                      </Button>
                      <Button size="small" disabled={busy} onClick={() => void act('fill_transfer', who)}>
                        {t('simTransfer.full')}
                      </Button>
                    </div>
                  </li>
                )
              })}
            </ul>
          </>
        ) : (
          <EmptyState title={t('simTransfer.none')} hint={t('simTransfer.noneHint')} />
        )
      }
    </Async>
  )
}
