import { useTranslation } from 'react-i18next'

import type { Report } from '@/api/broadcasts'
import { number } from '@/shared/lib/numbers'

import { parts, RECIPIENT_TONE } from '../states'

/** The report as one bar; its numbers stand beside it, so it is left out of what is read aloud. */
export function PartsBar({ report }: { report: Report }) {
  return (
    <div className="f-parts" aria-hidden="true">
      {parts(report).map(({ state, count }) => (
        <span key={state} className={`f-part-${RECIPIENT_TONE[state]}`} style={{ flexGrow: count }} />
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
          <i className={`s-tone-${RECIPIENT_TONE[state]}`} style={{ background: 'currentColor' }} aria-hidden="true" />
          {t(`recipientState.${state}`)}
          <b>{number(count)}</b>
        </li>
      ))}
    </ul>
  )
}
