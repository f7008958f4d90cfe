/** What the console must know of a kind of happening; each kind's file exports one as `view`. */
import i18next from 'i18next'

import type { Schemas } from '@/api/client'
import type { TimelineKind } from '@/api/types'
import { listed, wordFor } from '@/shared/i18n'
import { exactTime } from '@/shared/lib/time'
import type { Tone } from '@/shared/palette'

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
  messages: (value: unknown) => i18next.t('customer.messages', { count: Number(value) }),
  alert_kind: (value: unknown) => wordFor('alertKind', String(value)),
  alert_state: (value: unknown) => wordFor('alertState', String(value)),
  item_state: (value: unknown) => wordFor('itemState', String(value)),
  group: (value: unknown) => String(value) || i18next.t('common.unnamed'),
  link: (value: unknown) => wordFor('linkKind', String(value)),
  owner: String,
  owner_before: String,
  removed: () => wordFor('leftBy', 'removed'),
} satisfies Record<string, (value: unknown) => string>

export type Fact = keyof typeof FACTS

interface States {
  recipient_state: Schemas['RecipientStatus']
  alert_state: Schemas['AlertState']
  item_state: Schemas['ItemState']
}

/** In which colour each state stands behind what happened. */
export const STATES: { readonly [Name in keyof States]: Readonly<Record<States[Name], Tone>> } = {
  recipient_state: {
    planned: 'plain',
    created: 'info',
    delivered: 'good',
    not_a_friend: 'bad',
    quota_at_wecom: 'warn',
    unsendable: 'bad',
    refused: 'bad',
    over_quota: 'warn',
    cancelled: 'plain',
    unconfirmed: 'warn',
    in_doubt: 'info',
  },
  alert_state: { open: 'bad', in_review: 'warn', closed: 'plain' },
  item_state: {
    unassigned: 'warn',
    planned: 'info',
    requested: 'info',
    unknown: 'info',
    waiting: 'info',
    done: 'good',
    refused: 'bad',
    successor_full: 'bad',
    failed: 'bad',
    gone: 'plain',
  },
}

export interface View {
  tone: 'good' | 'bad' | 'plain'
  /** The fact that says which of its kind it is, beside what happened; it leads to the record. */
  lead?: Fact
  /** The state of the record, as a pill. */
  state?: keyof States
  /** Which facts it shows below, in this order. */
  shows: readonly Fact[]
}

export type Views = Record<TimelineKind, View>

/** A kind of another version is shown by its name. */
export const titleOf = (kind: string): string => wordFor('timeline', kind)
