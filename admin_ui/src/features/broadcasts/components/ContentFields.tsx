import { Input } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'

import { number } from '@/shared/lib/numbers'
import { Card } from '@/shared/ui/Page'

import { bytesOf, TEXT_BYTES, type Draft, type DraftPart } from '../draft'
import { AttachmentList } from './AttachmentList'

interface ContentFieldsProps {
  draft: Draft
  change: (changes: Partial<Draft>) => void
  changeParts: (change: (parts: readonly DraftPart[]) => readonly DraftPart[]) => void
}

/** Name, text and attachments. */
export function ContentFields({ draft, change, changeParts }: ContentFieldsProps) {
  const { t } = useTranslation()
  const id = useId()
  const bytes = bytesOf(draft.text)
  return (
    <Card title={t('broadcast.content')}>
      <div className="f-field">
        <label className="f-field-name" htmlFor={`${id}title`}>
          {t('broadcast.name')}
        </label>
        <Input
          id={`${id}title`}
          maxLength={60}
          value={draft.title}
          placeholder={t('broadcast.nameHint')}
          onChange={(event) => change({ title: event.target.value })}
        />
      </div>
      <div className="f-field">
        <label className="f-field-name" htmlFor={`${id}text`}>
          {t('broadcast.text')}
        </label>
        <Input.TextArea
          id={`${id}text`}
          rows={6}
          value={draft.text}
          status={bytes > TEXT_BYTES ? 'error' : ''}
          aria-describedby={`${id}bytes`}
          onChange={(event) => change({ text: event.target.value })}
        />
        <span className="f-field-note">
          <span>{t('broadcast.textSource')}</span>
          <span id={`${id}bytes`} className={bytes > TEXT_BYTES ? 'f-over' : ''}>
            {t('broadcast.bytes', { n: number(bytes), most: number(TEXT_BYTES) })}
          </span>
        </span>
      </div>
      <AttachmentList parts={draft.parts} onChange={changeParts} />
    </Card>
  )
}
