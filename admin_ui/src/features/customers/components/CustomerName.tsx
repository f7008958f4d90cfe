import { WechatFilled } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { Tile } from '@/shared/ui/Tile'

interface Named {
  external_userid: string
  name: string
  avatar: string
  type: number | null
  corp_name: string
}

/** Where a customer comes from: @company, or WeChat. */
export function Origin({ customer }: { customer: Pick<Named, 'type' | 'corp_name'> }) {
  const { t } = useTranslation()
  if (customer.corp_name) return <span className="s-person-sub s-wecom">@{customer.corp_name}</span>
  if (customer.type === 2) return <span className="s-person-sub s-wecom">{t('customerType.2')}</span>
  return (
    <span className="s-person-sub s-wechat">
      <WechatFilled aria-hidden="true" /> {t('common.wechat')}
    </span>
  )
}

/** Portrait, name as a link, origin: the first cell of every list of customers. */
export function CustomerName({ customer }: { customer: Named }) {
  const { t } = useTranslation()
  const name = customer.name || t('common.unnamed')
  return (
    <div className="s-person">
      <Tile name={name} seed={customer.external_userid} image={customer.avatar} />
      <div>
        <Link className="s-person-name" to={`/customers/${encodeURIComponent(customer.external_userid)}`}>
          {name}
        </Link>
        <div>
          <Origin customer={customer} />
        </div>
      </div>
    </div>
  )
}
