/** The colours of the product. Every pair here is checked for a contrast of at least 4.5 : 1 by palette.test.ts. */

export interface Ink {
  text: string
  ground: string
}

export const BADGE = '#c9302a'
export const BRAND = { light: '#1f62e0', dark: '#2f6be6' } as const
/** Under the pointer it darkens; antd's own choice, lighter, leaves white text below 4.5 : 1. */
export const BRAND_HOVER = { light: '#184fb8', dark: '#2559c4' } as const

/** What antd makes its reds from, and the text on a filled red button. The dark algorithm darkens its seed. */
export const DANGER = { light: { seed: '#c9302a', text: '#ffffff' }, dark: { seed: '#ff8078', text: '#250a08' } } as const

/** What antd makes its greens from: filled bars and the ticks of messages. */
export const SUCCESS = { light: '#0a8f88', dark: '#3cc4ba' } as const

/** White initials stand on these. */
export const TILES = [
  '#b45309', '#6d4fe0', '#3f7d20', '#0b7f79', '#b83268', '#1f62e0', '#8a3ab9', '#a8481f', '#0f6fa8', '#5b6474',
] as const

/** Tag chips; a tag group keeps one of them. */
export const TAG_INKS: Record<'light' | 'dark', readonly Ink[]> = {
  light: [
    { text: '#1a4fb8', ground: '#e8f0fe' },
    { text: '#0a6661', ground: '#dff6f3' },
    { text: '#8f4306', ground: '#fdf0dc' },
    { text: '#5a3cc4', ground: '#efeafd' },
    { text: '#2f6416', ground: '#e9f6df' },
    { text: '#9a2457', ground: '#fdeaf2' },
    { text: '#0c5a8a', ground: '#e0f2fc' },
    { text: '#475063', ground: '#eef0f4' },
  ],
  dark: [
    { text: '#9dc0ff', ground: '#1c2c4d' },
    { text: '#74d9d0', ground: '#123532' },
    { text: '#f0bd7a', ground: '#3d2a12' },
    { text: '#c3b3ff', ground: '#2d2450' },
    { text: '#a5d98a', ground: '#1f3515' },
    { text: '#f7a3c6', ground: '#431c2f' },
    { text: '#86cbf5', ground: '#12303f' },
    { text: '#c0c7d4', ground: '#2b313c' },
  ],
}

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'plain'

export const TONES: Record<'light' | 'dark', Record<Tone, Ink>> = {
  light: {
    good: { text: '#146c35', ground: '#e4f6ea' },
    bad: { text: '#b3261e', ground: '#fdeceb' },
    warn: { text: '#8a4b05', ground: '#fdf1dc' },
    info: { text: '#1a4fb8', ground: '#e8f0fe' },
    plain: { text: '#4d5666', ground: '#eef0f4' },
  },
  dark: {
    good: { text: '#7bd99a', ground: '#14321f' },
    bad: { text: '#ff9d94', ground: '#431d1b' },
    warn: { text: '#f0bd7a', ground: '#3d2a12' },
    info: { text: '#9dc0ff', ground: '#1c2c4d' },
    plain: { text: '#c0c7d4', ground: '#2b313c' },
  },
}

export const SURFACES = {
  light: {
    layout: '#f4f6fa', container: '#ffffff', elevated: '#ffffff', hover: '#f2f5fa', selected: '#e8f0fe',
    border: '#d8dde6', split: '#edf0f4', track: '#e4e8ef',
    text: '#1b2130', secondary: '#556072', tertiary: '#656f80', link: '#1a58d0', accent: '#1a4fb8', mint: '#0a8f88',
  },
  dark: {
    layout: '#0f1218', container: '#171b23', elevated: '#202631', hover: '#1f2530', selected: '#1c2c4d',
    border: '#363e4c', split: '#272e39', track: '#2c3441',
    text: '#e6e9ef', secondary: '#aab3c1', tertiary: '#98a2b2', link: '#86b1ff', accent: '#9dc0ff', mint: '#3cc4ba',
  },
} as const

export const WECHAT = { light: '#0b7a35', dark: '#6fd394' } as const
export const WECOM = { light: '#97500a', dark: '#f0bd7a' } as const

export const CHART = {
  light: { added: '#1f62e0', lost: '#cf3b34' },
  dark: { added: '#6fa0ff', lost: '#ff8a80' },
} as const

/** A small stable number for a text: the same name has the same colour everywhere. */
export function hashOf(text: string): number {
  let hash = 2_166_136_261
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619)
  return (hash ^ (hash >>> 15)) >>> 0
}

export const tileOf = (seed: string): string => TILES[hashOf(seed) % TILES.length] ?? TILES[0]

/** WCAG 2 contrast of two `#rrggbb` colours, from 1 to 21. */
export function contrast(first: string, second: string): number {
  const [high, low] = [luminance(first), luminance(second)].sort((a, b) => b - a) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
