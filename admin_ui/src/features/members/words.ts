/** The words of this feature, fetched with its page. */
import { addWords } from '@/shared/i18n'

import en from './en-US.json'
import zh from './zh-CN.json'

declare module '@/shared/i18n' {
  interface FeatureWords {
    members: typeof zh
  }
}

addWords('zh-CN', { members: zh })
addWords('en-US', { members: en })
