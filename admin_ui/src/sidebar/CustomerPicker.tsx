import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import { useCurrentUser } from '@/api/me'
import { Called, remarkOf } from '@/shared/ui/Called'
import { SearchBox } from '@/shared/ui/SearchBox'
import { Async, EmptyState } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'
import { FoundBy } from '@/features/customers/components/FoundBy'
import { Origin } from '@/features/customers/components/Origin'
import { seedOf } from '@/features/customers/status'

/** In a plain browser nobody says whose chat is open, so the user does. */
export default function CustomerPicker({ onChoose }: { onChoose: (externalUserid: string) => void }) {
  const { t } = useTranslation()
  const me = useCurrentUser()
  const [q, setQ] = useState('')
  const customers = useQuery(
    resource('customers').list('', { q, limit: 20, ...(me.userid && !q ? { userid: me.userid } : {}) }),
  )
  return (
    <section className="s-card" aria-labelledby="choose">
      <h2 id="choose">{t('sidebar.choose')}</h2>
      <p className="s-sub b-choose-hint">{t('sidebar.chooseHint')}</p>
      <SearchBox label={t('sidebar.search')} placeholder={t('customers.searchHint')} value={q} onChange={setQ} />
      <Async query={customers}>
        {(page) =>
          page.items.length ? (
            <ul className="b-choices">
              {page.items.map((customer) => (
                <li key={customer.id}>
                  <button
                    type="button"
                    disabled={customer.external_userid === null}
                    onClick={() => customer.external_userid !== null && onChoose(customer.external_userid)}
                  >
                    <Tile name={customer.name} seed={seedOf(customer)} image={customer.avatar} />
                    <span>
                      <b>
                        <Called name={customer.name} remark={remarkOf(customer.follows, me.userid)} />
                      </b>
                      <br />
                      <Origin customer={customer} />
                      <FoundBy customer={customer} />
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          ) : (
            <EmptyState
              title={q ? t('sidebar.noneFound') : t('sidebar.noCustomers')}
              action={q ? <Button onClick={() => setQ('')}>{t('action.clear')}</Button> : null}
            />
          )
        }
      </Async>
    </section>
  )
}
