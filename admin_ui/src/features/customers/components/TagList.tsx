import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import type { TagRow } from '@/api/types'
import { TagChips } from '@/shared/ui/Chips'

/** Customers by tag; none while they are counted. */
export type Wearers = ReadonlyMap<string, number> | undefined

interface TagListProps {
  tags: readonly TagRow[]
  wearers: Wearers
  actions?: (tag: TagRow, place: number) => ReactNode
}

/** The tags of a group with how many customers wear each. */
export function TagList({ tags, wearers, actions }: TagListProps) {
  const { t } = useTranslation()
  if (!tags.length) return <p className="s-sub">{t('tags.emptyGroup')}</p>
  return (
    <ul className="f-tag-list">
      {tags.map((tag, place) => (
        <li key={tag.tag_id}>
          <TagChips tags={[tag]} />
          <Count tag={tag} wearers={wearers} />
          {actions ? <span className="f-tag-actions">{actions(tag, place)}</span> : null}
        </li>
      ))}
    </ul>
  )
}

function Count({ tag, wearers }: { tag: TagRow; wearers: Wearers }) {
  const { t } = useTranslation()
  if (wearers === undefined) return null
  const count = wearers.get(tag.tag_id) ?? 0
  const words = t('tags.wearers', { count })
  return count ? <Link to={`/customers?tag_id=${encodeURIComponent(tag.tag_id)}`}>{words}</Link> : <span className="s-sub">{words}</span>
}
