/** Dates as the corp reads them: WeCom's days are China's, whatever the clock of the browser says. */
import i18next from 'i18next'

const ZONE = 'Asia/Shanghai'

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(i18next.language || 'zh-CN', { timeZone: ZONE, hourCycle: 'h23', ...options })
}

const TWO = '2-digit'

export function dateTime(value: string | null | undefined): string {
  if (!value) return '—'
  const when = new Date(value)
  if (Number.isNaN(when.getTime())) return '—'
  return formatter({ year: 'numeric', month: TWO, day: TWO, hour: TWO, minute: TWO }).format(when)
}

export function exactTime(value: string | null | undefined): string {
  if (!value) return '—'
  return formatter({
    year: 'numeric', month: TWO, day: TWO, hour: TWO, minute: TWO, second: TWO,
  }).format(new Date(value))
}

export function clockTime(value: string): string {
  return formatter({ hour: TWO, minute: TWO }).format(new Date(value))
}

/** `2026-11-22` in China, for grouping and comparing. */
export function dayOf(value: string | Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(new Date(value))
}

export function dayTitle(value: string): string {
  const today = dayOf(new Date())
  const yesterday = dayOf(new Date(Date.now() - 86_400_000))
  const day = dayOf(value)
  if (day === today) return i18next.t('time.today')
  if (day === yesterday) return i18next.t('time.yesterday')
  return formatter({ year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' }).format(new Date(value))
}

/** "3 minutes ago" up to a week, the date beyond. */
export function ago(value: string | null | undefined, now = Date.now()): string {
  if (!value) return '—'
  const seconds = Math.round((new Date(value).getTime() - now) / 1000)
  const past = Math.abs(seconds)
  if (past < 45) return i18next.t('time.now')
  const relative = new Intl.RelativeTimeFormat(i18next.language || 'zh-CN', { numeric: 'auto' })
  const said = (count: number, unit: Intl.RelativeTimeFormatUnit): string =>
    // A space between figures and characters, as everywhere else on the screen.
    relative.format(count, unit).replace(/(\d)(?=[\u3400-\u9fff])/, '$1 ')
  if (past < 3_600) return said(Math.trunc(seconds / 60) || -1, 'minute')
  if (past < 86_400) return said(Math.trunc(seconds / 3_600), 'hour')
  if (past < 7 * 86_400) return said(Math.trunc(seconds / 86_400), 'day')
  return dateTime(value)
}

/** How long something lasted: whole days, or below one hours and minutes. */
export function lasted(all: number | null): string {
  if (all === null) return '—'
  const minutes = Math.floor(all / 60)
  if (minutes >= 1_440) return i18next.t('time.days', { count: Math.floor(minutes / 1_440) })
  const [h, m] = [Math.floor(minutes / 60), minutes % 60]
  if (h && m) return i18next.t('time.hoursMinutes', { h, m })
  if (h) return i18next.t('time.hours', { count: h })
  return m ? i18next.t('time.minutes', { count: m }) : i18next.t('time.underMinute')
}

export function seconds(from: string | null, to: string | null): number | null {
  if (!from || !to) return null
  return Math.max(0, Math.round((new Date(to).getTime() - new Date(from).getTime()) / 1000))
}
