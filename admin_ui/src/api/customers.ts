/** Customers, their timeline and tags; every key begins with the pulse topic that makes it stale. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'

import { api, compact, unwrap, type Schemas } from './client'
import type { operations } from './schema'

export type CustomerRow = Schemas['CustomerRow']
export type CustomerDetail = Schemas['CustomerDetail']
export type FollowDetail = Schemas['FollowDetail']
export type FollowRow = Schemas['FollowRow']
export type FollowStatus = Schemas['FollowStatus']
export type TimelineRow = Schemas['TimelineRow']
export type TimelineKind = TimelineRow['kind']
export type CustomerQuery = NonNullable<operations['list_customers']['parameters']['query']>

const customersKey = ['customers'] as const

export function useCustomers(query: CustomerQuery, options: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: [...customersKey, 'list', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/customers', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
  })
}

export function useCustomer(externalUserid: string) {
  return useQuery({
    queryKey: [...customersKey, 'one', externalUserid],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/customers/{external_userid}', { params: { path: { external_userid: externalUserid } } }),
      ),
    enabled: externalUserid !== '',
  })
}

export function useTimeline(externalUserid: string) {
  return useInfiniteQuery({
    queryKey: [...customersKey, 'timeline', externalUserid],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET('/api/v1/customers/{external_userid}/timeline', {
          params: { path: { external_userid: externalUserid }, query: compact({ limit: 30, cursor: pageParam }) },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: externalUserid !== '',
  })
}

export function useCustomerSummary(days: number) {
  return useQuery({
    queryKey: [...customersKey, 'summary', days],
    queryFn: () => unwrap(api.GET('/api/v1/customers/summary', { params: { query: { days } } })),
    placeholderData: keepPreviousData,
  })
}

export function useTags() {
  return useQuery({
    queryKey: [...customersKey, 'tags'],
    queryFn: () => unwrap(api.GET('/api/v1/tags')),
    staleTime: 60_000,
  })
}

export function useRevealMobiles(externalUserid: string) {
  return useMutation({
    mutationFn: (reason: string) =>
      unwrap(
        api.POST('/api/v1/customers/{external_userid}/reveal', {
          params: { path: { external_userid: externalUserid } },
          body: { reason },
        }),
      ),
  })
}
