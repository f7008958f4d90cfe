import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'

import { ApiError } from '@/api/client'

import { Boundary } from './Boundary'
import { TagChips } from './Chips'
import { DataTable } from './DataTable'
import { Pager } from './Pager'
import { Providers } from './Providers'
import { Async } from './States'
import { Tile } from './Tile'

const query = (part: object) => ({ data: undefined as string | undefined, error: null, isPending: true, refetch: vi.fn(), ...part })

it('shows that something loads, then the thing itself', () => {
  const { rerender } = render(<Async query={query({})}>{(data) => <p>{data}</p>}</Async>)
  expect(screen.getByRole('status', { name: '正在加载' })).toBeTruthy()
  rerender(<Async query={query({ data: '到了' })}>{(data) => <p>{data}</p>}</Async>)
  expect(screen.getByText('到了')).toBeTruthy()
})

it('tells an error in words and by code, and tries again', async () => {
  const failed = query({ error: new ApiError(503, 'database_unavailable', '数据库暂时不可用。', 'Away.') })
  render(<Async query={failed}>{() => null}</Async>, { wrapper: Providers })
  expect(screen.getByRole('alert').textContent).toContain('数据库暂时不可用。')
  expect(screen.getByText('database_unavailable')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: '重试' }))
  expect(failed.refetch).toHaveBeenCalledOnce()
})

it('tells a missing right apart from a failure', () => {
  render(<Async query={query({ error: new ApiError(403, 'not_permitted', '', '') })}>{() => null}</Async>)
  expect(screen.getByText('没有权限查看此页')).toBeTruthy()
  expect(screen.queryByRole('alert')).toBeNull()
})

it('catches a page that throws', () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const Broken = (): never => {
    throw new Error('boom')
  }
  render(
    <Boundary>
      <Broken />
    </Boundary>,
  )
  expect(screen.getByText('页面出错了')).toBeTruthy()
  vi.restoreAllMocks()
})

it('opens a row by mouse but leaves its links alone', async () => {
  const open = vi.fn()
  render(
    <DataTable
      label="客户"
      columns={[{ key: 'name', title: '名称', render: (row: { name: string }) => <><a href="#x">{row.name}</a><i>空白</i></> }]}
      rows={[{ name: '林' }]}
      rowKey={(row) => row.name}
      onOpen={open}
    />,
  )
  await userEvent.click(screen.getByRole('link', { name: '林' }))
  expect(open).not.toHaveBeenCalled()
  await userEvent.click(screen.getByText('空白'))
  expect(open).toHaveBeenCalledOnce()
})

it('offers the next page only where there is one', async () => {
  const cursor = { cursor: undefined, page: 1, next: vi.fn(), previous: vi.fn() }
  const { rerender } = render(<Pager cursor={cursor} page={{ total: 10000, total_capped: true, next_cursor: 'c2' }} />)
  expect(screen.getByText('共 10,000+ 条')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: '下一页' }))
  expect(cursor.next).toHaveBeenCalledWith('c2')
  rerender(<Pager cursor={cursor} page={{ total: 3, total_capped: false, next_cursor: null }} />)
  expect(screen.queryByRole('button', { name: '下一页' })).toBeNull()
})

it('counts the tags it does not show', () => {
  render(<TagChips most={1} tags={[{ name: 'VIP', group_name: '等级' }, { name: '新客' }]} />)
  expect(screen.getByText('VIP')).toBeTruthy()
  expect(screen.queryByText('新客')).toBeNull()
  expect(screen.getByTitle('新客').textContent).toContain('+1')
})

it('draws an initial where there is no portrait', () => {
  const { container } = render(<Tile name="🌸Grace" seed="x" />)
  expect(container.firstElementChild?.getAttribute('data-initial')).toBe('G')
})
