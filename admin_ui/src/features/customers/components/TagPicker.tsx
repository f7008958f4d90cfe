import '../tags/words'

import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import type { CustomerDetail } from '@/api/types'
import { tagOptions } from '@/shared/lib/tags'
import { Async, useErrorWords } from '@/shared/ui/States'
import { TagSelect } from '@/shared/ui/TagSelect'

interface TagPickerProps {
  customer: CustomerDetail
  worn: string[]
  onDone: () => void
}

/** Own tags of a customer, chosen by name, pinyin or group; each choice holds at once. Fetched when it is first needed. */
export default function TagPicker({ customer, worn, onDone }: TagPickerProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const tags = useQuery(resource('tags').one('', {}))
  const [chosen, setChosen] = useState(worn)
  const change = useMutation(resource('customers').act('post', '{customer}/tags'))
  const choose = (ids: string[]): void => {
    const add = ids.filter((id) => !chosen.includes(id))
    const remove = chosen.filter((id) => !ids.includes(id))
    setChosen(ids)
    change.mutate(
      { customer: String(customer.id), add, remove },
      {
        onError: (error) => {
          setChosen(chosen)
          void message.error(words(error))
        },
      },
    )
  }
  return (
    <Async query={tags} rows={1}>
      {({ items }) => {
        const options = tagOptions(items.filter((group) => group.source === 'own'))
        return (
          <div className="f-picker">
            {options.length ? (
              <TagSelect
                className="f-picker-choice"
                label={t('tagPicker.choose')}
                tags={options}
                value={chosen}
                onChange={choose}
                opened
              />
            ) : (
              <NoTags />
            )}
            <Button onClick={onDone}>{t('tagPicker.done')}</Button>
          </div>
        )
      }}
    </Async>
  )
}

function NoTags() {
  const { t } = useTranslation()
  const can = useCan()
  return (
    <span className="s-sub f-picker-choice">
      {t('tagPicker.none')}
      {can('tags.write') ? (
        <>
          {' '}
          <a href="/customers/tags">{t('tagPicker.toTags')}</a>
        </>
      ) : null}
    </span>
  )
}
