import { UserAddOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { SimStaff, SimWorld } from '@/api/simulator'
import { number } from '@/shared/lib/numbers'
import { lazily } from '@/shared/ui/lazily'
import { Tile } from '@/shared/ui/Tile'

const HireDialog = lazily(() => import('./HireDialog'))

interface StaffListProps {
  world: SimWorld
  chosen: string
  onChoose: (userid: string) => void
}

/** Who can be played, those with most customers first. */
export const playable = (staff: readonly SimStaff[]): SimStaff[] =>
  staff.filter((member) => member.in_service).sort((a, b) => b.customers - a.customers)

/** Whom to play: the staff by department, those with customers first. */
export function StaffList({ world, chosen, onChoose }: StaffListProps) {
  const { t } = useTranslation()
  const [hiring, setHiring] = useState(false)
  const departments = new Map(world.departments.map((department) => [department.id, department.name]))
  const place = (member: SimStaff): string => member.department.map((id) => departments.get(id) ?? '').join(' / ')
  return (
    <section className="s-card m-staff" aria-labelledby="staff-list">
      <div className="s-card-head">
        <h2 id="staff-list">{t('sim.staff')}</h2>
        <Button size="small" icon={<UserAddOutlined />} onClick={() => setHiring(true)}>
          {t('sim.hire')}
        </Button>
      </div>
      <ul className="m-list">
        {playable(world.staff).map((member) => (
          <li key={member.userid}>
            <button type="button" aria-pressed={member.userid === chosen} onClick={() => onChoose(member.userid)}>
              <Tile name={member.name} seed={member.userid} size={32} />
              <span className="m-grow">
                <b>{member.name}</b>
                <small>{[place(member), member.position].filter(Boolean).join(' · ')}</small>
              </span>
              <span className="s-sub">{member.customers ? number(member.customers) : ''}</span>
            </button>
          </li>
        ))}
      </ul>
      {hiring ? (
        <Suspense fallback={null}>
          <HireDialog world={world} onClose={() => setHiring(false)} onHired={onChoose} />
        </Suspense>
      ) : null}
    </section>
  )
}
