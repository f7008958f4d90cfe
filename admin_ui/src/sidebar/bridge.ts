/** The one door to WeCom's JS-SDK: which chat is open, and with whom. */
import type * as Wecom from '@wecom/jssdk'

import { api, unwrap } from '@/api/client'

/** Where the page was opened (JS-SDK `getContext`); `browser` when it is not inside WeCom. */
type Entry = `${Wecom.EntryType}` | 'browser'

export interface Bridge {
  getEntry: () => Promise<Entry>
  /** The customer of the open chat; null when the entry has none. */
  getExternalContact: () => Promise<string | null>
}

/** The entries whose chat has one customer. */
const WITH_CUSTOMER = new Set<Entry>(['single_chat_tools', 'contact_profile', 'single_kf_tools', 'chat_attachment'])

export const isWecom = (agent = globalThis.navigator.userAgent): boolean => /wxwork/i.test(agent)

export function makeBridge(): Bridge {
  return isWecom() ? wecomBridge() : browserBridge(globalThis.location)
}

/** A plain browser: the address names the customer, or nobody does and the user chooses. */
export function browserBridge(location: Pick<Location, 'search'>): Bridge {
  return {
    getEntry: () => Promise.resolve('browser'),
    getExternalContact: () => Promise.resolve(new URLSearchParams(location.search).get('external_userid')),
  }
}

type Sdk = Pick<typeof Wecom, 'register' | 'getContext' | 'getCurExternalContact'>

/** WeCom's own web view; the SDK is fetched here only, so that a browser never loads it. */
export function wecomBridge(load: () => Promise<Sdk> = () => import('@wecom/jssdk')): Bridge {
  let ready: Promise<Sdk> | undefined
  const sdk = (): Promise<Sdk> => (ready ??= load().then(register))
  return {
    getEntry: async () => (await (await sdk()).getContext()).entry as Entry,
    getExternalContact: async () => {
      const ww = await sdk()
      const { entry } = await ww.getContext()
      if (!WITH_CUSTOMER.has(entry as Entry)) return null
      // The SDK calls it userId; it is the external_userid.
      return (await ww.getCurExternalContact()).userId
    },
  }
}

async function register(ww: Sdk): Promise<Sdk> {
  // A signature holds for one address, so it is asked for again for each one the SDK names.
  const sign = (url: string) => unwrap(api.GET('/api/v1/jssdk-signature', { params: { query: { url } } }))
  const here = await sign(globalThis.location.href.split('#')[0] ?? '')
  const shaped = async (url: string, key: 'config_signature' | 'agent_config_signature') => {
    const signed = await sign(url)
    return { timestamp: signed.timestamp, nonceStr: signed.nonce, signature: signed[key] }
  }
  ww.register({
    corpId: here.corp_id,
    agentId: here.agent_id,
    jsApiList: ['getContext', 'getCurExternalContact'],
    // Clients before 3.0.24 ask for the first and then the second; later ones for the second alone.
    getConfigSignature: (url) => shaped(url, 'config_signature'),
    getAgentConfigSignature: (url) => shaped(url, 'agent_config_signature'),
  })
  return ww
}
