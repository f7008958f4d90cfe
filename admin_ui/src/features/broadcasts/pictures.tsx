import { useMutation } from '@tanstack/react-query'
import { App } from 'antd'
import { useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
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
  const upload = useMutation({
    mutationFn: async (file: File) =>
      resource('broadcasts').send('post', 'media', { filename: file.name, data: await base64(file) }),
  })
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

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ''))
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'))
    reader.readAsDataURL(file)
  })
}
