import i18next from 'i18next'

export const number = (value: number): string => new Intl.NumberFormat(i18next.language || 'zh-CN').format(value)

/** A total that stops counting: `10,000+`. */
export const total = (count: number, capped: boolean): string => number(count) + (capped ? '+' : '')

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** The size of a file: `1.2 MB`, in steps of 1,000. */
export function bytes(size: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(size, 1)) / 3))
  const options = { style: 'unit', unit: UNITS[step], unitDisplay: 'short', maximumFractionDigits: 1 } as const
  return new Intl.NumberFormat(i18next.language || 'zh-CN', options).format(size / 1000 ** step)
}
