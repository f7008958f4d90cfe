/** The typed client of the service's own API, and what an error of it looks like. */
import createClient, { type Middleware } from 'openapi-fetch'

import type { components, paths } from './schema'

export type Schemas = components['schemas']
export type Problem = Schemas['Problem']

/** An answer outside 2xx, or none at all (`status` 0, `code` "unreachable"). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly zh: string,
    readonly en: string,
    readonly errors: Problem['errors'] = [],
  ) {
    super(`${code}: ${en}`)
    this.name = 'ApiError'
  }
}

let csrfToken = ''

export function setCsrfToken(token: string): void {
  csrfToken = token
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

const csrf: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method) && csrfToken) request.headers.set('X-CSRF-Token', csrfToken)
    return request
  },
}

// An absolute base and a late look-up of fetch: outside a browser, Request refuses relative addresses.
export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  fetch: (request) => globalThis.fetch(request),
  querySerializer: { array: { style: 'form', explode: true } },
})
api.use(csrf)

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of a 2xx answer; anything else is thrown as an `ApiError`. */
export async function unwrap<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await asked
  } catch {
    throw new ApiError(0, 'unreachable', '无法连接服务器，请检查网络。', 'The server cannot be reached.')
  }
  if (answer.response.ok) return answer.data as T
  throw problemOf(answer.response.status, answer.error)
}

function problemOf(status: number, body: unknown): ApiError {
  if (typeof body === 'object' && body !== null && 'code' in body) {
    const problem = body as Problem
    return new ApiError(status, problem.code, problem.detail_zh, problem.detail_en, problem.errors)
  }
  return new ApiError(status, `http_${status}`, `服务器返回了 ${status}。`, `The server answered ${status}.`)
}

/** Drop empty values, so that an address or a query holds only what was asked for. */
export function compact<T extends object>(values: T): Partial<T> {
  const kept = Object.entries(values).filter(
    ([, value]) => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && !value.length),
  )
  return Object.fromEntries(kept) as Partial<T>
}
