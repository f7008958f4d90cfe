/** Alerts of lost follow relations. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, compact, unwrap, type Schemas } from './client'
import type { operations } from './schema'

export type AlertRow = Schemas['AlertRow']
export type AlertDetail = Schemas['AlertDetail']
export type AlertState = Schemas['AlertState']
export type AlertKind = Schemas['AlertKind']
export type CloseReason = Schemas['CloseReason']
export type AlertQuery = NonNullable<operations['list_alerts']['parameters']['query']>

const alertsKey = ['alerts'] as const

export function useAlerts(query: AlertQuery, options: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: [...alertsKey, 'list', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/alerts', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
  })
}

export function useAlertSummary(options: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: [...alertsKey, 'summary'],
    queryFn: () => unwrap(api.GET('/api/v1/alerts/summary')),
    enabled: options.enabled ?? true,
  })
}

export function useAlert(id: number | null) {
  return useQuery({
    queryKey: [...alertsKey, 'one', id],
    queryFn: () => unwrap(api.GET('/api/v1/alerts/{alert_id}', { params: { path: { alert_id: id ?? 0 } } })),
    enabled: id !== null,
  })
}

export function useReviewAlert() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST('/api/v1/alerts/{alert_id}/review', { params: { path: { alert_id: id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: alertsKey }),
  })
}

export function useCloseAlert() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...body }: { id: number } & Schemas['CloseRequest']) =>
      unwrap(api.POST('/api/v1/alerts/{alert_id}/close', { params: { path: { alert_id: id } }, body })),
    onSettled: () => queries.invalidateQueries({ queryKey: alertsKey }),
  })
}
