import { App } from 'antd'
import { useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useUploadPicture } from '@/api/broadcasts'
import { useErrorWords } from '@/shared/ui/States'

interface Pictures {
  /** The file input that the browser's dialog belongs to; it is in the page and out of sight. */
  input: ReactNode
  choose: () => void
  busy: boolean
}

/** Choose up to `most` pictures and upload them one after the other; what is too many or refused is said, and the rest goes on. */
export function usePictures({ most, onTaken }: { most: number; onTaken: (mediaId: number) => void }): Pictures {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const upload = useUploadPicture()
  const field = useRef<HTMLInputElement>(null)
  const take = async (files: readonly File[]): Promise<void> => {
    if (files.length > most) void message.warning(t('broadcast.tooManyPictures', { count: most }))
    for (const file of files.slice(0, most)) {
      try {
        onTaken((await upload.mutateAsync(file)).id)
      } catch (error) {
        void message.error(`${file.name}: ${words(error)}`)
      }
    }
  }
  const input = (
    <input
      ref={field}
      type="file"
      accept="image/jpeg,image/png"
      multiple={most > 1}
      className="s-hidden"
      tabIndex={-1}
      aria-hidden="true"
      onChange={(event) => {
        void take([...(event.target.files ?? [])])
        event.target.value = ''
      }}
    />
  )
  return { input, choose: () => field.current?.click(), busy: upload.isPending }
}
