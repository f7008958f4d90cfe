/** Reading a message's body, whose shape depends on its type and on the client that sent it. */
export type Body = Record<string, unknown>

export interface Media {
  id: number
  state: string
  checked: string | null
  size: number | null
}

export interface Part {
  type: string
  body: Body
}

export const textOf = (body: Body, ...names: string[]): string => {
  for (const name of names) {
    const value = body[name]
    if (typeof value === 'string' && value) return value
  }
  return ''
}

export const numberOf = (body: Body, name: string): number => (typeof body[name] === 'number' ? body[name] : 0)

export function mediaOf(body: Body): Media | null {
  const media = body.media
  return typeof media === 'object' && media !== null && 'id' in media ? (media as Media) : null
}

export function partsOf(body: Body): Part[] {
  return Array.isArray(body.item) ? (body.item as Part[]).filter((part) => typeof part.body === 'object') : []
}

/** `1.2 MB` */
export function sizeText(bytes: number | null): string {
  if (!bytes) return ''
  const units = ['B', 'KB', 'MB', 'GB']
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length - 1)
  const value = bytes / 1024 ** power
  return `${value < 10 && power ? value.toFixed(1) : Math.round(value)} ${units[power]}`
}

export function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address
}

/** A value as it stands, for people who must see all of it. */
export const rawText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 1))
