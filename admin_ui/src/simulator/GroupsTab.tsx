import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import type { SimGroup, SimStaff, SimWorld } from '@/api/simulator'
import { EmptyState } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { useAct } from './useAct'

/** The customer groups this member owns: people join, the name changes, the group is dissolved. */
export function GroupsTab({ world, staff }: { world: SimWorld; staff: SimStaff }) {
  const { t } = useTranslation()
  const { act, busy } = useAct(world.corp_id)
  const own = world.groups.filter((group) => group.owner.toLowerCase() === staff.userid.toLowerCase())
  const customers = world.customers.items.filter((relation) => relation.userid === staff.userid)
  const invite = (group: SimGroup): void => {
    // Whoever is in the group already is skipped by the simulator, so the newest few are offered.
    const members = customers.slice(0, 3).map((relation) => relation.external_userid)
    void act('add_group_members', { chat_id: group.chat_id, members })
  }
  const create = (): void => {
    const members = customers.slice(0, 5).map((relation) => relation.external_userid)
    void act('create_group', { owner: staff.userid, name: t('sim.groupName', { name: staff.name }), members })
  }
  return (
    <>
      <Button block disabled={busy || !customers.length} onClick={create}>
        {t('sim.createGroup')}
      </Button>
      {own.length ? (
        <ul className="m-contacts">
          {own.map((group) => (
            <li key={group.chat_id}>
              <div className="s-person">
                <Tile name={group.name} seed={group.chat_id} round={false} />
                <div className="m-grow">
                  <b>{group.name || t('common.unnamed')}</b>
                  <div className="s-sub">{t('sim.members', { count: group.members })}</div>
                </div>
              </div>
              <div className="m-actions">
                <Button size="small" disabled={busy || !customers.length} onClick={() => invite(group)}>
                  {t('sim.invite')}
                </Button>
                <Button
                  size="small"
                  danger
                  disabled={busy}
                  onClick={() => void act('dismiss_group', { chat_id: group.chat_id })}
                >
                  {t('sim.dismiss')}
                </Button>
              </div>
            </li>
          ))}
        </ul>
      ) : (
        <EmptyState title={t('sim.noGroups')} />
      )}
    </>
  )
}
