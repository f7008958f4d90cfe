import { Button } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import type { CustomerDetail, WornTag } from '@/api/types'
import { listed } from '@/shared/i18n'
import { dateTime } from '@/shared/lib/time'
import { TagChips } from '@/shared/ui/Chips'
import { lazily } from '@/shared/ui/lazily'

// What is shown is in the file that both surfaces begin with; what changes it is fetched when it is asked for.
const TagPicker = lazily(() => import('./TagPicker'))

/** A customer's tags by source: the corp's own, which are put on and taken off here, then WeCom's with who gave them. */
export function CustomerTags({ customer }: { customer: CustomerDetail }) {
  const { t } = useTranslation()
  const can = useCan()
  const [picking, setPicking] = useState(false)
  const own = customer.tags.filter((tag) => tag.source === 'own')
  const may = can('customers.tag') && customer.may !== 'read'
  const titled = own.map((tag) => ({
    ...tag,
    title: t('worn.put', { group: tag.group_name, name: tag.name, who: listed(tag.given_by), time: dateTime(tag.given_at) }),
  }))
  return (
    <div className="f-worn" role="group" aria-label={t('customers.tags')}>
      {picking ? (
        <Suspense fallback={null}>
          <TagPicker customer={customer} worn={own.map((tag) => tag.tag_id)} onDone={() => setPicking(false)} />
        </Suspense>
      ) : (
        <div className="f-given">
          {own.length ? <TagChips tags={titled} /> : null}
          {customer.tags.length ? null : <span className="s-sub">{t('common.noTags')}</span>}
          {may ? (
            <Button size="small" type="dashed" onClick={() => setPicking(true)}>
              {t('worn.change')}
            </Button>
          ) : null}
        </div>
      )}
      {[...byGiver(customer.tags)].map(([names, tags]) => (
        <div key={names} className="f-given">
          <TagChips tags={tags} />
          {names ? <span className="s-sub">{t('worn.given', { names })}</span> : null}
        </div>
      ))}
    </div>
  )
}

/** WeCom's tags, by the names of those who gave them. */
function byGiver(tags: readonly WornTag[]): Map<string, WornTag[]> {
  const found = new Map<string, WornTag[]>()
  for (const tag of tags.filter((one) => one.source === 'wecom')) {
    const names = listed(tag.given_by)
    found.set(names, [...(found.get(names) ?? []), tag])
  }
  return found
}
