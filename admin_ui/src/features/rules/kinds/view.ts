/** What the console must know of a kind of rule; each kind's file exports one as `view`. */
import type { ReactNode } from 'react'

import type { RuleDetail, RuleRow } from '@/api/types'

/** Fields of the form that this kind alone has, under the names of the form's body. */
export interface View {
  /** What a rule holds, as the fields take it. */
  values: (rule: RuleDetail) => Record<string, unknown>
  /** What a new rule begins with. */
  empty: Record<string, unknown>
  Fields: () => ReactNode
  /** To try the rule out on a text; within the form. */
  Trial: () => ReactNode
}

export type Views = Record<RuleRow['kind'], View>
