import { AppstoreOutlined, LinkOutlined, PictureOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Attachment } from '@/api/types'

import { usePictures } from '../pictures'

interface AttachmentAddProps {
  /** How many more there may be. */
  room: number
  onAdd: (part: Attachment) => void
}

/** The three kinds to add; pictures may be chosen several at a time. */
export function AttachmentAdd({ room, onAdd }: AttachmentAddProps) {
  const { t } = useTranslation()
  const pictures = usePictures({ most: room, onTaken: (media_id) => onAdd({ kind: 'image', media_id }) })
  const full = room === 0
  return (
    <div className="f-attachment-add">
      {pictures.input}
      <Button data-add icon={<PictureOutlined />} disabled={full} loading={pictures.busy} onClick={pictures.choose}>
        {t('broadcast.add.image')}
      </Button>
      <Button
        icon={<LinkOutlined />}
        disabled={full}
        onClick={() => onAdd({ kind: 'link', title: '', url: '', desc: '', picurl: '' })}
      >
        {t('broadcast.add.link')}
      </Button>
      <Button
        icon={<AppstoreOutlined />}
        disabled={full}
        onClick={() => onAdd({ kind: 'miniprogram', title: '', appid: '', page: '', media_id: 0 })}
      >
        {t('broadcast.add.miniprogram')}
      </Button>
      <span className="s-sub">{full ? t('broadcast.attachmentsFull') : t('broadcast.pictureLimit')}</span>
    </div>
  )
}
