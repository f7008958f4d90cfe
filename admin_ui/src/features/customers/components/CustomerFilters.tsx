import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import { useCurrentUser } from '@/api/me'
import { listed } from '@/shared/i18n'
import type { ListAddress } from '@/shared/list/address'
import type { NamedFilter } from '@/shared/list/Bar'
import type { ListView } from '@/shared/list/Views'
import { tagOptions } from '@/shared/lib/tags'
import { DayRange } from '@/shared/ui/DayRange'
import { StaffName, StaffSelect } from '@/shared/ui/StaffSelect'
import { TagSelect } from '@/shared/ui/TagSelect'

import { FOLLOW_STATUSES } from '../status'

export const FILTERS = ['q', 'userid', 'tag_id[]', 'status', 'type', 'added_from', 'added_to', 'lost_from', 'lost_to', 'lost', 'awaiting_handover'] as const

/** The views of the customer list that everybody has. */
export function useViews(): ListView[] {
  const { t } = useTranslation()
  const me = useCurrentUser().userid
  return [
    { key: 'all', label: t('customers.all'), values: {} },
    ...(me ? [{ key: 'mine', label: t('customers.mine'), values: { userid: me } }] : []),
    { key: 'lost', label: t('customers.lost'), values: { lost: 'true' } },
    { key: 'deleted', label: t('customers.deleted'), values: { status: 'deleted_by_staff' } },
    { key: 'left', label: t('customers.left'), values: { status: 'deleted_by_customer' } },
    { key: 'awaiting', label: t('followStatus.awaiting_handover'), values: { awaiting_handover: 'true' } },
  ]
}

/** The named filters of the customer list; all of them are in the address. */
export function useNamed(address: ListAddress): NamedFilter[] {
  const { t } = useTranslation()
  const { one, many, change } = address
  const tags = useQuery({ ...resource('tags').one('', {}), staleTime: 60_000 })
  const options = tagOptions(tags.data?.items, t('common.ownTag'))
  const chosen = many('tag_id')
  const [userid, status, type] = [one('userid'), one('status'), one('type')]
  const words = (name: string): string => options.find(({ id }) => id === name)?.name ?? name
  return [
    {
      names: ['userid'],
      label: t('filter.staff'),
      said: userid ? <StaffName userid={userid} /> : null,
      field: <StaffSelect value={userid} onChange={(value) => change({ userid: value })} />,
    },
    {
      names: ['tag_id'],
      label: t('filter.tags'),
      said: chosen.length ? listed(chosen.map(words)) : null,
      field: (
        <TagSelect
          label={t('filter.tags')}
          loading={tags.isPending}
          tags={options}
          value={chosen}
          onChange={(tag_id) => change({ tag_id })}
        />
      ),
    },
    {
      names: ['status'],
      label: t('filter.status'),
      said: FOLLOW_STATUSES.filter((value) => value === status).map((value) => t(`followStatus.${value}`))[0],
      as: status ? { field: 'status', op: 'is', value: status } : null,
      field: (
        <Select
          aria-label={t('filter.status')}
          placeholder={t('filter.status')}
          allowClear
          options={FOLLOW_STATUSES.map((value) => ({ value, label: t(`followStatus.${value}`) }))}
          value={status ?? null}
          onChange={(value: string | null) => change({ status: value ?? undefined })}
        />
      ),
    },
    {
      names: ['type'],
      label: t('filter.type'),
      said: type === '1' || type === '2' ? t(`customerType.${type}`) : null,
      as: type ? { field: 'type', op: 'is', value: type } : null,
      field: (
        <Select
          aria-label={t('filter.type')}
          placeholder={t('filter.type')}
          allowClear
          options={(['1', '2'] as const).map((value) => ({ value, label: t(`customerType.${value}`) }))}
          value={type ?? null}
          onChange={(value: string | null) => change({ type: value ?? undefined })}
        />
      ),
    },
    days(address, 'added', t('filter.added')),
    days(address, 'lost', t('filter.lost')),
    { names: ['lost'], label: t('filter.only'), said: one('lost') ? t('customers.lost') : null, field: null },
    {
      names: ['awaiting_handover'],
      label: t('filter.only'),
      said: one('awaiting_handover') ? t('followStatus.awaiting_handover') : null,
      as: one('awaiting_handover') ? { field: 'awaiting', op: 'is', value: true } : null,
      field: null,
    },
  ]
}

function days({ one, change }: ListAddress, of: 'added' | 'lost', label: string): NamedFilter {
  const [from, to] = [one(`${of}_from`), one(`${of}_to`)]
  return {
    names: [`${of}_from`, `${of}_to`],
    label,
    said: from || to ? `${from ?? '…'} – ${to ?? '…'}` : null,
    field: (
      <DayRange label={label} from={from} to={to} onChange={(chosen) => change({ [`${of}_from`]: chosen.from, [`${of}_to`]: chosen.to })} />
    ),
  }
}
