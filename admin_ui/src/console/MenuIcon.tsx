import type { ComponentType } from 'react'

type Icon = ComponentType<{ 'aria-hidden'?: boolean }>

const ICONS = import.meta.glob<Icon>('../features/*/icon.ts', { eager: true, import: 'default' })

/** The icon of a feature's entry in the menu. */
export function MenuIcon({ of }: { of: string }) {
  const Icon = ICONS[`../features/${of}/icon.ts`]
  return Icon ? <Icon aria-hidden /> : null
}
