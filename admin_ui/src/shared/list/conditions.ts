/** The conditions of a list as its address says them: all must hold. docs/filter-language.md says what they mean. */

export interface Condition {
  field: string
  op: string
  value?: unknown
}

/** A part that is no plain condition (and, or, not) is kept as it is and shown as one. */
type Part = Condition | Record<string, unknown>

const isCondition = (part: Part): part is Condition => typeof part.field === 'string' && typeof part.op === 'string'

/** What stands beside each other in a filter; nothing of a text that is none. */
export function partsOf(filter: string | undefined): Part[] {
  if (!filter) return []
  try {
    const said: unknown = JSON.parse(filter)
    if (typeof said !== 'object' || said === null || !Object.keys(said).length) return []
    const all = (said as { and?: unknown }).and
    return Array.isArray(all) && Object.keys(said).length === 1 ? (all as Part[]) : [said as Part]
  } catch {
    return []
  }
}

export const conditionOf = (part: Part): Condition | null => (isCondition(part) ? part : null)

/** The filter of these parts, for the address; nothing where there are none. */
export function filterOf(parts: readonly Part[]): string | undefined {
  if (!parts.length) return undefined
  return JSON.stringify(parts.length === 1 ? parts[0] : { and: parts })
}

export const without = (filter: string | undefined, at: number): string | undefined =>
  filterOf(partsOf(filter).filter((_, index) => index !== at))

export const withMore = (filter: string | undefined, condition: Condition): string | undefined =>
  filterOf([...partsOf(filter), condition])

/** Operators whose meaning is whole without a value. */
export const bare = (op: string): boolean => op === 'empty' || op === 'not_empty'

/** Whether a value is there that a condition can be asked with. */
export function given(op: string, value: unknown): boolean {
  if (bare(op)) return true
  if (Array.isArray(value)) return value.length > 0 && value.every((one) => one !== null && one !== undefined && one !== '')
  return value !== undefined && value !== null && value !== ''
}
