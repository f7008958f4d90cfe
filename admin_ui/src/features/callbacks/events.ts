import i18next from 'i18next'

import type { CallbackRow } from '@/api/types'
import { wordFor } from '@/shared/i18n'

export const EVENTS = ['change_external_contact', 'change_external_chat', 'change_external_tag', 'change_contact'] as const

export const CHANGE_TYPES = [
  'add_external_contact', 'add_half_external_contact', 'edit_external_contact', 'del_external_contact',
  'del_follow_user', 'create', 'update', 'dismiss', 'create_user', 'update_user', 'delete_user',
] as const

/** What happened, in words: the change, else the event. */
export function titleOf(row: Pick<CallbackRow, 'event' | 'change_type' | 'known'>): string {
  if (!row.event) return i18next.t('callbacks.notYet')
  if (row.known === false && !row.change_type) return i18next.t('callbacks.unknownEvent')
  const event = wordFor('event', row.event)
  if (!row.change_type) return event
  const change = wordFor('changeType', row.change_type)
  return row.event === 'change_external_contact' ? change : `${event} · ${change}`
}
