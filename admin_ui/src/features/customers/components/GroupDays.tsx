import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { GroupDay } from '@/api/types'
import { number } from '@/shared/lib/numbers'
import { ChartOrTable } from '@/shared/ui/ChartOrTable'
import { DataTable } from '@/shared/ui/DataTable'
import { Async, EmptyState } from '@/shared/ui/States'

const DAYS = 30

/** The last thirty days of a group. */
export const daysOf = (chatId: string) => resource('groups').one('{chat_id}/days', { chat_id: chatId, days: DAYS })

/** Who came and went by day, as bars or as the table behind them. */
export function GroupDays({ chatId }: { chatId: string }) {
  const { t } = useTranslation()
  const days = useQuery(daysOf(chatId))
  return (
    <ChartOrTable title={t('group.days')}>
      {(shape) => (
        <Async query={days} rows={4}>
          {({ items }) => {
            if (!items.length) return <EmptyState title={t('group.noDays')} hint={t('group.noDaysHint')} />
            return shape === 'chart' ? <Bars days={items} /> : <Table days={items} />
          }}
        </Async>
      )}
    </ChartOrTable>
  )
}

function Table({ days }: { days: readonly GroupDay[] }) {
  const { t } = useTranslation()
  return (
    <div className="f-days-table">
      <DataTable
        label={t('group.days')}
        columns={[
          { key: 'day', title: t('group.day'), render: (day: GroupDay) => day.day },
          { key: 'members', title: t('group.atEnd'), render: (day: GroupDay) => number(day.members) },
          { key: 'joined', title: t('group.joined'), render: (day: GroupDay) => number(day.joined) },
          { key: 'left', title: t('group.left'), render: (day: GroupDay) => number(day.left) },
          { key: 'active', title: t('group.active'), render: (day: GroupDay) => (day.active === null ? '–' : number(day.active)) },
        ]}
        rows={[...days].reverse()}
        rowKey={(day) => day.day}
      />
    </div>
  )
}

const HEIGHT = 60 // of the half above the line, and of the one below
const STEP = 10

function Bars({ days }: { days: readonly GroupDay[] }) {
  const { t } = useTranslation()
  const most = Math.max(1, ...days.map((day) => Math.max(day.joined, day.left)))
  const sum = (key: 'joined' | 'left'): number => days.reduce((total, day) => total + day[key], 0)
  const figures = { joined: number(sum('joined')), left: number(sum('left')) }
  const label = t('group.daysText', { count: days.length, ...figures, members: number(days.at(-1)?.members ?? 0) })
  const high = (value: number): number => (value ? Math.max(2, (value / most) * HEIGHT) : 0)
  return (
    <>
      <p className="f-days-legend s-sub">
        <span className="f-joined" aria-hidden="true" />
        {t('group.joinedSum', { total: figures.joined })}
        <span className="f-left" aria-hidden="true" />
        {t('group.leftSum', { total: figures.left })}
      </p>
      <svg className="f-days" role="img" aria-label={label} viewBox={`0 0 ${String(days.length * STEP)} ${String(2 * HEIGHT)}`} preserveAspectRatio="none">
        {days.map((day, place) => (
          <g key={day.day}>
            <title>{t('group.dayText', { day: day.day, joined: day.joined, left: day.left, members: day.members })}</title>
            <rect className="f-days-ground" x={place * STEP} y={0} width={STEP} height={2 * HEIGHT} />
            <rect className="f-joined" x={place * STEP + 2} y={HEIGHT - high(day.joined)} width={STEP - 4} height={high(day.joined)} />
            <rect className="f-left" x={place * STEP + 2} y={HEIGHT} width={STEP - 4} height={high(day.left)} />
          </g>
        ))}
        <line x1={0} x2={days.length * STEP} y1={HEIGHT} y2={HEIGHT} />
      </svg>
      <p className="f-days-ends s-sub">
        <span>{days[0]?.day}</span>
        <span>{days.at(-1)?.day}</span>
      </p>
    </>
  )
}
