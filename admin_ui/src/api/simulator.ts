/** The demo's simulator of WeCom: see the world, and act in it. Its control API is no part of the service's own. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { ApiError } from './client'

export interface SimStaff {
  userid: string
  name: string
  department: number[]
  position: string
  in_service: boolean
  customer_contact: boolean
  customers: number
}

export interface SimRelation {
  userid: string
  external_userid: string
  name: string
  type: number
  corp_name: string
  status: 'following' | 'half' | 'left'
  remark: string
  tags: { id: string; name: string }[]
  createtime: number
}

export interface SimDelivery {
  seq: number
  app: string
  attempt: number
  at: number
  ms: number
  status: number | null
  reason: string | null
  event: string | null
  xml: string
}

export interface SimMessage {
  msgid: string
  at: number
  app: string
  touser: string[]
  msgtype: string
  content: Record<string, unknown>
}

interface SimWelcome {
  at: number
  app: string
  userid: string
  external_userid: string
  text: string
}

interface SimGroupTask {
  userid: string
  status: number
  ignored: boolean
  customers: number
  delivered: number
}

/** A mass message that staff have to confirm. */
export interface SimGroupMessage {
  msgid: string
  at: number
  text: string
  attachments: { msgtype: string }[]
  create_type: number
  cancelled: boolean
  reminders: number
  tasks: SimGroupTask[]
}

export interface SimGroup {
  chat_id: string
  name: string
  owner: string
  members: number
}

export interface SimTransfer {
  number: number
  handover: string
  handover_name: string
  external_userid: string
  name: string
}

export interface SimWorld {
  corp_id: string
  name: string
  counts: { staff: number; customers: number; relations: number; groups: number }
  departments: { id: number; name: string; parentid: number }[]
  staff: SimStaff[]
  tag_groups: { id: string; name: string; tags: { id: string; name: string }[] }[]
  groups: SimGroup[]
  customers: { total: number; items: SimRelation[] }
  deliveries: { pending: number; items: SimDelivery[] }
  messages: SimMessage[]
  welcomes: SimWelcome[]
  group_messages: SimGroupMessage[]
}

/** A message as the archive holds it, in the clear. */
export interface SimSaid {
  msgid: string
  from: string
  tolist?: string[]
  roomid?: string
  msgtime: number
  msgtype: string
  text?: { content: string }
  revoke?: { pre_msgid: string }
}

export interface Trickle {
  on: boolean
  per_minute: number
  corp_id: string
}

const BEAT = 1_000

async function ask<T>(path: string, options: RequestInit = {}): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(`/simulator/api/${path}`, options)
  } catch {
    throw new ApiError(0, 'unreachable', '无法连接模拟器。', 'The simulator cannot be reached.')
  }
  const body: unknown = await answer.json().catch(() => null)
  if (answer.ok) return body as T
  const named = (body ?? {}) as { error?: string; code?: string; detail_zh?: string; detail_en?: string }
  throw new ApiError(
    answer.status,
    named.code ?? `http_${answer.status}`,
    named.detail_zh ?? named.error ?? `模拟器返回了 ${answer.status}。`,
    named.detail_en ?? named.error ?? `The simulator answered ${answer.status}.`,
  )
}

const send = <T>(path: string, body: object): Promise<T> =>
  ask<T>(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

export function useSimCorp() {
  return useQuery({
    queryKey: ['sim', 'corp'],
    queryFn: async () => (await ask<{ items: { corp_id: string; name: string }[] }>('corps')).items[0] ?? null,
  })
}

export function useSimWorld(corpId: string, userid: string, q: string) {
  const query = new URLSearchParams({ limit: '30', userid, q })
  return useQuery({
    queryKey: ['sim', 'world', corpId, userid, q],
    queryFn: () => ask<SimWorld>(`corps/${corpId}/state?${query}`),
    refetchInterval: BEAT,
    placeholderData: keepPreviousData,
  })
}

/** Customers who are on their way to a member. */
export function useSimTransfers(corpId: string, takeover: string) {
  const query = new URLSearchParams({ status: 'waiting', takeover, limit: '30' })
  return useQuery({
    queryKey: ['sim', 'world', corpId, 'transfers', takeover],
    queryFn: () => ask<{ items: SimTransfer[]; total: number }>(`corps/${corpId}/transfers?${query}`),
    refetchInterval: BEAT,
  })
}

/** What was said last; fails where the corp has no archive. */
export function useSimArchive(corpId: string) {
  return useQuery({
    queryKey: ['sim', 'world', 'archive', corpId],
    queryFn: () => ask<{ said: SimSaid[] }>(`corps/${corpId}/archive`),
    refetchInterval: BEAT,
    retry: false,
  })
}

/** Do something in the world as a person; the answer says what changed. */
export function useSimAct(corpId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ verb, ...facts }: { verb: string } & Record<string, unknown>) =>
      send<Record<string, unknown>>(`corps/${corpId}/actions/${verb}`, facts),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sim', 'world'] }),
  })
}

export function useTrickle() {
  return useQuery({ queryKey: ['sim', 'trickle'], queryFn: () => ask<Trickle>('trickle'), refetchInterval: 10 * BEAT })
}

export function useSetTrickle() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (wanted: Trickle) => send<Trickle>('trickle', wanted),
    onSuccess: (trickle) => queries.setQueryData(['sim', 'trickle'], trickle),
  })
}
