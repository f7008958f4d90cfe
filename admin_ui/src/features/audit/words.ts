/** The words of this feature, fetched with its page. */
import { addWords } from '@/shared/i18n'

import en from './en-US.json'
import zh from './zh-CN.json'

declare module '@/shared/i18n' {
  interface FeatureWords {
    audit: typeof zh
  }
}

addWords('zh-CN', { audit: zh })
addWords('en-US', { audit: en })
