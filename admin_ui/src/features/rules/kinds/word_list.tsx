import { Form, Input, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'

import { Trial } from '../components/Trial'
import type { View } from './view'

const SENDERS = ['anyone', 'staff', 'customer'] as const
const linesOf = (words: string): number => words.split('\n').filter((line) => line.trim()).length

/** What the form holds of the words now. */
function useWords(): string {
  const form = Form.useFormInstance<{ words: string }>()
  return Form.useWatch('words', form) ?? ''
}

function Fields() {
  const { t } = useTranslation()
  const words = useWords()
  return (
    <>
      <Form.Item name="words" label={t('rules.words')} extra={t('rules.wordsHint', { count: linesOf(words) })}>
        <Input.TextArea rows={9} placeholder={t('rules.wordsPlaceholder')} className="s-mono" />
      </Form.Item>
      <Form.Item name="senders" label={t('rules.senders')}>
        <Segmented
          aria-label={t('rules.senders')}
          options={SENDERS.map((value) => ({ value, label: t(`rules.sender.${value}`) }))}
        />
      </Form.Item>
    </>
  )
}

export const view: View = {
  values: (rule) => ({ words: rule.word_list.join('\n'), senders: rule.senders }),
  empty: { words: '', senders: 'anyone' },
  Fields,
  Trial: () => <Trial words={useWords()} />,
}
