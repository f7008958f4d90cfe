import { App, Button, Input, Segmented } from 'antd'
import { useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { pictureAddress, useUploadPicture, type Attachment } from '@/api/broadcasts'
import { useErrorWords } from '@/shared/ui/States'

type Kind = Attachment['kind'] | ''

interface AttachmentFieldsProps {
  value: Attachment | null
  onChange: (part: Attachment | null) => void
}

const EMPTY: Record<Attachment['kind'], Attachment> = {
  image: { kind: 'image', media_id: 0 },
  link: { kind: 'link', title: '', url: '', desc: '', picurl: '' },
  miniprogram: { kind: 'miniprogram', title: '', appid: '', page: '', media_id: 0 },
}

/** One picture, link or mini-program beside the text. */
export function AttachmentFields({ value, onChange }: AttachmentFieldsProps) {
  const { t } = useTranslation()
  return (
    <>
      <div className="f-field">
        <Segmented<Kind>
          aria-label={t('broadcast.attachments')}
          value={value?.kind ?? ''}
          onChange={(kind) => onChange(kind ? EMPTY[kind] : null)}
          options={[
            { value: '', label: t('broadcast.attachment.none') },
            { value: 'image', label: t('broadcast.attachment.image') },
            { value: 'link', label: t('broadcast.attachment.link') },
            { value: 'miniprogram', label: t('broadcast.attachment.miniprogram') },
          ]}
        />
      </div>
      {value?.kind === 'image' ? (
        <Picture label={t('broadcast.picture')} mediaId={value.media_id} onChange={(media_id) => onChange({ ...value, media_id })} />
      ) : null}
      {value?.kind === 'link' ? (
        <>
          <Line label={t('broadcast.linkTitle')} value={value.title} onChange={(title) => onChange({ ...value, title })} />
          <Line label={t('broadcast.linkUrl')} value={value.url} placeholder="https://" onChange={(url) => onChange({ ...value, url })} />
          <Line label={t('broadcast.linkDesc')} value={value.desc ?? ''} onChange={(desc) => onChange({ ...value, desc })} />
        </>
      ) : null}
      {value?.kind === 'miniprogram' ? (
        <>
          <Line label={t('broadcast.miniTitle')} value={value.title} onChange={(title) => onChange({ ...value, title })} />
          <Line label={t('broadcast.miniAppid')} value={value.appid} placeholder="wx…" onChange={(appid) => onChange({ ...value, appid })} />
          <Line label={t('broadcast.miniPage')} value={value.page} placeholder="pages/index" onChange={(page) => onChange({ ...value, page })} />
          <Picture label={t('broadcast.cover')} mediaId={value.media_id} onChange={(media_id) => onChange({ ...value, media_id })} />
        </>
      ) : null}
    </>
  )
}

interface LineProps {
  label: string
  value: string
  placeholder?: string
  onChange: (value: string) => void
}

function Line({ label, value, placeholder = '', onChange }: LineProps) {
  const id = useId()
  return (
    <div className="f-field">
      <label className="f-field-name" htmlFor={id}>
        {label}
      </label>
      <Input id={id} value={value} placeholder={placeholder} onChange={(event) => onChange(event.target.value)} />
    </div>
  )
}

function Picture({ label, mediaId, onChange }: { label: string; mediaId: number; onChange: (mediaId: number) => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const upload = useUploadPicture()
  const input = useRef<HTMLInputElement>(null)
  const take = (file: File | undefined): void => {
    if (!file) return
    upload.mutate(file, {
      onSuccess: (media) => onChange(media.id),
      onError: (error) => void message.error(words(error)),
    })
  }
  return (
    <div className="f-field">
      <span className="f-field-name">{label}</span>
      <div className="f-upload">
        {mediaId ? <img src={pictureAddress(mediaId)} alt={label} /> : null}
        <input
          ref={input}
          type="file"
          accept="image/jpeg,image/png"
          className="s-hidden"
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => {
            take(event.target.files?.[0])
            event.target.value = ''
          }}
        />
        <Button loading={upload.isPending} onClick={() => input.current?.click()}>
          {mediaId ? t('broadcast.replacePicture') : t('broadcast.choosePicture')}
        </Button>
        <span className="s-sub">{t('broadcast.pictureLimit')}</span>
      </div>
    </div>
  )
}
