import { useTranslation } from 'react-i18next'

import type { HandoverCounts } from '@/api/types'
import { number } from '@/shared/lib/numbers'

/** In the order of the bar; what is unassigned is its empty track, at the end. */
const PARTS = ['done', 'moving', 'failed', 'gone', 'unassigned'] as const

/** How far a handover has come, as a bar whose parts add up to its whole. */
export function ProgressBar({ counts, label }: { counts: HandoverCounts; label: string }) {
  const { t } = useTranslation()
  const words = PARTS.filter((part) => counts[part])
    .map((part) => `${t(`handover.part.${part}`)} ${number(counts[part])}`)
    .join(' · ')
  return (
    <div className="f-handover-bar" role="img" aria-label={`${label}: ${words || t('common.none')}`} title={words}>
      {PARTS.map((part) =>
        counts[part] ? <span key={part} className={`f-${part}`} style={{ flexGrow: counts[part] }} /> : null,
      )}
    </div>
  )
}

/** The same in figures. */
export function Figures({ counts }: { counts: HandoverCounts }) {
  const { t } = useTranslation()
  return (
    <ul className="f-handover-figures">
      <li>
        <span className="s-sub">{t('handover.total')}</span>
        <b>{number(counts.total)}</b>
      </li>
      {PARTS.map((part) => (
        <li key={part}>
          <span className="s-sub">
            <span className={`f-handover-legend f-${part}`} aria-hidden="true" />
            {t(`handover.part.${part}`)}
          </span>
          <b>{number(counts[part])}</b>
        </li>
      ))}
    </ul>
  )
}
