import { Input } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'

import type { Attachment } from '@/api/types'
import { number } from '@/shared/lib/numbers'

import { bytesOf, FIELD_BYTES } from '../draft'
import { PictureField } from './PictureField'

interface AttachmentFieldsProps {
  part: Attachment
  /** What changed; the rest may have changed meanwhile. */
  onChange: (changes: Partial<Attachment>) => void
}

/** What there is to fill in for one picture, link or mini-program. */
export function AttachmentFields({ part, onChange }: AttachmentFieldsProps) {
  const { t } = useTranslation()
  switch (part.kind) {
    case 'image':
      return (
        <PictureField
          bare
          label={t('broadcast.picture')}
          mediaId={part.media_id}
          onChange={(media_id) => onChange({ media_id })}
        />
      )
    case 'link':
      return (
        <>
          <Line label={t('broadcast.linkTitle')} value={part.title} most={FIELD_BYTES.linkTitle} onChange={(title) => onChange({ title })} />
          <Line label={t('broadcast.linkUrl')} value={part.url} placeholder="https://" most={FIELD_BYTES.linkUrl} onChange={(url) => onChange({ url })} />
          <Line label={t('broadcast.linkDesc')} value={part.desc ?? ''} most={FIELD_BYTES.linkDesc} onChange={(desc) => onChange({ desc })} />
          <Line label={t('broadcast.linkCover')} value={part.picurl ?? ''} placeholder="https://" most={FIELD_BYTES.linkUrl} onChange={(picurl) => onChange({ picurl })} />
        </>
      )
    case 'miniprogram':
      return (
        <>
          <Line label={t('broadcast.miniTitle')} value={part.title} most={FIELD_BYTES.miniTitle} onChange={(title) => onChange({ title })} />
          <Line label={t('broadcast.miniAppid')} value={part.appid} placeholder="wx…" onChange={(appid) => onChange({ appid })} />
          <Line label={t('broadcast.miniPage')} value={part.page} placeholder="pages/index" onChange={(page) => onChange({ page })} />
          <PictureField label={t('broadcast.cover')} mediaId={part.media_id} onChange={(media_id) => onChange({ media_id })} />
        </>
      )
  }
}

interface LineProps {
  label: string
  value: string
  placeholder?: string
  /** In bytes; said only once it is passed. */
  most?: number
  onChange: (value: string) => void
}

function Line({ label, value, placeholder = '', most = Infinity, onChange }: LineProps) {
  const { t } = useTranslation()
  const id = useId()
  const bytes = bytesOf(value)
  const over = bytes > most
  return (
    <div className="f-field">
      <label className="f-field-name" htmlFor={id}>
        {label}
      </label>
      <Input
        id={id}
        value={value}
        placeholder={placeholder}
        status={over ? 'error' : ''}
        {...(over ? { 'aria-describedby': `${id}bytes` } : {})}
        onChange={(event) => onChange(event.target.value)}
      />
      {over ? (
        <span id={`${id}bytes`} className="f-over">
          {t('broadcast.bytes', { n: number(bytes), most: number(most) })}
        </span>
      ) : null}
    </div>
  )
}
