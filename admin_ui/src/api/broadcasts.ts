/** Broadcasts: drafts, counts, reports; every key begins with the pulse topic that makes it stale. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, compact, unwrap, type Schemas } from './client'
import type { operations } from './schema'

export type Audience = Schemas['Audience']
export type AudienceCount = Schemas['AudienceCount']
export type Attachment = BroadcastContent['attachments'][number]
export type BroadcastContent = Required<Schemas['BroadcastContent']>
export type BroadcastDetail = Schemas['BroadcastDetail']
export type BroadcastRow = Schemas['BroadcastRow']
export type BroadcastState = Schemas['BroadcastState']
export type RecipientStatus = Schemas['RecipientStatus']
export type Report = Schemas['Report']
export type SenderRow = Schemas['SenderRow']
export type RecipientRow = Schemas['RecipientRow']
export type BroadcastQuery = NonNullable<operations['list_broadcasts']['parameters']['query']>
export type RecipientQuery = NonNullable<operations['list_recipients']['parameters']['query']>
export type SenderQuery = NonNullable<operations['list_senders']['parameters']['query']>

const broadcastsKey = ['broadcasts'] as const

const at = (id: number) => ({ params: { path: { broadcast_id: id } } })

export function useBroadcasts(query: BroadcastQuery) {
  return useQuery({
    queryKey: [...broadcastsKey, 'list', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/broadcasts', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
  })
}

export function useBroadcast(id: number | null) {
  return useQuery({
    queryKey: [...broadcastsKey, 'one', id],
    queryFn: () => unwrap(api.GET('/api/v1/broadcasts/{broadcast_id}', at(id ?? 0))),
    enabled: id !== null,
  })
}

export function useBroadcastSummary(options: { enabled: boolean }) {
  return useQuery({
    queryKey: [...broadcastsKey, 'summary'],
    queryFn: () => unwrap(api.GET('/api/v1/broadcasts/summary')),
    enabled: options.enabled,
  })
}

/** How many an audience is; asked again for every choice, and not while there is none. */
export function useAudienceCount(audience: Audience, sendAt: string | null, options: { enabled: boolean }) {
  return useQuery({
    queryKey: [...broadcastsKey, 'audience', audience, sendAt],
    queryFn: () => unwrap(api.POST('/api/v1/broadcasts/audience', { body: { audience, send_at: sendAt } })),
    placeholderData: keepPreviousData,
    enabled: options.enabled,
    retry: false,
  })
}

export function useSenders(id: number, query: SenderQuery) {
  return useQuery({
    queryKey: [...broadcastsKey, 'senders', id, compact(query)],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/broadcasts/{broadcast_id}/senders', {
          params: { path: { broadcast_id: id }, query: compact(query) },
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

export function useRecipients(id: number, query: RecipientQuery) {
  return useQuery({
    queryKey: [...broadcastsKey, 'recipients', id, compact(query)],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/broadcasts/{broadcast_id}/recipients', {
          params: { path: { broadcast_id: id }, query: compact(query) },
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

function useChange<Given, Answer>(change: (given: Given) => Promise<Answer>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: broadcastsKey }),
  })
}

/** Keep a draft, a new one or one that is there. */
export function useSaveBroadcast() {
  return useChange(({ id, content }: { id: number | null; content: BroadcastContent }) =>
    id === null
      ? unwrap(api.POST('/api/v1/broadcasts', { body: content }))
      : unwrap(api.PUT('/api/v1/broadcasts/{broadcast_id}', { ...at(id), body: content })),
  )
}

export type Step = 'submit' | 'approve' | 'pause' | 'resume' | 'cancel' | 'refresh'

export function useBroadcastStep() {
  return useChange(({ id, step }: { id: number; step: Step }): Promise<BroadcastDetail> => {
    switch (step) {
      case 'submit':
        return unwrap(api.POST('/api/v1/broadcasts/{broadcast_id}/submit', at(id)))
      case 'approve':
        return unwrap(api.POST('/api/v1/broadcasts/{broadcast_id}/approve', at(id)))
      case 'pause':
        return unwrap(api.POST('/api/v1/broadcasts/{broadcast_id}/pause', at(id)))
      case 'resume':
        return unwrap(api.POST('/api/v1/broadcasts/{broadcast_id}/resume', at(id)))
      case 'cancel':
        return unwrap(api.POST('/api/v1/broadcasts/{broadcast_id}/cancel', at(id)))
      case 'refresh':
        return unwrap(api.POST('/api/v1/broadcasts/{broadcast_id}/refresh', at(id)))
    }
  })
}

export function useRejectBroadcast() {
  return useChange(({ id, note }: { id: number; note: string }) =>
    unwrap(api.POST('/api/v1/broadcasts/{broadcast_id}/reject', { ...at(id), body: { note } })),
  )
}

export function useRemoveBroadcast() {
  return useChange((id: number) => unwrap(api.DELETE('/api/v1/broadcasts/{broadcast_id}', at(id))))
}

export function useRemind(id: number) {
  return useChange((userids: string[]) =>
    unwrap(api.POST('/api/v1/broadcasts/{broadcast_id}/remind', { ...at(id), body: { userids } })),
  )
}

export type Policy = Schemas['PolicyNow']
export type PolicyChanges = Schemas['PolicyBody']

export function usePolicy() {
  return useQuery({
    queryKey: [...broadcastsKey, 'policy'],
    queryFn: () => unwrap(api.GET('/api/v1/broadcasts/policy')),
  })
}

export function useSetPolicy() {
  return useChange((policy: PolicyChanges) => unwrap(api.PUT('/api/v1/broadcasts/policy', { body: policy })))
}

export type LimitStep = 'confirm' | 'reject' | 'withdraw'

/** Decide on a higher approval limit that waits. */
export function useLimitStep() {
  return useChange(({ id, step }: { id: number; step: LimitStep }): Promise<Policy> => {
    const params = { params: { path: { change_id: id } } }
    switch (step) {
      case 'confirm':
        return unwrap(api.POST('/api/v1/broadcasts/policy/changes/{change_id}/confirm', params))
      case 'reject':
        return unwrap(api.POST('/api/v1/broadcasts/policy/changes/{change_id}/reject', params))
      case 'withdraw':
        return unwrap(api.POST('/api/v1/broadcasts/policy/changes/{change_id}/withdraw', params))
    }
  })
}

export function useUploadPicture() {
  return useMutation({
    mutationFn: async (file: File) =>
      unwrap(api.POST('/api/v1/broadcasts/media', { body: { filename: file.name, data: await base64(file) } })),
  })
}

export const pictureAddress = (mediaId: number): string => `/api/v1/broadcasts/media/${mediaId}`

export const tableAddress = (id: number): string => `/api/v1/broadcasts/${id}/recipients.csv`

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ''))
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'))
    reader.readAsDataURL(file)
  })
}
