import type { TagGroupRow } from '@/api/types'

export interface TagOption {
  id: string
  name: string
  group: string
  /** In pinyin, whole and by initials. */
  spelt?: string
}

/** What can be chosen, group by group; a group of the corp's own is marked by `own`, since one of WeCom's may be called alike. */
export const tagOptions = (groups: readonly TagGroupRow[] | undefined, own?: string): TagOption[] =>
  (groups ?? []).flatMap((group) =>
    group.tags.map((tag) => ({
      id: tag.tag_id,
      name: tag.name,
      group: own && group.source === 'own' ? `${group.name} · ${own}` : group.name,
      spelt: tag.spelt,
    })),
  )
