import { useInfiniteQuery } from '@tanstack/react-query'

import { resource } from '@/api/resource'

interface Place {
  around?: string
  before?: string
  after?: string
}

/** One conversation, from a message or from its end, walked both ways. */
export function useConversation(id: number, around: string | undefined, limit = 40) {
  return useInfiniteQuery({
    queryKey: ['messages', 'conversation', id, around ?? '', limit],
    queryFn: ({ pageParam }) =>
      resource('messages').read('conversations/{conversation_id}', { conversation_id: id, ...pageParam, limit }),
    initialPageParam: (around ? { around } : {}) as Place,
    getPreviousPageParam: (page): Place | null => (page.before ? { before: page.before } : null),
    getNextPageParam: (page): Place | null => (page.after ? { after: page.after } : null),
    retry: false,
  })
}
