/** How the pages that somebody may see are put into the menu. */
import type { GROUPS } from '@/shared/feature'

import type { ConsolePage } from './pages'

type Group = (typeof GROUPS)[number]

export interface MenuPart {
  /** None for pages that stand for themselves. */
  group?: Group
  pages: readonly ConsolePage[]
  /** Parts within this part. */
  parts: readonly MenuPart[]
}

/** Who has no more pages than this sees no groups. */
const FEW = 8
/** A group that stands in another. */
const INSIDE: Partial<Record<Group, Group>> = { operations: 'settings' }

/** The groups in the order of the pages; one with a single page gives the page alone. */
export function partsOf(pages: readonly ConsolePage[]): MenuPart[] {
  if (pages.length <= FEW) return [{ pages, parts: [] }]
  const groups = [...new Set(pages.map((page) => INSIDE[page.menu.group] ?? page.menu.group))]
  return groups.map((group) => {
    const own = pages.filter((page) => page.menu.group === group)
    const inside = [...new Set(pages.map((page) => page.menu.group))].filter((one) => INSIDE[one] === group)
    const parts = inside.map((one) => flat({ group: one, pages: pages.filter((page) => page.menu.group === one), parts: [] }))
    return flat({ group, pages: own, parts })
  })
}

function flat(part: MenuPart): MenuPart {
  if (part.pages.length + part.parts.length !== 1) return part
  return part.parts[0] ?? { pages: part.pages, parts: [] }
}
