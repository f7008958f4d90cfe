/** The words of this feature, fetched with its page. */
import { addWords } from '@/shared/i18n'

import en from './en-US.json'
import zh from './zh-CN.json'

declare module '@/shared/i18n' {
  interface FeatureWords {
    welcome: typeof zh
  }
}

addWords('zh-CN', { welcome: zh })
addWords('en-US', { welcome: en })
