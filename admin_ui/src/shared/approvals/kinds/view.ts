/** What the console must know of a kind of approval; each kind's file exports one as `view`. */
import type { ApprovalKind, BroadcastDetail, PendingLimit } from '@/api/types'

import { VIEWS } from '.'

interface Subjects {
  large_broadcast: BroadcastDetail
  higher_limit: PendingLimit
}

export type Decision = 'confirm' | 'reject' | 'withdraw'

export interface View<K extends ApprovalKind = ApprovalKind> {
  /** The topic that a decision makes stale. */
  topic: 'broadcasts'
  /** What its words name besides who asked and when. */
  slots(subject: Subjects[K]): { count: number; before: number }
  /** Which decisions take a reason: it must be said, or may be. */
  reason: Readonly<Partial<Record<Decision, 'must' | 'may'>>>
  /** Tells the service of the decision. */
  decide(subject: Subjects[K], decision: Decision, reason: string): Promise<unknown>
}

export type SubjectOf<K extends ApprovalKind> = Subjects[K]
export type Views = { [K in ApprovalKind]: View<K> }

/** The view of a kind, which takes its subjects. */
export const viewOf = <K extends ApprovalKind>(kind: K): View<K> => VIEWS[kind]
