/** Rules on chats. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, compact, unwrap, type Schemas } from './client'
import type { operations } from './schema'

export type RuleRow = Schemas['RuleRow']
export type RuleDetail = Schemas['RuleDetail']
export type RuleBody = Schemas['RuleBody']
export type TrialAnswer = Schemas['TrialAnswer']
export type RuleQuery = NonNullable<operations['list_rules']['parameters']['query']>

const rulesKey = ['rules'] as const

export function useRules(query: RuleQuery) {
  return useQuery({
    queryKey: [...rulesKey, 'list', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/rules', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
  })
}

export function useRule(id: number | null) {
  return useQuery({
    queryKey: [...rulesKey, 'one', id],
    queryFn: () => unwrap(api.GET('/api/v1/rules/{rule_id}', { params: { path: { rule_id: id ?? 0 } } })),
    enabled: id !== null,
  })
}

/** Make a rule, or change the one whose id and version are given. */
export function useSaveRule() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, version, ...body }: RuleBody & { id: number | null; version: number }) =>
      id === null
        ? unwrap(api.POST('/api/v1/rules', { body }))
        : unwrap(api.POST('/api/v1/rules/{rule_id}', { params: { path: { rule_id: id } }, body: { ...body, version } })),
    onSettled: () => queries.invalidateQueries({ queryKey: rulesKey }),
  })
}

export function useSwitchRule() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, enabled }: { id: number; enabled: boolean }) => {
      const params = { path: { rule_id: id } }
      return unwrap(
        enabled
          ? api.POST('/api/v1/rules/{rule_id}/enable', { params })
          : api.POST('/api/v1/rules/{rule_id}/disable', { params }),
      )
    },
    onSettled: () => queries.invalidateQueries({ queryKey: rulesKey }),
  })
}

export function useScanArchive() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, days }: { id: number; days: number }) =>
      unwrap(api.POST('/api/v1/rules/{rule_id}/scan', { params: { path: { rule_id: id } }, body: { days } })),
    onSettled: () => queries.invalidateQueries({ queryKey: rulesKey }),
  })
}

export function useTrial() {
  return useMutation({
    mutationFn: (body: Schemas['TrialBody']) => unwrap(api.POST('/api/v1/rules/try', { body })),
  })
}
