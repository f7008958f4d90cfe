/** The words of every list, fetched with the pages that have one. */
import { addWords } from '@/shared/i18n'

import en from './en-US.json'
import zh from './zh-CN.json'

type Words = typeof zh

declare module '@/shared/i18n' {
  interface FeatureWords extends Words {}
}

addWords('zh-CN', zh)
addWords('en-US', en)
