import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { TrialAnswer } from '@/api/types'
import type { Schemas } from '@/api/client'
import { useErrorWords } from '@/shared/ui/States'

/** A text to try the words of the form on, before anybody is alarmed by them. */
export function Trial({ words }: { words: string }) {
  const { t } = useTranslation()
  const failure = useErrorWords()
  const trial = useMutation({ mutationFn: (body: Schemas['TrialBody']) => resource('rules').send('post', 'try', body) })
  const [text, setText] = useState('')
  const [tried, setTried] = useState('')
  const run = (): void => {
    setTried(text)
    trial.mutate({ text, words, rule_id: null })
  }
  return (
    <section className="f-trial" aria-label={t('rules.trial')}>
      <label htmlFor="trial">{t('rules.trial')}</label>
      <Input.TextArea
        id="trial"
        disabled={false}
        rows={2}
        maxLength={5000}
        value={text}
        placeholder={t('rules.trialHint')}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="f-trial-row">
        <Button size="small" disabled={!text.trim() || !words.trim()} loading={trial.isPending} onClick={run}>
          {t('rules.try')}
        </Button>
        <span role="status">
          {trial.data ? (trial.data.hits.length ? t('rules.trialHits', { count: trial.data.hits.length }) : t('rules.trialNone')) : null}
          {trial.error ? failure(trial.error) : null}
        </span>
      </div>
      {trial.data?.hits.length ? <p className="f-trial-text">{shown(tried, trial.data)}</p> : null}
    </section>
  )
}

/** Places are counted in code points, as the server counts. */
function shown(text: string, answer: TrialAnswer): ReactNode {
  const signs = [...text]
  const hit = signs.map(() => false)
  for (const { start, end } of answer.hits) hit.fill(true, start, end)
  const parts: { text: string; marked: boolean; start: number }[] = []
  for (const [place, sign] of signs.entries()) {
    const last = parts.at(-1)
    if (last && last.marked === hit[place]) last.text += sign
    else parts.push({ text: sign, marked: hit[place] ?? false, start: place })
  }
  return parts.map((part) => (part.marked ? <mark key={part.start}>{part.text}</mark> : <span key={part.start}>{part.text}</span>))
}
