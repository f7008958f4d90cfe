import { useMutation } from '@tanstack/react-query'
import { App, Button, InputNumber, Progress } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import type { RuleDetail } from '@/api/types'
import { number } from '@/shared/lib/numbers'
import { exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { useErrorWords } from '@/shared/ui/States'

/** A rule looks at what comes from now on; here it goes over the past. */
export function PastScan({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation()
  const can = useCan()
  const { message } = App.useApp()
  const failure = useErrorWords()
  const scan = useMutation(resource('rules').act('post', '{rule_id}/scan'))
  const [days, setDays] = useState(7)
  const running = rule.scans.some((row) => row.state === 'running')
  return (
    <section aria-label={t('rules.past')}>
      <h2>{t('rules.past')}</h2>
      <p className="s-sub">{t('rules.pastHint')}</p>
      {can('rules.edit') ? (
        <div className="f-trial-row">
          <InputNumber
            min={1}
            max={365}
            value={days}
            aria-label={t('rules.days')}
            suffix={t('rules.days')}
            onChange={(value) => setDays(value ?? 7)}
          />
          <Button
            disabled={running}
            loading={scan.isPending}
            onClick={() => scan.mutate({ rule_id: rule.id, days }, { onError: (error) => void message.error(failure(error)) })}
          >
            {t('rules.scan')}
          </Button>
        </div>
      ) : null}
      <ul className="f-rule-versions">
        {rule.scans.map((row) => (
          <li key={row.id}>
            <span>
              {exactTime(row.since)} — {t('rules.scanned', { n: number(row.scanned), total: number(row.total), count: row.hits })}
            </span>
            {row.state === 'parked' ? <Pill tone="bad">{t('rules.scanStopped')}</Pill> : null}
            {row.state === 'running' ? (
              <Progress
                percent={row.total ? Math.floor((row.scanned / row.total) * 100) : 0}
                size="small"
                aria-label={t('rules.past')}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}
