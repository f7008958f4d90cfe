import { afterEach, expect, it, vi } from 'vitest'

import { browserBridge, isWecom, wecomBridge } from './bridge'

const SIGNED = {
  corp_id: 'ww1', agent_id: 1000002, timestamp: 1414587457, nonce: 'n', config_signature: 'c', agent_config_signature: 'a',
}

afterEach(() => vi.unstubAllGlobals())

function sdk(entry: string) {
  const register = vi.fn()
  return {
    register,
    getContext: () => Promise.resolve({ entry }),
    getCurExternalContact: () => Promise.resolve({ userId: 'wmA' }),
  }
}

function serverSigns(): string[] {
  const asked: string[] = []
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(new URL(request.url).searchParams.get('url') ?? '')
    return Promise.resolve(Response.json(SIGNED))
  })
  return asked
}

it('takes the customer from the address in a plain browser', async () => {
  const bridge = browserBridge({ search: '?external_userid=wmB' })
  expect(await bridge.getEntry()).toBe('browser')
  expect(await bridge.getExternalContact()).toBe('wmB')
  expect(await browserBridge({ search: '' }).getExternalContact()).toBeNull()
})

it('asks WeCom for the customer of a single chat, signed once for the app', async () => {
  serverSigns()
  const fake = sdk('single_chat_tools')
  const bridge = wecomBridge(() => Promise.resolve(fake as never))
  expect(await bridge.getEntry()).toBe('single_chat_tools')
  expect(await bridge.getExternalContact()).toBe('wmA')
  expect(fake.register).toHaveBeenCalledOnce()
  const options = fake.register.mock.calls[0]?.[0]
  expect(options).toMatchObject({ corpId: 'ww1', agentId: 1000002 })
  expect(await options.getAgentConfigSignature('https://scrm.example/sidebar')).toEqual({
    timestamp: 1414587457, nonceStr: 'n', signature: 'a',
  })
  expect((await options.getConfigSignature('https://scrm.example/sidebar')).signature).toBe('c')
})

it('signs the address without its fragment', async () => {
  const asked = serverSigns()
  globalThis.location.hash = '#timeline'
  await wecomBridge(() => Promise.resolve(sdk('normal') as never)).getEntry()
  expect(asked[0]).not.toContain('#')
})

it('knows no customer outside a chat', async () => {
  serverSigns()
  const bridge = wecomBridge(() => Promise.resolve(sdk('group_chat_tools') as never))
  expect(await bridge.getExternalContact()).toBeNull()
})

it('recognises the web view of WeCom', () => {
  expect(isWecom('Mozilla/5.0 … wxwork/4.1.30 MicroMessenger/7.0.1')).toBe(true)
  expect(isWecom('Mozilla/5.0 … MicroMessenger/8.0')).toBe(false)
})
