import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { pictureAddress } from '@/api/addresses'

import { usePictures } from '../pictures'

interface PictureFieldProps {
  label: string
  mediaId: number
  /** Without its name, where what stands above says it already. */
  bare?: boolean
  onChange: (mediaId: number) => void
}

/** One picture with the button that chooses another. */
export function PictureField({ label, mediaId, bare = false, onChange }: PictureFieldProps) {
  const { t } = useTranslation()
  const pictures = usePictures({ most: 1, onTaken: onChange })
  return (
    <div className="f-field">
      {bare ? null : <span className="f-field-name">{label}</span>}
      <div className="f-upload">
        {mediaId ? <img src={pictureAddress(mediaId)} alt={label} /> : null}
        {pictures.input}
        <Button loading={pictures.busy} onClick={pictures.choose}>
          {mediaId ? t('broadcast.replacePicture') : t('broadcast.choosePicture')}
        </Button>
        {mediaId ? null : <span className="s-sub">{t('broadcast.pictureLimit')}</span>}
      </div>
    </div>
  )
}
