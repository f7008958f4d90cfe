/** Members, their accounts, and departures that are held. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, compact, unwrap, type Schemas } from './client'
import type { Role } from './me'
import type { operations } from './schema'

export type MemberRow = Schemas['MemberRow']
export type AccountRow = Schemas['AccountRow']
export type Access = Schemas['Access']
export type StaffStatus = Schemas['StaffStatus']
export type DepartureHold = Schemas['DepartureHoldRow']
export type MemberQuery = NonNullable<operations['list_members']['parameters']['query']>
export type AccountQuery = NonNullable<operations['list_accounts']['parameters']['query']>

const membersKey = ['members'] as const

export function useMembers(query: MemberQuery, enabled: boolean) {
  return useQuery({
    queryKey: [...membersKey, 'list', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/members', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
    enabled,
  })
}

export function useAccounts(query: AccountQuery, enabled: boolean) {
  return useQuery({
    queryKey: [...membersKey, 'accounts', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/accounts', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
    enabled,
  })
}

export function useDepartureHolds() {
  return useQuery({
    queryKey: [...membersKey, 'holds'],
    queryFn: () => unwrap(api.GET('/api/v1/departure-holds')),
  })
}

/** One's own rights may be among what changed, and so may the alarms. */
function useRefresh() {
  const queries = useQueryClient()
  return () => queries.invalidateQueries()
}

export function useChangeRole() {
  return useMutation({
    mutationFn: ({ name, role }: { name: string; role: Role }) =>
      unwrap(api.POST('/api/v1/accounts/{name}/role', { params: { path: { name } }, body: { role } })),
    onSettled: useRefresh(),
  })
}

export function useSwitchAccount() {
  return useMutation({
    mutationFn: ({ name, enabled }: { name: string; enabled: boolean }) => {
      const params = { path: { name } }
      return unwrap(
        enabled
          ? api.POST('/api/v1/accounts/{name}/enable', { params })
          : api.POST('/api/v1/accounts/{name}/disable', { params }),
      )
    },
    onSettled: useRefresh(),
  })
}

export function useEndSessions() {
  return useMutation({
    mutationFn: (name: string) =>
      unwrap(api.POST('/api/v1/accounts/{name}/end-sessions', { params: { path: { name } } })),
    onSettled: useRefresh(),
  })
}

export function useDecideHold() {
  return useMutation({
    mutationFn: ({ id, gone }: { id: number; gone: boolean }) => {
      const params = { path: { hold_id: id } }
      return unwrap(
        gone
          ? api.POST('/api/v1/departure-holds/{hold_id}/confirm', { params })
          : api.POST('/api/v1/departure-holds/{hold_id}/reject', { params }),
      )
    },
    onSettled: useRefresh(),
  })
}
