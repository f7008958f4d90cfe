/** The welcome message. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, unwrap, type Schemas } from './client'

export type Welcome = Schemas['WelcomeSet']
export type WelcomeBody = Schemas['WelcomeBody']

export function useWelcome() {
  return useQuery({ queryKey: ['welcome'], queryFn: () => unwrap(api.GET('/api/v1/welcome')) })
}

export function useSetWelcome() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: WelcomeBody) => unwrap(api.PUT('/api/v1/welcome', { body })),
    onSuccess: (set) => {
      queries.setQueryData(['welcome'], set)
      void queries.invalidateQueries({ queryKey: ['alarms'] })
    },
  })
}
