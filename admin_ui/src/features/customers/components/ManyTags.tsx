import '../tags/words'

import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import { tagOptions } from '@/shared/lib/tags'
import { Async, EmptyState } from '@/shared/ui/States'
import { TagSelect } from '@/shared/ui/TagSelect'

interface ManyTagsProps {
  given: Record<string, unknown>
  onChange: (given: Record<string, unknown>) => void
}

/** Own tags to put on many customers, and to take off. */
export default function ManyTags({ given, onChange }: ManyTagsProps) {
  const { t } = useTranslation()
  const tags = useQuery(resource('tags').one('', {}))
  return (
    <Async query={tags} rows={2}>
      {({ items }) => {
        const options = tagOptions(items.filter((group) => group.source === 'own'))
        if (!options.length) return <EmptyState title={t('tagPicker.none')} hint={t('tagPicker.noneHint')} />
        return (
          <>
            {(['add', 'remove'] as const).map((way) => (
              <div key={way}>
                <span>{t(`tagPicker.${way}`)}</span>
                <TagSelect
                  label={t(`tagPicker.${way}`)}
                  tags={options.filter(({ id }) => !((given[way === 'add' ? 'remove' : 'add'] as string[] | undefined) ?? []).includes(id))}
                  value={(given[way] as string[] | undefined) ?? []}
                  onChange={(ids) => onChange({ ...given, [way]: ids })}
                />
              </div>
            ))}
          </>
        )
      }}
    </Async>
  )
}
