/** The words of the approval limit, fetched with its dialog. */
import { addWords } from '@/shared/i18n'

import en from './en-US.json'
import zh from './zh-CN.json'

declare module '@/shared/i18n' {
  interface FeatureWords {
    limits: typeof zh
  }
}

addWords('zh-CN', { limits: zh })
addWords('en-US', { limits: en })
