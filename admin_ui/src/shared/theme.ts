/** antd's theme from the palette, and the choice of light, dark or the system's. */
import { theme as antd, type ThemeConfig } from 'antd'
import { useEffect, useSyncExternalStore } from 'react'

import { BADGE, BRAND, BRAND_HOVER, DANGER, SUCCESS, SURFACES, TONES, WECHAT, WECOM } from './palette'

export type Mode = 'light' | 'dark'
export type ThemeChoice = Mode | 'system'

/** Measured by the chart too, so it is a list of names and not "inherit". */
export const FONTS =
  "-apple-system, BlinkMacSystemFont, 'PingFang SC', 'Segoe UI', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans', sans-serif"

const STORED = 'scrm.theme'
const CHANGED = 'scrm:theme'
const systemDark = (): MediaQueryList => globalThis.matchMedia('(prefers-color-scheme: dark)')

function themeChoice(): ThemeChoice {
  const stored = globalThis.localStorage.getItem(STORED)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

export function chooseTheme(choice: ThemeChoice): void {
  globalThis.localStorage.setItem(STORED, choice)
  globalThis.dispatchEvent(new Event(CHANGED))
}

function currentMode(): Mode {
  const choice = themeChoice()
  if (choice !== 'system') return choice
  return systemDark().matches ? 'dark' : 'light'
}

function subscribe(told: () => void): () => void {
  const media = systemDark()
  media.addEventListener('change', told)
  globalThis.addEventListener(CHANGED, told)
  globalThis.addEventListener('storage', told)
  return () => {
    media.removeEventListener('change', told)
    globalThis.removeEventListener(CHANGED, told)
    globalThis.removeEventListener('storage', told)
  }
}

export const useThemeChoice = (): ThemeChoice => useSyncExternalStore(subscribe, themeChoice)

/** The mode in force; it also tells the browser, so that scroll bars and form controls follow. */
export function useMode(): Mode {
  const mode = useSyncExternalStore(subscribe, currentMode)
  useEffect(() => {
    const root = document.documentElement
    root.dataset.theme = mode
    root.style.colorScheme = mode
    for (const [name, value] of Object.entries(variables(mode))) root.style.setProperty(name, value)
  }, [mode])
  return mode
}

/** The palette as CSS variables for the product's own style sheets. */
function variables(mode: Mode): Record<string, string> {
  const named: Record<string, string> = { ...SURFACES[mode], badge: BADGE, wechat: WECHAT[mode], wecom: WECOM[mode] }
  for (const [tone, ink] of Object.entries(TONES[mode])) {
    named[`${tone}-text`] = ink.text
    named[`${tone}-ground`] = ink.ground
  }
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [`--s-${name}`, value]))
}

const less = (): MediaQueryList => globalThis.matchMedia('(prefers-reduced-motion: reduce)')

function subscribeMotion(told: () => void): () => void {
  const media = less()
  media.addEventListener('change', told)
  return () => media.removeEventListener('change', told)
}

/** Whether things may move; antd has to be told, since it waits for its movements to end. */
export const useMotion = (): boolean => useSyncExternalStore(subscribeMotion, () => !less().matches)

export function themeOf(mode: Mode, motion: boolean): ThemeConfig {
  const surface = SURFACES[mode]
  return {
    algorithm: mode === 'dark' ? antd.darkAlgorithm : antd.defaultAlgorithm,
    cssVar: { key: 'scrm' },
    token: {
      motion,
      colorPrimary: BRAND[mode],
      colorInfo: BRAND[mode],
      colorLink: surface.link,
      colorError: DANGER[mode].seed,
      colorSuccess: SUCCESS[mode],
      colorBgLayout: surface.layout,
      colorBgContainer: surface.container,
      colorBgElevated: surface.elevated,
      colorBorder: surface.border,
      colorBorderSecondary: surface.split,
      colorText: surface.text,
      colorTextSecondary: surface.secondary,
      colorTextTertiary: surface.tertiary,
      colorTextDescription: surface.secondary,
      colorTextPlaceholder: surface.tertiary,
      borderRadius: 8,
      fontFamily: FONTS,
    },
    components: {
      Button: {
        primaryShadow: 'none',
        dangerShadow: 'none',
        defaultShadow: 'none',
        colorPrimary: BRAND[mode],
        colorPrimaryHover: BRAND_HOVER[mode],
        colorPrimaryActive: BRAND_HOVER[mode],
        defaultHoverColor: surface.link,
        defaultHoverBorderColor: surface.link,
        defaultActiveColor: surface.link,
        defaultActiveBorderColor: surface.link,
        dangerColor: DANGER[mode].text,
      },
      Segmented: { itemColor: surface.secondary },
      Tabs: { itemColor: surface.secondary, itemSelectedColor: surface.link },
    },
  }
}

/** The nonce that the server wrote into the page, for the styles that are added at run time. */
export function cspNonce(): string | undefined {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content
  return nonce && !nonce.startsWith('__') ? nonce : undefined
}

/** Give every style element made from now on the page's nonce.
 *
 * antd takes the nonce for its own styles, but its scroll lock and its scroll-bar measure make theirs without.
 */
export function signStyles(): void {
  const nonce = cspNonce()
  if (!nonce) return
  const create = document.createElement.bind(document)
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options)
    if (element instanceof HTMLStyleElement) element.nonce = nonce
    return element
  }) as typeof document.createElement
}
