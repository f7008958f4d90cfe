import { useTranslation } from 'react-i18next'

import type { HandoverDetail } from '@/api/types'
import { number } from '@/shared/lib/numbers'
import { Pill } from '@/shared/ui/Chips'
import { Card } from '@/shared/ui/Page'

import { ITEM_TONE } from '../tones'

/** Who got what, and what is left: the lines add up to the whole. */
export function Sheet({ handover }: { handover: HandoverDetail }) {
  const { t } = useTranslation()
  const sum = handover.sheet.reduce((total, line) => total + line.count, 0)
  return (
    <Card title={t('handover.sheet')}>
      {/* The box scrolls by itself, so it has to take the keyboard's focus. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="s-table-box" tabIndex={0} role="region" aria-label={t('handover.sheet')}>
        <table className="s-table f-handover-sheet">
          <thead>
            <tr>
              <th scope="col">{t('handover.successor')}</th>
              <th scope="col">{t('filter.kind')}</th>
              <th scope="col">{t('handover.state')}</th>
              <th scope="col" className="f-count">
                {t('handover.count')}
              </th>
            </tr>
          </thead>
          <tbody>
            {handover.sheet.map((line) => (
              <tr key={`${line.kind}/${line.successor}/${line.state}`}>
                <td data-label={t('handover.successor')}>{line.successor_name || t('handover.nobody')}</td>
                <td data-label={t('filter.kind')}>{t(`itemKind.${line.kind}`)}</td>
                <td data-label={t('handover.state')}>
                  <span>
                    <Pill tone={ITEM_TONE[line.state]}>{t(`itemState.${line.state}`)}</Pill>
                  </span>
                </td>
                <td className="f-count" data-label={t('handover.count')}>
                  {number(line.count)}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td colSpan={3}>{t('handover.sum')}</td>
              <td className="f-count">{number(sum)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </Card>
  )
}
