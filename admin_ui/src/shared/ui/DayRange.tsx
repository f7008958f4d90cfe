import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'

const DAY = 'YYYY-MM-DD'

export interface Days {
  from: string | undefined
  to: string | undefined
}

/** From one day to another, either of them open, none of them in the future. */
export function DayRange({ label, from, to, onChange }: Days & { label: string; onChange: (days: Days) => void }) {
  const { t } = useTranslation()
  return (
    <DatePicker.RangePicker
      className="s-filter-range"
      aria-label={label}
      prefix={label}
      placeholder={[t('filter.from'), t('filter.to')]}
      allowEmpty={[true, true]}
      maxDate={dayjs()}
      value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
      onChange={(range) => onChange({ from: range?.[0]?.format(DAY), to: range?.[1]?.format(DAY) })}
    />
  )
}
