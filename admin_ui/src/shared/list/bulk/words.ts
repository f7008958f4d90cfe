/** The words of what is done with a whole list, fetched with it. */
import { addWords } from '@/shared/i18n'

import en from './en-US.json'
import zh from './zh-CN.json'

type Words = typeof zh

declare module '@/shared/i18n' {
  interface FeatureWords extends Words {}
}

addWords('zh-CN', zh)
addWords('en-US', en)
