/** What a list's kind of record has: fields with their operators and choices, orders and columns. */
import { useQuery } from '@tanstack/react-query'

import type { Schemas } from '@/api/client'
import { resource } from '@/api/resource'

import { useLanguage } from '../i18n'

export type Field = Schemas['FieldRow']
export type Kind = Schemas['KindDetail']

/** Fetched beside the list and kept: it changes with an upgrade or with one's role. */
export function useKind(name: string | undefined): Kind | undefined {
  const asked = useQuery({
    ...resource('kinds').one('{record}', { record: name ?? '' }),
    staleTime: Infinity,
    enabled: name !== undefined,
  })
  return asked.data
}

/** Its word in the language of the reader. */
export function useNamed(): (thing: { zh: string; en: string }) => string {
  const language = useLanguage()
  return (thing) => (language === 'en-US' ? thing.en : thing.zh)
}
