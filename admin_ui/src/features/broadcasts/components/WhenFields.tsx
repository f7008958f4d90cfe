import { DatePicker, Segmented } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'

import { Card } from '@/shared/ui/Page'

/** Now, or at a time. */
export function WhenFields({ sendAt, onChange }: { sendAt: Dayjs | null; onChange: (at: Dayjs | null) => void }) {
  const { t } = useTranslation()
  return (
    <Card title={t('broadcast.when')}>
      <div className="s-toolbar">
        <Segmented<'now' | 'later'>
          aria-label={t('broadcast.when')}
          value={sendAt ? 'later' : 'now'}
          onChange={(kind) => onChange(kind === 'now' ? null : dayjs().add(1, 'hour').startOf('minute'))}
          options={[
            { value: 'now', label: t('broadcast.now') },
            { value: 'later', label: t('broadcast.later') },
          ]}
        />
        {sendAt ? (
          <DatePicker
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            aria-label={t('broadcast.sendAt')}
            allowClear={false}
            minDate={dayjs()}
            value={sendAt}
            onChange={(at) => onChange(at)}
          />
        ) : null}
      </div>
      {sendAt && sendAt.isBefore(dayjs()) ? <p className="f-over">{t('broadcast.timePast')}</p> : null}
    </Card>
  )
}
