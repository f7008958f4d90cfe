/** Who is signed in, and how one signs in and out. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, ApiError, setCsrfToken, unwrap, type Schemas } from './client'
import { outdated, taken } from './opening'

export type Me = Schemas['Me']
export type Role = Schemas['Role']
export type Permission = Schemas['Permission']

export const meKey = ['me'] as const

async function fetchMe(): Promise<Me> {
  const said = taken('me')
  if (said === null) throw new ApiError(401, 'not_signed_in', '', '')
  const me = said ?? (await unwrap(api.GET('/api/v1/me')))
  setCsrfToken(me.csrf_token)
  return me
}

export function useMe() {
  return useQuery({ queryKey: meKey, queryFn: fetchMe, staleTime: Infinity, retry: false })
}

/** The signed-in user, inside pages that are shown only to one. */
export function useCurrentUser(): Me {
  const { data } = useMe()
  if (!data) throw new Error('useCurrentUser outside a signed-in page')
  return data
}

export function useCan(): (permission: Permission) => boolean {
  const { data } = useMe()
  return (permission) => data?.permissions.includes(permission) ?? false
}

export function useLoginOptions() {
  return useQuery({
    queryKey: ['login-options'],
    queryFn: () => unwrap(api.GET('/api/v1/login-options')),
    staleTime: 60_000,
  })
}

export function useSignIn() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['Credentials']) => unwrap(api.POST('/api/v1/session', { body })),
    onSuccess: (me) => {
      outdated()
      setCsrfToken(me.csrf_token)
      queries.clear()
      queries.setQueryData(meKey, me)
    },
  })
}

/** Sign in over the page: what the page holds stays, and whatever was refused meanwhile is asked for anew. */
export function useSignInAgain() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['Credentials']) => unwrap(api.POST('/api/v1/session', { body })),
    onSuccess: (me) => {
      setCsrfToken(me.csrf_token)
      queries.setQueryData(meKey, me)
      return queries.invalidateQueries()
    },
  })
}

export function useSignOut() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(api.DELETE('/api/v1/session')),
    onSettled: () => {
      setCsrfToken('')
      queries.clear()
    },
  })
}

export function useChangePassword() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['NewPassword']) => unwrap(api.POST('/api/v1/me/password', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: meKey }),
  })
}
