import type { Dayjs } from 'dayjs'

import type { Attachment, Audience, BroadcastContent } from '@/api/broadcasts'

/** A broadcast while it is written. */
export interface Draft {
  title: string
  text: string
  part: Attachment | null
  audience: Audience
  sendAt: Dayjs | null
}

export const EMPTY: Draft = {
  title: '',
  text: '',
  part: null,
  audience: { all: [], any: [], none: [], everyone: false },
  sendAt: null,
}

export function contentOf(draft: Draft): BroadcastContent {
  return {
    title: draft.title.trim(),
    text: draft.text,
    attachments: draft.part ? [draft.part] : [],
    audience: draft.audience,
    send_at: draft.sendAt ? draft.sendAt.toISOString() : null,
  }
}
