/** What the console must know of a kind of happening; each kind's file exports one as `view`. */
import type { TimelineKind } from '@/api/types'
import { listed, wordFor } from '@/shared/i18n'
import { exactTime } from '@/shared/lib/time'
import type { Tone } from '@/shared/ui/ByDay'

/** How each fact that some kind tells is written. */
export const FACTS = {
  state: String,
  remark: String,
  description: String,
  tags_added: (value: unknown) => listed(value as string[]),
  tags_removed: (value: unknown) => listed(value as string[]),
  to: String,
  from: String,
  errcode: String,
  title: String,
  recipient_state: (value: unknown) => wordFor('recipientState', String(value)),
  sent_at: (value: unknown) => exactTime(String(value)),
  messages: String,
  alert_kind: (value: unknown) => wordFor('alertKind', String(value)),
  alert_state: (value: unknown) => wordFor('alertState', String(value)),
  item_state: (value: unknown) => wordFor('itemState', String(value)),
  group: String,
  removed: () => wordFor('leftBy', 'removed'),
} satisfies Record<string, (value: unknown) => string>

export interface View {
  tone: Tone
  /** Which facts it shows, in this order. */
  shows: readonly (keyof typeof FACTS)[]
}

export type Views = Record<TimelineKind, View>

/** A kind of another version is shown by its name. */
export const titleOf = (kind: string): string => wordFor('timeline', kind)
