import {
  AudioOutlined, EnvironmentOutlined, FileOutlined, IdcardOutlined, LinkOutlined, PictureOutlined, RedEnvelopeOutlined,
  VideoCameraOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { mediaAddress } from '@/api/addresses'
import { wordFor } from '@/shared/i18n'

import './words'
import { hostOf, mediaOf, numberOf, partsOf, rawText, sizeText, textOf, type Body } from './body'
import { marked } from './marked'

interface ContentProps {
  type: string
  body: Body
  words: readonly string[]
}

const CARD_TITLE: Record<string, string[]> = {
  weapp: ['title'],
  location: ['title', 'address'],
  todo: ['title'],
  vote: ['votetitle'],
  collect: ['title'],
  meeting: ['topic'],
  docmsg: ['title'],
  calendar: ['title'],
  sphfeed: ['feed_desc'],
  qydiskfile: ['filename'],
  link: ['title'],
}
const CARD_TEXT: Record<string, string[]> = {
  link: ['description'],
  weapp: ['description'],
  location: ['address'],
  todo: ['content'],
  calendar: ['place'],
  sphfeed: ['sph_name'],
}

/** What a message says, laid out as WeChat does; types without a face of their own are told by name. */
export function Content({ type, body, words }: ContentProps) {
  const { t } = useTranslation()
  if ('unparsed' in body) return <pre className="f-chat-raw">{marked(rawText(body.unparsed), words)}</pre>
  if (type === 'text' || type === 'markdown' || type === 'solitaire' || type === 'meeting_notification') {
    return <p className="f-chat-say">{marked(textOf(body, 'content', 'solitaire_content'), words)}</p>
  }
  if (type === 'image' || type === 'emotion') return <Picture body={body} />
  if (type === 'voice' || type === 'video' || type === 'file' || type === 'voip_doc_share' || type === 'meeting_voice_call') {
    return <Attachment type={type} body={body} words={words} />
  }
  if (type === 'redpacket' || type === 'external_redpacket') return <RedPacket body={body} words={words} />
  if (type === 'chatrecord' || type === 'mixed' || type === 'note' || type === 'news') {
    return <Record type={type} body={body} words={words} />
  }
  if (type === 'revoke') return <p className="s-sub">{t('chat.revoked')}</p>
  if (type === 'agree' || type === 'disagree') return <p className="s-sub">{t(`chat.${type}`)}</p>
  if (type === 'card') {
    return (
      <CardBox icon={<IdcardOutlined aria-hidden />} type={type} text={textOf(body, 'corpname')}>
        {textOf(body, 'userid')}
      </CardBox>
    )
  }
  if (type === 'voiptext') {
    return <p className="f-chat-say">{t('chat.call', { count: numberOf(body, 'callduration') })}</p>
  }
  if (!(type in CARD_TITLE)) return <Unknown type={type} body={body} words={words} />
  const title = textOf(body, ...(CARD_TITLE[type] ?? []))
  const link = textOf(body, 'link_url', 'url')
  return (
    <CardBox
      icon={type === 'location' ? <EnvironmentOutlined aria-hidden /> : <LinkOutlined aria-hidden />}
      type={type}
      text={marked(textOf(body, ...(CARD_TEXT[type] ?? [])), words)}
      foot={link ? hostOf(link) : textOf(body, 'displayname')}
    >
      {marked(title, words)}
    </CardBox>
  )
}

/** What this version does not know is shown as it came, so that nothing of it is lost. */
function Unknown({ type, body, words }: ContentProps) {
  const { t } = useTranslation()
  return (
    <div className="f-chat-card">
      <b>{t('chat.unknownType', { type: type || '–' })}</b>
      <pre className="f-chat-raw">{marked(rawText(body), words)}</pre>
    </div>
  )
}

function CardBox({ icon, type, text, foot, children }: { icon: ReactNode; type: string; text?: ReactNode; foot?: string; children: ReactNode }) {
  return (
    <div className="f-chat-card">
      <b>{children}</b>
      {text ? <span className="s-sub">{text}</span> : null}
      <span className="f-chat-card-foot">
        {icon} {[wordFor('chat.type', type), foot].filter(Boolean).join(' · ')}
      </span>
    </div>
  )
}

function Picture({ body }: { body: Body }) {
  const { t } = useTranslation()
  const media = mediaOf(body)
  if (media?.state !== 'stored') {
    return (
      <span className="f-chat-blank">
        <PictureOutlined aria-hidden /> {t(media?.state === 'lost' ? 'chat.mediaLost' : 'chat.mediaWaiting')}
      </span>
    )
  }
  return (
    <a href={mediaAddress(media.id)} target="_blank" rel="noreferrer">
      <img className="f-chat-picture" src={mediaAddress(media.id)} alt={t('chat.picture')} loading="lazy" />
    </a>
  )
}

const ICONS: { [type: string]: ReactNode } = {
  voice: <AudioOutlined aria-hidden />,
  meeting_voice_call: <AudioOutlined aria-hidden />,
  video: <VideoCameraOutlined aria-hidden />,
}

function Attachment({ type, body, words }: ContentProps) {
  const { t } = useTranslation()
  const media = mediaOf(body)
  const length = numberOf(body, 'play_length')
  const name = textOf(body, 'filename') || wordFor('chat.type', type)
  const facts = [length ? t('chat.seconds', { count: length }) : '', sizeText(media?.size ?? null)].filter(Boolean)
  return (
    <div className="f-chat-file">
      <span className="f-chat-file-icon">{ICONS[type] ?? <FileOutlined aria-hidden />}</span>
      <div>
        <b>{marked(name, words)}</b>
        <span className="s-sub">
          {facts.join(' · ')}
          {media?.checked === 'other' ? ` · ${t('chat.mediaOther')}` : ''}
        </span>
        {media?.state === 'stored' ? (
          <a href={mediaAddress(media.id)} download>
            {t('chat.download')}
          </a>
        ) : (
          <span className="s-sub">{t(media?.state === 'lost' ? 'chat.mediaLost' : 'chat.mediaWaiting')}</span>
        )}
      </div>
    </div>
  )
}

function RedPacket({ body, words }: { body: Body; words: readonly string[] }) {
  const { t } = useTranslation()
  return (
    <div className="f-chat-packet">
      <RedEnvelopeOutlined aria-hidden />
      <div>
        <b>{marked(textOf(body, 'wish') || t('chat.packet'), words)}</b>
        <span>
          {t('chat.packetSum', { yuan: (numberOf(body, 'totalamount') / 100).toFixed(2), count: numberOf(body, 'totalcnt') })}
        </span>
      </div>
    </div>
  )
}

function Record({ type, body, words }: ContentProps) {
  const parts = partsOf(body)
  const title = textOf(body, 'title')
  return (
    <div className={type === 'mixed' ? 'f-chat-mixed' : 'f-chat-card'}>
      {title ? <b>{marked(title, words)}</b> : null}
      {parts.map((part, place) => (
        // Parts have no name of their own and never change places.
        <div key={place} className="f-chat-part">
          <Content type={part.type || 'text'} body={type === 'news' ? { ...part.body, content: textOf(part.body, 'title') } : part.body} words={words} />
        </div>
      ))}
      {type === 'mixed' ? null : <span className="f-chat-card-foot">{wordFor('chat.type', type)}</span>}
    </div>
  )
}
