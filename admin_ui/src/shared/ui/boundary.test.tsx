import { render, screen } from '@testing-library/react'
import { Suspense } from 'react'
import { afterEach, expect, it, vi } from 'vitest'

import { Boundary } from './Boundary'
import { lazily } from './lazily'

afterEach(() => vi.restoreAllMocks())

function show(load: () => Promise<{ default: () => null }>) {
  vi.spyOn(console, 'error').mockImplementation(() => undefined) // React tells of every error that a boundary takes
  const Page = lazily(load)
  render(
    <Boundary>
      <Suspense fallback="…">
        <Page />
      </Suspense>
    </Boundary>,
  )
}

const gone = (): Promise<never> => Promise.reject(new TypeError('Failed to fetch dynamically imported module'))

it('says that the page is newer when a part of it is no longer there', async () => {
  show(gone)
  await screen.findByText('页面已更新，请刷新')
  expect(screen.getAllByRole('button').map((button) => button.textContent)).toEqual(['刷新页面'])
})

it('says that there is no network when that is why', async () => {
  vi.spyOn(globalThis.navigator, 'onLine', 'get').mockReturnValue(false)
  show(gone)
  await screen.findByText('网络已断开')
  expect(screen.queryByText('页面已更新，请刷新')).toBeNull()
})

it('takes a mistake of the page for what it is', async () => {
  show(() =>
    Promise.resolve({
      default: () => {
        throw new Error('a mistake')
      },
    }),
  )
  await screen.findByText('页面出错了')
  expect(screen.queryByText('页面已更新，请刷新')).toBeNull()
})
