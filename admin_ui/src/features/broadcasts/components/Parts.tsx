import { useTranslation } from 'react-i18next'

import type { RecipientStatus, Report } from '@/api/types'
import { number } from '@/shared/lib/numbers'

import { parts, RECIPIENT_TONE } from '../states'

/** What has not begun is the empty track that the bar fills from the left. */
const partClass = (state: RecipientStatus): string => `f-part-${state === 'planned' ? 'ahead' : RECIPIENT_TONE[state]}`

/** The report as one bar; its numbers stand beside it, so it is left out of what is read aloud. */
export function PartsBar({ report }: { report: Report }) {
  return (
    <div className="f-parts" aria-hidden="true">
      {parts(report).map(({ state, count }) => (
        <span key={state} className={partClass(state)} style={{ flexGrow: count }} />
      ))}
    </div>
  )
}

/** The same with names and numbers. */
export function PartsLegend({ report }: { report: Report }) {
  const { t } = useTranslation()
  return (
    <ul className="f-legend">
      {parts(report).map(({ state, count }) => (
        <li key={state}>
          <i className={partClass(state)} aria-hidden="true" />
          {t(`recipientState.${state}`)}
          <b>{number(count)}</b>
        </li>
      ))}
    </ul>
  )
}
