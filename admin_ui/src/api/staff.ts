/** Staff that the user may see. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { api, compact, unwrap } from './client'
import type { operations } from './schema'

export type StaffQuery = NonNullable<operations['list_staff']['parameters']['query']>

export function useStaff(query: StaffQuery) {
  return useQuery({
    queryKey: ['staff', 'list', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/staff', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
}
