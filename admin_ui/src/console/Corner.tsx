import './words'

import { BellOutlined, QuestionCircleOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'

import { useCan } from '@/api/me'

/** How many alerts wait, and the way to them. */
export function Bell({ count }: { count: number }) {
  const { t } = useTranslation()
  const can = useCan()
  const navigate = useNavigate()
  if (!can('alerts.read')) return null
  return (
    <span className="c-bell">
      <Button
        type="text"
        shape="circle"
        icon={<BellOutlined />}
        aria-label={count ? t('frame.alertsOpen', { count }) : t('frame.noAlerts')}
        onClick={() => void navigate('/alerts?state=open')}
      />
      {count ? <span aria-hidden="true">{count > 99 ? '99+' : count}</span> : null}
    </span>
  )
}

/** Says that the data is made up, and leads to where it is made. */
export function DemoPill() {
  const { t } = useTranslation()
  return (
    <a className="c-demo-pill" href="/simulator" target="scrm-simulator" title={t('frame.demo')}>
      {t('frame.demoPill')}
    </a>
  )
}

/** Opens the sheet of keys. */
export function KeysButton({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation()
  return (
    <Button
      className="c-keys-button"
      type="text"
      shape="circle"
      icon={<QuestionCircleOutlined />}
      aria-label={t('frame.keys')}
      title={t('frame.keys')}
      onClick={onOpen}
    />
  )
}
