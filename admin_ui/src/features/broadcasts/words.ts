/** The words of the approval limit, fetched with its dialog. */
import { addWords } from '@/shared/i18n'

import en from './en-US.json'
import zh from './zh-CN.json'

declare module '@/shared/i18n' {
  interface FeatureWords {
    broadcasts: typeof zh
  }
}

addWords('zh-CN', { broadcasts: zh })
addWords('en-US', { broadcasts: en })
