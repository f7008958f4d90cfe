import { GROUPS, type Feature } from '@/shared/feature'

import type zh from './zh-CN.json'

/** The menu's word for a page: `menu.<key>`. */
type Key = Exclude<keyof typeof zh.menu, 'label'>

export interface ConsolePage extends Feature {
  key: Key
}

const place = ({ menu }: Feature): number => GROUPS.indexOf(menu.group) * 1_000 + menu.place

/** The features that these files describe (`…/<key>/feature.ts`), in the order of the menu. */
export function pagesOf(manifests: Readonly<Record<string, Feature>>): ConsolePage[] {
  return Object.entries(manifests)
    .map(([file, feature]) => ({ ...feature, key: file.split('/').at(-2) as Key }))
    .sort((one, other) => place(one) - place(other))
}

/** Every page of the console, in the order of the menu. */
export const PAGES: readonly ConsolePage[] = pagesOf(
  import.meta.glob<Feature>('../features/*/feature.ts', { eager: true, import: 'default' }),
)
