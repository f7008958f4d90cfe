import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { Audience } from '@/api/types'
import { tagOptions } from '@/shared/lib/tags'
import { TagSelect } from '@/shared/ui/TagSelect'

interface AudienceFieldsProps {
  value: Audience
  onChange: (audience: Audience) => void
}

const GROUPS = ['all', 'any', 'none'] as const

/** Tags change seldom. */
export const TAGS = { ...resource('tags').one('', {}), staleTime: 60_000 }

/** Whom it is for: by tags (and, or, not), or everybody but. */
export function AudienceFields({ value, onChange }: AudienceFieldsProps) {
  const { t } = useTranslation()
  const tags = useQuery(TAGS)
  const id = useId()
  const known = tagOptions(tags.data?.items, t('common.ownTag'))
  return (
    <>
      <div className="f-field">
        <Segmented<'tags' | 'everyone'>
          aria-label={t('broadcast.audience')}
          value={value.everyone ? 'everyone' : 'tags'}
          onChange={(kind) => onChange({ ...value, all: [], any: [], everyone: kind === 'everyone' })}
          options={[
            { value: 'tags', label: t('broadcast.byTags') },
            { value: 'everyone', label: t('broadcast.everyone') },
          ]}
        />
      </div>
      {GROUPS.filter((name) => name === 'none' || !value.everyone).map((name) => (
        <div className="f-field" key={name}>
          <label className="f-field-name" htmlFor={id + name}>
            {t(`broadcast.tags.${name}`)}
          </label>
          <TagSelect
            id={id + name}
            className="f-select"
            label={t(`broadcast.tagsHint.${name}`)}
            tags={known}
            loading={tags.isPending}
            value={value[name] ?? []}
            onChange={(ids) => onChange({ ...value, [name]: ids })}
          />
        </div>
      ))}
    </>
  )
}
