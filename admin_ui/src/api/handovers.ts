/** Handovers of leavers' customers and groups, and transfers between employed members. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, compact, unwrap, type Schemas } from './client'
import type { operations } from './schema'

export type HandoverRow = Schemas['HandoverRow']
export type HandoverDetail = Schemas['HandoverDetail']
export type HandoverState = Schemas['HandoverState']
export type HandoverItem = Schemas['HandoverItemRow']
export type HandoverCounts = Schemas['HandoverCounts']
export type ItemState = Schemas['ItemState']
export type ItemKind = Schemas['ItemKind']
export type AssignRequest = Schemas['AssignRequest']
export type AssignmentPreview = Schemas['AssignmentPreview']
export type HandoverPolicy = Schemas['HandoverPolicyBody']
export type HandoverQuery = NonNullable<operations['list_handovers']['parameters']['query']>
export type ItemQuery = NonNullable<operations['list_handover_items']['parameters']['query']>

const handoversKey = ['handovers'] as const

const at = (id: number) => ({ params: { path: { handover_id: id } } })

export function useHandovers(query: HandoverQuery) {
  return useQuery({
    queryKey: [...handoversKey, 'list', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/handovers', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
  })
}

export function useHandoverSummary(options: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: [...handoversKey, 'summary'],
    queryFn: () => unwrap(api.GET('/api/v1/handovers/summary')),
    enabled: options.enabled ?? true,
  })
}

export function useHandover(id: number) {
  return useQuery({
    queryKey: [...handoversKey, 'one', id],
    queryFn: () => unwrap(api.GET('/api/v1/handovers/{handover_id}', at(id))),
  })
}

export function useHandoverItems(id: number, query: ItemQuery) {
  return useQuery({
    queryKey: [...handoversKey, 'items', id, compact(query)],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/handovers/{handover_id}/items', {
          params: { path: { handover_id: id }, query: compact(query) },
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

/** What an assignment would do; asked again whenever the choice changes. */
export function usePreview(id: number, request: AssignRequest | null) {
  return useQuery({
    queryKey: ['handover-preview', id, request],
    queryFn: () =>
      unwrap(
        api.POST('/api/v1/handovers/{handover_id}/preview', {
          ...at(id),
          body: request ?? { successors: [], selection: EVERYTHING },
        }),
      ),
    enabled: request !== null,
    retry: false,
    gcTime: 0,
  })
}

export const EVERYTHING: Schemas['Selection'] = { item_ids: null, kind: null, state: null, tag: '', q: '' }

export function useAssign(id: number) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: AssignRequest) => unwrap(api.POST('/api/v1/handovers/{handover_id}/assign', { ...at(id), body })),
    onSettled: () => queries.invalidateQueries({ queryKey: handoversKey }),
  })
}

export function useCloseHandover(id: number) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['CloseHandover']) =>
      unwrap(api.POST('/api/v1/handovers/{handover_id}/close', { ...at(id), body })),
    onSettled: () => queries.invalidateQueries({ queryKey: handoversKey }),
  })
}

export function useCreateHandover() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['CreateHandover']) => unwrap(api.POST('/api/v1/handovers', { body })),
    onSettled: () => queries.invalidateQueries({ queryKey: handoversKey }),
  })
}

export function useHandoverSource(userid: string | undefined) {
  return useQuery({
    queryKey: ['handover-source', userid],
    queryFn: () => unwrap(api.GET('/api/v1/handovers/source', { params: { query: { userid: userid ?? '' } } })),
    enabled: userid !== undefined,
    retry: false,
  })
}

export function useHandoverPolicy() {
  return useQuery({
    queryKey: ['handover-policy'],
    queryFn: () => unwrap(api.GET('/api/v1/handovers/policy')),
  })
}

export function useSetHandoverPolicy() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: HandoverPolicy) => unwrap(api.POST('/api/v1/handovers/policy', { body })),
    onSuccess: (policy) => queries.setQueryData(['handover-policy'], policy),
  })
}

export const exportAddress = (id: number): string => `/api/v1/handovers/${id}/export`
