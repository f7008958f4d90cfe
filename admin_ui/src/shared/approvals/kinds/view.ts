/** What the console must know of a kind of approval; each kind's file exports one as `view`. */
import type { ApprovalKind } from '@/api/types'

import { VIEWS } from '.'

export type Decision = 'confirm' | 'reject' | 'withdraw'

/** ``Subject`` is what is decided on, as the page has it. */
export interface View<Subject> {
  /** The topic that a decision makes stale. */
  topic: string
  /** What its words name besides who asked and when. */
  slots(subject: Subject): { size: number; before: number }
  /** Which decisions take a reason: it must be said, or may be. */
  reason: Readonly<Partial<Record<Decision, 'must' | 'may'>>>
  /** Tells the service of the decision. */
  decide(subject: Subject, decision: Decision, reason: string): Promise<unknown>
}

export type Views = Record<ApprovalKind, View<never>>
export type SubjectOf<K extends ApprovalKind> = Parameters<(typeof VIEWS)[K]['slots']>[0]

/** The view of a kind, which takes its subjects; that the two belong together the types cannot follow. */
export const viewOf = <K extends ApprovalKind>(kind: K): View<SubjectOf<K>> => VIEWS[kind] as unknown as View<SubjectOf<K>>
