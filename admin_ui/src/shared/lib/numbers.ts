import i18next from 'i18next'

export const number = (value: number): string => new Intl.NumberFormat(i18next.language || 'zh-CN').format(value)

/** A total that stops counting: `10,000+`. */
export const total = (count: number, capped: boolean): string => number(count) + (capped ? '+' : '')
