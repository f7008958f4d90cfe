import { useTranslation } from 'react-i18next'

import type { Attachment } from '@/api/types'
import { pictureAddress } from '@/api/addresses'
import { Tile } from '@/shared/ui/Tile'

interface PhonePreviewProps {
  text: string
  attachments: readonly Attachment[]
}

/** What a customer sees, message by message: text and each attachment are messages of their own. */
export function PhonePreview({ text, attachments }: PhonePreviewProps) {
  const { t } = useTranslation()
  const sender = t('broadcast.previewSender')
  const empty = !text.trim() && !attachments.length
  return (
    <div className="f-phone" role="img" aria-label={t('broadcast.preview')}>
      <span className="f-phone-name">{sender}</span>
      {empty ? <span className="f-phone-name">{t('broadcast.previewEmpty')}</span> : null}
      {text.trim() ? (
        <Row sender={sender}>
          <div className="f-bubble">{text}</div>
        </Row>
      ) : null}
      {attachments.map((part, position) => (
        <Row key={position} sender={sender}>
          <Part part={part} />
        </Row>
      ))}
    </div>
  )
}

function Row({ sender, children }: { sender: string; children: React.ReactNode }) {
  return (
    <div className="f-bubble-row">
      <Tile name={sender} seed="sender" size={32} round={false} />
      {children}
    </div>
  )
}

function Part({ part }: { part: Attachment }) {
  const { t } = useTranslation()
  if (part.kind === 'image') {
    return (
      <div className="f-bubble f-picture">
        <img src={pictureAddress(part.media_id)} alt="" />
      </div>
    )
  }
  if (part.kind === 'link') {
    return (
      <div className="f-bubble f-linkcard">
        <b>{part.title || t('broadcast.linkTitle')}</b>
        <span className="s-sub">{part.desc || part.url}</span>
      </div>
    )
  }
  return (
    <div className="f-bubble f-linkcard">
      <b>{part.title || t('broadcast.miniTitle')}</b>
      {part.media_id ? <img src={pictureAddress(part.media_id)} alt="" /> : null}
      <span className="f-linkcard-foot">{t('broadcast.attachment.miniprogram')}</span>
    </div>
  )
}
