import type { Dayjs } from 'dayjs'

import type { Attachment, Audience, BroadcastContent } from '@/api/types'

/** One attachment while it is written; the key stays with it when the order changes. */
export interface DraftPart {
  key: number
  part: Attachment
}

/** A broadcast while it is written. */
export interface Draft {
  title: string
  text: string
  parts: readonly DraftPart[]
  audience: Audience
  sendAt: Dayjs | null
}

export const EMPTY: Draft = {
  title: '',
  text: '',
  parts: [],
  audience: { all: [], any: [], none: [], everyone: false },
  sendAt: null,
}

/** WeCom's limits (page 92135), in bytes of UTF-8 where it is not a count. */
export const TEXT_BYTES = 4_000
export const MOST_PARTS = 9
export const FIELD_BYTES = { linkTitle: 128, linkDesc: 512, linkUrl: 2_048, miniTitle: 64 } as const

export const bytesOf = (text: string): number => new TextEncoder().encode(text).length

let lastKey = 0

export const draftPart = (part: Attachment): DraftPart => ({ key: (lastKey += 1), part })

export const changed = ({ key, part }: DraftPart, changes: Partial<Attachment>): DraftPart => ({
  key,
  part: { ...part, ...changes } as Attachment,
})

/** The same list with one element at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const [one, ...rest] = [list[from], ...list.slice(0, from), ...list.slice(from + 1)] as [T, ...T[]]
  return [...rest.slice(0, to), one, ...rest.slice(to)]
}

const fits = (text: string | undefined, most: number): boolean => bytesOf(text ?? '') <= most
const isWeb = (address: string): boolean => /^https?:\/\/[^/\s]+/.test(address.trim())

/** Whether WeCom would take it: complete, and nothing too long. */
export function isPartReady(part: Attachment): boolean {
  switch (part.kind) {
    case 'image':
      return part.media_id > 0
    case 'link':
      return (
        part.title.trim() !== '' &&
        isWeb(part.url) &&
        (!part.picurl || isWeb(part.picurl)) &&
        fits(part.title, FIELD_BYTES.linkTitle) &&
        fits(part.desc, FIELD_BYTES.linkDesc) &&
        fits(part.url, FIELD_BYTES.linkUrl) &&
        fits(part.picurl, FIELD_BYTES.linkUrl)
      )
    case 'miniprogram':
      return (
        [part.title, part.appid, part.page].every((field) => field.trim() !== '') &&
        part.media_id > 0 &&
        fits(part.title, FIELD_BYTES.miniTitle)
      )
  }
}

export type Missing = 'name' | 'content' | 'shorterText' | 'attachments' | 'audience'

/** Whether somebody chose whom it is for: the server counts only then. */
export const isChosen = (audience: Audience): boolean =>
  Boolean(audience.everyone) || Boolean(audience.all?.length) || Boolean(audience.any?.length)

/** What keeps a draft from being saved and sent, in the order of the form. */
export function missing(draft: Draft): Missing[] {
  const wanting: Record<Missing, boolean> = {
    name: draft.title.trim() === '',
    content: draft.text.trim() === '' && draft.parts.length === 0,
    shorterText: bytesOf(draft.text) > TEXT_BYTES,
    attachments: !draft.parts.every(({ part }) => isPartReady(part)),
    audience: !isChosen(draft.audience),
  }
  return (Object.keys(wanting) as Missing[]).filter((name) => wanting[name])
}

export function contentOf(draft: Draft): BroadcastContent {
  return {
    title: draft.title.trim(),
    text: draft.text,
    attachments: draft.parts.map(({ part }) => part),
    audience: draft.audience,
    send_at: draft.sendAt ? draft.sendAt.toISOString() : null,
  }
}
