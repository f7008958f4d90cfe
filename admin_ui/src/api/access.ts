/** Sessions and bearer tokens: one's own, or, with a name, those of an account. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, unwrap, type Schemas } from './client'

export type SessionRow = Schemas['SessionRow']
export type TokenRow = Schemas['TokenRow']

const accessKey = ['access'] as const

export function useSessions(name?: string) {
  return useQuery({
    queryKey: [...accessKey, 'sessions', name ?? ''],
    queryFn: () =>
      unwrap(
        name === undefined
          ? api.GET('/api/v1/me/sessions')
          : api.GET('/api/v1/accounts/{name}/sessions', { params: { path: { name } } }),
      ),
  })
}

export function useTokens(name?: string) {
  return useQuery({
    queryKey: [...accessKey, 'tokens', name ?? ''],
    queryFn: () =>
      unwrap(
        name === undefined
          ? api.GET('/api/v1/me/tokens')
          : api.GET('/api/v1/accounts/{name}/tokens', { params: { path: { name } } }),
      ),
  })
}

/** The members' page counts both. */
function useRefresh() {
  const queries = useQueryClient()
  return () => queries.invalidateQueries()
}

export function useEndSession(name?: string) {
  return useMutation({
    mutationFn: (session_id: number) =>
      unwrap(
        name === undefined
          ? api.DELETE('/api/v1/me/sessions/{session_id}', { params: { path: { session_id } } })
          : api.DELETE('/api/v1/accounts/{name}/sessions/{session_id}', { params: { path: { name, session_id } } }),
      ),
    onSettled: useRefresh(),
  })
}

export function useEndOthers() {
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/me/sessions/end-others')),
    onSettled: useRefresh(),
  })
}

export function useRevokeToken(name?: string) {
  return useMutation({
    mutationFn: (token_id: number) =>
      unwrap(
        name === undefined
          ? api.DELETE('/api/v1/me/tokens/{token_id}', { params: { path: { token_id } } })
          : api.DELETE('/api/v1/accounts/{name}/tokens/{token_id}', { params: { path: { name, token_id } } }),
      ),
    onSettled: useRefresh(),
  })
}

export function useResetPassword() {
  return useMutation({
    mutationFn: (name: string) =>
      unwrap(api.POST('/api/v1/accounts/{name}/reset-password', { params: { path: { name } } })),
    onSettled: useRefresh(),
  })
}
