/** The user's choice, else the browser's language; English is fetched only by those who read it. */
import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'

import zh from './zh-CN.json'

export type Language = 'zh-CN' | 'en-US'

/**
 * Words that come with a feature's page: the feature declares them here and adds them by `addWords`.
 * @public
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- features fill it
export interface FeatureWords {}

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof zh & FeatureWords }
    returnNull: false
  }
}

const STORED = 'scrm.language'

/** What the user chose; before that what the browser speaks: Chinese, or English for every other language. */
export function languageChoice(): Language {
  const chosen = globalThis.localStorage.getItem(STORED)
  if (chosen === 'en-US' || chosen === 'zh-CN') return chosen
  const asked = globalThis.navigator.language || 'zh-CN'
  return asked.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en-US'
}

export async function setUpLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'zh-CN',
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': { translation: zh } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  for (const [language, words] of early.splice(0)) addWords(language, words)
  await show(languageChoice())
}

/** Show this language from now on, in this browser. */
export async function chooseLanguage(language: Language): Promise<void> {
  globalThis.localStorage.setItem(STORED, language)
  await show(language)
}

async function show(language: Language): Promise<void> {
  if (language === 'en-US') addWords('en-US', (await import('./en-US.json')).default)
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}

/** Words of a surface that has them in its entry: they are there before the language is set up. */
const early: [Language, object][] = []

/** Add to the words of a language what is not there yet. */
export function addWords(language: Language, words: object): void {
  if (!i18next.isInitialized) {
    early.push([language, words])
    return
  }
  i18next.addResourceBundle(language, 'translation', words, true)
}

export function useLanguage(): Language {
  const { i18n } = useTranslation()
  return i18n.language === 'en-US' ? 'en-US' : 'zh-CN'
}

/** Several names as one text, in the manner of the language. */
export const listed = (names: readonly string[]): string => names.join(i18next.language === 'en-US' ? ', ' : '、')

/** Who did something, as the server names it (`user:chen`, `system:sync`). */
export const actorName = (actor: string | null | undefined): string => wordFor('actor', actor).replace(/^user:/, '')

/** The word for a value that the server names (`group` is a branch of the word list); unknown values show as they are. */
export function wordFor(group: string, value: string | number | null | undefined): string {
  if (value === null || value === undefined || value === '') return '—'
  // Dots and colons separate keys and namespaces in the word list.
  const key = `${group}.${String(value).replaceAll(/[.:]/g, '_')}`
  return i18next.exists(key) ? (i18next.t as (name: string) => string)(key) : String(value)
}
