/**
 * The service's API as it is: `resource('alerts')` knows every address below `/api/v1/alerts`, with what it takes and answers
 * from the OpenAPI types. It gives options for react-query's own hooks, so that a page says
 * `useQuery(resource('alerts').list('', {…}))` and `useMutation(resource('alerts').act('post', '{alert_id}/close'))`.
 *
 * The key of what is read begins with the topic by which the pulse makes it stale, and what changes something makes that
 * topic stale too. Empty values are not asked with.
 */
import { infiniteQueryOptions, keepPreviousData, mutationOptions, queryOptions, type QueryKey } from '@tanstack/react-query'

import { api, compact, unwrap } from './client'
import type { paths } from './schema'

type Verb = 'get' | 'post' | 'put' | 'delete'
type Operation = { parameters: object; responses: object }

/** What a verb reaches below a name: '' is the name itself. */
type Below<Name extends string, V extends Verb> = {
  [Path in keyof paths]: paths[Path] extends Record<V, Operation>
    ? Path extends `/api/v1/${Name}`
      ? ''
      : Path extends `/api/v1/${Name}/${infer Rest}`
        ? Rest
        : never
    : never
}[keyof paths]
type Full<Name extends string, Rest extends string> = Rest extends '' ? `/api/v1/${Name}` : `/api/v1/${Name}/${Rest}`
type At<Name extends string, V extends Verb, Rest extends string> =
  Full<Name, Rest> extends infer Path extends keyof paths ? (paths[Path] extends Record<V, infer O> ? O : never) : never

type InPath<O> = O extends { parameters: { path: infer P } } ? P : unknown
type InQuery<O> = O extends { parameters: { query?: infer Q } } ? ([NonNullable<Q>] extends [never] ? unknown : NonNullable<Q>) : unknown
type InBody<O> = O extends { requestBody?: { content: { 'application/json': infer B } } } ? B : unknown
type Answer<O> = O extends { responses: { 200: { content: { 'application/json': infer A } } } }
  ? A
  : O extends { responses: { 201: { content: { 'application/json': infer A } } } }
    ? A
    : O extends { responses: { 202: { content: { 'application/json': infer A } } } }
      ? A
      : undefined

type Loosely<T> = { [Key in keyof T]: T[Key] | null | undefined }
/** The parts of the address and the query in one object. */
type Asked<O> = InPath<O> & Loosely<Partial<InQuery<O>>>
/** The parts of the address and the body in one object; nothing where there is neither. */
type Given<O> = keyof (InPath<O> & InBody<O>) extends never ? void : InPath<O> & InBody<O>

interface Effect {
  /** Makes all that is kept stale, since rights or counts of other pages may be among what changes. */
  everything?: boolean
  /** Other topics that it makes stale. */
  also?: readonly string[]
  /** The answer is what is read under this key. */
  becomes?: QueryKey
}

interface Options {
  params: { path: Record<string, unknown>; query: Record<string, unknown> }
  body?: unknown
}
type Untyped = (verb: string, path: string, options: Options) => Promise<{ data?: unknown; error?: unknown; response: Response }>

function send(verb: Verb, path: string, given: object | null | undefined): Promise<unknown> {
  const names = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
  const parts = Object.entries(given ?? {})
  const rest = Object.fromEntries(parts.filter(([name]) => !names.has(name)))
  const params = { path: Object.fromEntries(parts.filter(([name]) => names.has(name))), query: {} as Record<string, unknown> }
  if (verb === 'get') params.query = compact(rest)
  const body = verb !== 'get' && Object.keys(rest).length ? { body: rest } : {}
  return unwrap((api.request as unknown as Untyped)(verb, path, { params, ...body }))
}

/** Under which topic a name is kept, where that is another. */
const TOPIC: Readonly<Record<string, string>> = {
  accounts: 'members',
  'departure-holds': 'members',
  me: 'access',
  'sync-runs': 'sync',
  tags: 'customers',
}

/** All below `/api/v1/<name>`; `topic` for what the pulse does not make stale, though the rest of the name is. */
export function resource<Name extends string>(name: Name, topic: string = TOPIC[name] ?? name) {
  const full = (rest: string): string => (rest ? `/api/v1/${name}/${rest}` : `/api/v1/${name}`)
  const key = (verb: Verb, rest: string, given: object | undefined): QueryKey => [topic, name, verb, rest, compact(given ?? {})]

  function call<V extends Verb, Rest extends Below<Name, V>>(verb: V, rest: Rest, given: object | void) {
    return send(verb, full(rest), given as object) as Promise<Answer<At<Name, V, Rest>>>
  }

  function one<Rest extends Below<Name, 'get'>>(rest: Rest, asked: Asked<At<Name, 'get', Rest>>) {
    const given = asked as object
    return queryOptions({ queryKey: key('get', rest, given), queryFn: () => call('get', rest, given) })
  }

  return {
    /** One thing, or a summary. */
    one,

    /** A page of a list: the one before stays until it is there. */
    list<Rest extends Below<Name, 'get'>>(rest: Rest, asked: Asked<At<Name, 'get', Rest>>) {
      return { ...one(rest, asked), placeholderData: keepPreviousData }
    },

    /** A list whose pages are put behind each other, by its cursor. */
    pages<Rest extends Below<Name, 'get'>>(rest: Rest, asked: Asked<At<Name, 'get', Rest>>) {
      const given = asked as object
      return infiniteQueryOptions({
        queryKey: [...key('get', rest, given), 'pages'],
        queryFn: ({ pageParam }) => call('get', rest, { ...given, cursor: pageParam }),
        initialPageParam: '',
        getNextPageParam: (page) => (page as { next_cursor?: string | null }).next_cursor ?? undefined,
      })
    },

    /** What would become of a choice: asked for like a list, though by a POST; a refusal is the answer. */
    reckon<Rest extends Below<Name, 'post'>>(rest: Rest, given: Given<At<Name, 'post', Rest>>) {
      return queryOptions({
        queryKey: key('post', rest, given as object),
        queryFn: () => call('post', rest, given as object),
        retry: false,
      })
    },

    /** Reads once, outside of what is kept. */
    read: <Rest extends Below<Name, 'get'>>(rest: Rest, asked: Asked<At<Name, 'get', Rest>>) =>
      call('get', rest, asked as object),

    /** Does something, outside of `act`: for an act that chooses among several. */
    send: <V extends Verb, Rest extends Below<Name, V>>(verb: V, rest: Rest, given: Given<At<Name, V, Rest>>) =>
      call(verb, rest, given as object),

    /** A change; never tried again by itself. */
    act<V extends Exclude<Verb, 'get'>, Rest extends Below<Name, V>>(verb: V, rest: Rest, effect: Effect = {}) {
      return acting((given: Given<At<Name, V, Rest>>) => call(verb, rest, given as object), topic, effect)
    },

    /** A change that is one of several calls. */
    acts<Chosen, Told>(change: (chosen: Chosen) => Promise<Told>, effect: Effect = {}) {
      return acting(change, topic, effect)
    },
  }
}

function acting<Chosen, Told>(change: (chosen: Chosen) => Promise<Told>, topic: string, effect: Effect) {
  return mutationOptions({
    mutationFn: change,
    onSettled: async (told: Told | undefined, _error, _chosen, _result, { client }) => {
      if (effect.becomes) {
        if (told !== undefined) client.setQueryData(effect.becomes, told)
      } else if (effect.everything) {
        await client.invalidateQueries()
      } else {
        await client.invalidateQueries({ queryKey: [topic] })
      }
      for (const other of effect.also ?? []) void client.invalidateQueries({ queryKey: [other] })
    },
  })
}
