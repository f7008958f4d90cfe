/** The chat archive: conversations, their messages, the search, and how the pull stands. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, compact, unwrap, type Schemas } from './client'
import type { operations } from './schema'

export type Conversation = Schemas['ConversationRow']
export type ConversationKind = Schemas['ConversationKind']
export type MessageRow = Schemas['MessageRow']
export type FoundMessage = Schemas['FoundMessage']
export type ArchiveStatus = Schemas['ArchiveStatus']
export type ConversationQuery = NonNullable<operations['list_conversations']['parameters']['query']>
export type MessageQuery = NonNullable<operations['search_messages']['parameters']['query']>

const messagesKey = ['messages'] as const

export function useConversations(query: ConversationQuery) {
  return useInfiniteQuery({
    queryKey: [...messagesKey, 'conversations', compact(query)],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET('/api/v1/messages/conversations', {
          params: { query: { ...compact(query), ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  })
}

export function useMessageSearch(query: MessageQuery, options: { enabled: boolean }) {
  return useQuery({
    queryKey: [...messagesKey, 'search', compact(query)],
    queryFn: () => unwrap(api.GET('/api/v1/messages', { params: { query: compact(query) } })),
    placeholderData: keepPreviousData,
    enabled: options.enabled,
    retry: false,
  })
}

interface Place {
  around?: string
  before?: string
  after?: string
}

/** One conversation, from a message or from its end, walked both ways. */
export function useConversation(id: number, around: string | undefined, limit = 40) {
  return useInfiniteQuery({
    queryKey: [...messagesKey, 'conversation', id, around ?? '', limit],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET('/api/v1/messages/conversations/{conversation_id}', {
          params: { path: { conversation_id: id }, query: { ...pageParam, limit } },
        }),
      ),
    initialPageParam: (around ? { around } : {}) as Place,
    getPreviousPageParam: (page): Place | null => (page.before ? { before: page.before } : null),
    getNextPageParam: (page): Place | null => (page.after ? { after: page.after } : null),
    retry: false,
  })
}

export function useArchiveStatus(options: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: [...messagesKey, 'archive'],
    queryFn: () => unwrap(api.GET('/api/v1/messages/archive')),
    refetchInterval: 10_000,
    enabled: options.enabled ?? true,
  })
}

export function useRetryParked() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/messages/archive/retry')),
    onSettled: () => queries.invalidateQueries({ queryKey: messagesKey }),
  })
}

export const mediaAddress = (id: number): string => `/api/v1/messages/media/${id}`
