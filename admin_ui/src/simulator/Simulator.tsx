import { Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useSetTrickle, useSimCorp, useSimWorld, useTrickle } from '@/api/simulator'
import { useDebounced } from '@/shared/lib/debounce'
import { useTitle } from '@/shared/lib/title'
import { Async, EmptyState } from '@/shared/ui/States'

import { Phone } from './Phone'
import { playable, StaffList } from './StaffList'
import { Stream } from './Stream'

/** Play the world outside the product: staff and customers in WeCom's client, the administrator of the address book. */
export function Simulator() {
  const { t } = useTranslation()
  useTitle(t('sim.title'))
  const corp = useSimCorp()
  return (
    <div className="m-page">
      <header className="m-top">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        <div>
          <h1>{t('sim.title')}</h1>
          <p className="s-sub">{t('sim.note')}</p>
        </div>
        <div className="m-top-right">
          {corp.data ? <TrickleSwitch corpId={corp.data.corp_id} /> : null}
          <a href="/" target="scrm-console">
            {t('sim.toConsole')}
          </a>
        </div>
      </header>
      <main>
        <Async query={corp}>
          {(data) => (data ? <Stage corpId={data.corp_id} /> : <EmptyState title={t('sim.noCorp')} />)}
        </Async>
      </main>
    </div>
  )
}

function TrickleSwitch({ corpId }: { corpId: string }) {
  const { t } = useTranslation()
  const trickle = useTrickle()
  const set = useSetTrickle()
  if (!trickle.data) return null
  const { on, per_minute } = trickle.data
  return (
    <label className="m-trickle" htmlFor="trickle">
      <Switch
        id="trickle"
        size="small"
        checked={on}
        loading={set.isPending}
        onChange={(wanted) => set.mutate({ on: wanted, per_minute, corp_id: corpId })}
      />
      {t('sim.trickle', { count: per_minute })}
    </label>
  )
}

const staffInAddress = (): string => new URLSearchParams(globalThis.location.search).get('userid') ?? ''

function Stage({ corpId }: { corpId: string }) {
  const [chosen, setChosen] = useState(staffInAddress)
  const [typed, setTyped] = useState('')
  const q = useDebounced(typed.trim())
  const world = useSimWorld(corpId, chosen, q)
  const choose = (userid: string): void => {
    setChosen(userid)
    setTyped('')
    globalThis.history.replaceState(null, '', `?userid=${encodeURIComponent(userid)}`)
  }
  const staff = world.data?.staff.find((member) => member.userid === chosen && member.in_service)
  const somebody = world.data && !staff ? playable(world.data.staff)[0] : undefined
  // Nobody chosen yet, or gone since: go on with whoever has most customers.
  if (somebody) setChosen(somebody.userid)
  return (
    <Async query={world} rows={12}>
      {(data) => (
        <div className="m-stage">
          <StaffList world={data} chosen={chosen} onChoose={choose} />
          {staff ? <Phone world={data} staff={staff} q={typed} onSearch={setTyped} onChoose={choose} /> : <span />}
          <Stream world={data} />
        </div>
      )}
    </Async>
  )
}
