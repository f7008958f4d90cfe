import { WechatFilled } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'

import type { CustomerRow } from '@/api/types'

type From = Pick<CustomerRow, 'kind' | 'external_userid' | 'type' | 'corp_name'>

/** Where a customer comes from: @company, or WeChat; a company or person that was entered by hand says so. */
export function Origin({ customer }: { customer: From }) {
  const { t } = useTranslation()
  if (customer.kind === 'company') return <span className="s-person-sub">{t('customerKind.company')}</span>
  if (customer.external_userid === null) return <span className="s-person-sub">{t('customer.byHand')}</span>
  if (customer.corp_name) return <span className="s-person-sub s-wecom">@{customer.corp_name}</span>
  if (customer.type === 2) return <span className="s-person-sub s-wecom">{t('customerType.2')}</span>
  return (
    <span className="s-person-sub s-wechat">
      <WechatFilled aria-hidden="true" /> {t('common.wechat')}
    </span>
  )
}
