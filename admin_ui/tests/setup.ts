import { cleanup } from '@testing-library/react'
import { afterEach, beforeAll } from 'vitest'

import { chooseLanguage, setUpLanguage } from '@/shared/i18n'

// jsdom has neither; antd's responsive hooks ask for both.
globalThis.matchMedia ??= ((query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
})) as unknown as typeof globalThis.matchMedia
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

beforeAll(async () => {
  await setUpLanguage()
  await chooseLanguage('zh-CN') // jsdom asks for English
})
afterEach(cleanup)
