/** Callbacks, syncs, parked tasks and the audit trail. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, compact, unwrap, type Schemas } from './client'
import type { operations } from './schema'

export type CallbackRow = Schemas['CallbackRow']
export type SyncRun = Schemas['SyncRunRow']
export type SyncStep = Schemas['SyncStepRow']
export type SyncState = Schemas['SyncState']
export type TaskRow = Schemas['TaskRow']
export type TaskKind = Schemas['TaskKind']
export type AuditRow = Schemas['AuditRow']
export type InboxState = Schemas['InboxState']
export type CallbackQuery = NonNullable<operations['list_callbacks']['parameters']['query']>
export type TaskQuery = NonNullable<operations['list_tasks']['parameters']['query']>
export type ReadingDetail = Schemas['ReadingDetail']
export type TrailWhat = NonNullable<NonNullable<operations['list_audit']['parameters']['query']>['what']>
export type AuditQuery = NonNullable<operations['list_audit']['parameters']['query']>
type Page = { limit?: number; cursor?: string | null }

export function useCallbacks(query: CallbackQuery) {
  return useQuery({
    queryKey: ['callbacks', 'list', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/callbacks', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
  })
}

export function useCallbackDetail(id: number | null) {
  return useQuery({
    queryKey: ['callback', id],
    queryFn: () => unwrap(api.GET('/api/v1/callbacks/{callback_id}', { params: { path: { callback_id: id ?? 0 } } })),
    enabled: id !== null,
  })
}

export function useReplayCallback() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST('/api/v1/callbacks/{callback_id}/replay', { params: { path: { callback_id: id } } })),
    onSettled: async (_data, _error, id) => {
      await queries.invalidateQueries({ queryKey: ['callbacks'] })
      await queries.invalidateQueries({ queryKey: ['callback', id] })
    },
  })
}

export function useSyncRuns(query: Page, options: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: ['sync', 'list', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/sync-runs', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
  })
}

export function useStartSync() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/sync-runs')),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sync'] }),
  })
}

export function useResumeSync() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST('/api/v1/sync-runs/{run_id}/resume', { params: { path: { run_id: id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sync'] }),
  })
}

export function useTasks(query: TaskQuery, options: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: ['tasks', 'list', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/tasks', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
  })
}

export function useAlarms(options: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: ['alarms'],
    queryFn: () => unwrap(api.GET('/api/v1/alarms')),
    enabled: options.enabled ?? true,
  })
}

export function useReplayTask() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ kind, id }: { kind: TaskKind; id: number }) =>
      unwrap(api.POST('/api/v1/tasks/{kind}/{task_id}/replay', { params: { path: { kind, task_id: id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['tasks'] }),
  })
}

export function useAudit(query: AuditQuery) {
  return useQuery({
    queryKey: ['audit', 'list', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/audit', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
  })
}

export function useReading(id: number | null) {
  return useQuery({
    queryKey: ['audit', 'reading', id],
    queryFn: () => unwrap(api.GET('/api/v1/audit/readings/{reading_id}', { params: { path: { reading_id: id ?? 0 } } })),
    enabled: id !== null,
  })
}

/** The address of the trail as a table, for a link that downloads it. */
export function auditTable(query: AuditQuery): string {
  const given = Object.entries(compact(query)).filter(([name]) => name !== 'limit' && name !== 'cursor')
  return `/api/v1/audit/export.csv?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}
