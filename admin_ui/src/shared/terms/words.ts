/** The words of the service's own values that several features show: states, kinds, reasons; fetched with their pages. */
import { addWords } from '@/shared/i18n'

import en from './en-US.json'
import { EN, ZH, type KindWords } from './kinds'
import zh from './zh-CN.json'

type Words = typeof zh & KindWords

declare module '@/shared/i18n' {
  interface FeatureWords extends Words {}
}

for (const words of [zh, ...ZH]) addWords('zh-CN', words)
for (const words of [en, ...EN]) addWords('en-US', words)
