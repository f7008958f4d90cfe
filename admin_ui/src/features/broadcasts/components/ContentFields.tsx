import { DatePicker, Input, Segmented } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'

import type { Attachment, Audience } from '@/api/broadcasts'
import { number } from '@/shared/lib/numbers'
import { Card } from '@/shared/ui/Page'

import { TEXT_BYTES } from '../states'
import { AttachmentFields } from './AttachmentFields'

export interface Draft {
  title: string
  text: string
  part: Attachment | null
  audience: Audience
  sendAt: Dayjs | null
}

interface PartProps {
  draft: Draft
  bytes: number
  change: (changes: Partial<Draft>) => void
}

/** What it says: name, text with its bytes counted, and one attachment. */
export function ContentFields({ draft, bytes, change }: PartProps) {
  const { t } = useTranslation()
  const id = useId()
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
      <AttachmentFields value={draft.part} onChange={(part) => change({ part })} />
    </Card>
  )
}

/** Now, or at a time that has not passed. */
export function WhenFields({ sendAt, onChange }: { sendAt: Dayjs | null; onChange: (at: Dayjs | null) => void }) {
  const { t } = useTranslation()
  return (
    <Card title={t('broadcast.when')}>
      <div className="s-toolbar">
        <Segmented<'now' | 'later'>
          aria-label={t('broadcast.when')}
          value={sendAt ? 'later' : 'now'}
          onChange={(kind) => onChange(kind === 'now' ? null : dayjs().add(1, 'hour').startOf('minute'))}
          options={[
            { value: 'now', label: t('broadcast.now') },
            { value: 'later', label: t('broadcast.later') },
          ]}
        />
        {sendAt ? (
          <DatePicker
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            aria-label={t('broadcast.sendAt')}
            allowClear={false}
            minDate={dayjs()}
            value={sendAt}
            onChange={(at) => onChange(at)}
          />
        ) : null}
      </div>
      {sendAt && sendAt.isBefore(dayjs()) ? <p className="f-over">{t('broadcast.timePast')}</p> : null}
    </Card>
  )
}
