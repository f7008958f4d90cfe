/** What a feature tells the console about itself, in its `feature.ts`. */
import type { ComponentType } from 'react'

import type { Permission } from '@/api/me'

/** The parts of the menu, in its order; `operations` is a part of the settings. */
export const GROUPS = ['work', 'customers', 'marketing', 'compliance', 'analysis', 'settings', 'operations'] as const

/**
 * The folder's name is the feature's key: its menu word is `menu.<key>`, its icon stands in the folder's `icon.ts`. Its
 * other words come with its pages, by the folder's `words.ts`.
 */
export interface Feature {
  /** `place` orders the entries of a group; no two have the same. */
  menu: { group: (typeof GROUPS)[number]; place: number }
  path: string
  permission: Permission
  /** Fetched when it is first opened. */
  page: ComponentType
  /** Deeper addresses of the same menu entry; without a permission of their own the feature's holds. */
  more?: readonly { path: string; page: ComponentType; permission?: Permission }[]
}
