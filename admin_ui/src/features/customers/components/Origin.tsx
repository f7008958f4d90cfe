import { WechatFilled } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'

interface From {
  type: number | null
  corp_name: string
}

/** Where a customer comes from: @company, or WeChat. */
export function Origin({ customer }: { customer: From }) {
  const { t } = useTranslation()
  if (customer.corp_name) return <span className="s-person-sub s-wecom">@{customer.corp_name}</span>
  if (customer.type === 2) return <span className="s-person-sub s-wecom">{t('customerType.2')}</span>
  return (
    <span className="s-person-sub s-wechat">
      <WechatFilled aria-hidden="true" /> {t('common.wechat')}
    </span>
  )
}
