/** The words of sessions and tokens, fetched with the pages that show them. */
import { addWords } from '@/shared/i18n'

import en from './en-US.json'
import zh from './zh-CN.json'

declare module '@/shared/i18n' {
  interface FeatureWords {
    access: typeof zh
  }
}

addWords('zh-CN', { access: zh })
addWords('en-US', { access: en })
