/** What the console must know of a kind of alert; each kind's file exports one as `view`. */
import type { ReactNode } from 'react'

import type { AlertDetail, AlertKind, AlertRow } from '@/api/types'
import type { Tone } from '@/shared/palette'

import { VIEWS } from '.'

type FactsOf<K extends AlertKind> = { kind: K; facts: Extract<AlertRow['facts'], { kind: K }> }
type RowOf<K extends AlertKind> = AlertRow & FactsOf<K>
type DetailOf<K extends AlertKind> = AlertDetail & FactsOf<K>

export interface View<K extends AlertKind = AlertKind> {
  /** Orders the kinds where one chooses among them; no two have the same. */
  place: number
  tone: Tone
  /** How bad it is differs from alert to alert, and is shown. */
  graded?: boolean
  /** What its sentence names besides both people. */
  slots?(alert: RowOf<K>): Record<string, string>
  /** A few words of it for a row of the list. */
  chips(alert: RowOf<K>): readonly string[]
  /** Named facts, after those that every alert has. */
  useFacts(alert: DetailOf<K>): readonly (readonly [string, ReactNode])[]
  /** What stood when it was raised, or what led to it. */
  Body(props: { alert: DetailOf<K> }): ReactNode
}

export type Views = { [K in AlertKind]: View<K> }

/** The view of an alert's own kind, which takes this alert; that the two belong together the types cannot follow. */
export const viewOf = (kind: AlertKind): View => VIEWS[kind] as unknown as View
