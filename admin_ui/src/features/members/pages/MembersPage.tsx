import '../words'

import { useQuery } from '@tanstack/react-query'
import { Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { AccountQuery, MemberQuery } from '@/api/types'
import { useCursor, useFilters, type Filters } from '@/shared/lib/filters'
import { DataTable } from '@/shared/ui/DataTable'
import { FoldedFilters } from '@/shared/ui/FoldedFilters'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { SearchBox } from '@/shared/ui/SearchBox'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'

import { AccountDialog } from '../components/AccountDialog'
import { useLocalColumns, useMemberColumns } from '../components/columns'
import { Holds } from '../components/Hold'
import { ACCESSES, ROLES, STATUSES } from '../states'
import '../members.css'

type View = 'members' | 'local'
const VIEWS: readonly View[] = ['members', 'local']

/** The corp's members and who may sign in as what; local accounts beside them. */
export default function MembersPage() {
  const { t } = useTranslation()
  const filters = useFilters(['q', 'status', 'access', 'role'])
  const chosen = useFilters(['view'])
  const view: View = chosen.one('view') === 'local' ? 'local' : 'members'
  return (
    <Page title={t('members.title')} note={t('members.note')}>
      <Holds />
      <Card>
        <div className="s-toolbar s-views">
          <Segmented<View>
            aria-label={t('members.views')}
            value={view}
            onChange={(wanted) =>
              chosen.change({ view: wanted === 'local' ? wanted : undefined, q: undefined, status: undefined })
            }
            options={VIEWS.map((value) => ({ value, label: t(`members.view.${value}`) }))}
          />
        </div>
        {view === 'local' ? <LocalAccounts filters={filters} /> : <Members filters={filters} />}
      </Card>
    </Page>
  )
}

function Members({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState<string | null>(null)
  const cursor = useCursor(filters.values)
  const members = useQuery(
    resource('members').list('', { ...filters.values, limit: 50, cursor: cursor.cursor } as MemberQuery),
  )
  const columns = useMemberColumns((account) => setOpened(account.name))
  const account = members.data?.items.find((row) => row.account?.name === opened)?.account
  return (
    <>
      <div className="s-toolbar" role="search">
        <SearchBox
          label={t('members.search')}
          placeholder={t('members.searchHint')}
          value={filters.one('q') ?? ''}
          onChange={(q) => filters.change({ q })}
        />
        <FoldedFilters>
          <Choice
            label={t('members.statusTitle')}
            name="status"
            filters={filters}
            options={STATUSES.map((value) => ({ value, label: t(`members.status.${value}`) }))}
          />
          <Choice
            label={t('members.accessTitle')}
            name="access"
            filters={filters}
            options={ACCESSES.map((value) => ({ value, label: t(`members.access.${value}`) }))}
          />
          <RoleChoice filters={filters} />
        </FoldedFilters>
      </div>
      <Async query={members} rows={10}>
        {(page) =>
          page.items.length ? (
            <>
              <DataTable
                label={t('members.list')}
                columns={columns}
                rows={page.items}
                rowKey={(row) => row.userid}
                onOpen={(row) => setOpened(row.account?.name ?? null)}
                busy={members.isPlaceholderData}
              />
              <Pager cursor={cursor} page={page} />
            </>
          ) : filters.active ? (
            <NothingFound onClear={filters.clear} />
          ) : (
            <EmptyState title={t('members.empty')} hint={t('members.emptyHint')} />
          )
        }
      </Async>
      {account ? <AccountDialog account={account} onClose={() => setOpened(null)} /> : null}
    </>
  )
}

function LocalAccounts({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState<string | null>(null)
  const { q, access, role } = filters.values
  const cursor = useCursor([q, access, role])
  const query = { q, access, role, without_member: true, limit: 50, cursor: cursor.cursor } as AccountQuery
  const accounts = useQuery(resource('accounts').list('', query))
  const columns = useLocalColumns((account) => setOpened(account.name))
  const account = accounts.data?.items.find((row) => row.name === opened)
  return (
    <>
      <div className="s-toolbar" role="search">
        <SearchBox
          label={t('members.searchLocal')}
          placeholder={t('members.searchLocalHint')}
          value={filters.one('q') ?? ''}
          onChange={(value) => filters.change({ q: value })}
        />
        <FoldedFilters>
          <Choice
            label={t('members.accessTitle')}
            name="access"
            filters={filters}
            options={ACCESSES.filter((value) => value !== 'no_account').map((value) => ({
              value,
              label: t(`members.access.${value}`),
            }))}
          />
          <RoleChoice filters={filters} />
        </FoldedFilters>
      </div>
      <Async query={accounts} rows={6}>
        {(page) =>
          page.items.length ? (
            <>
              <DataTable
                label={t('members.localList')}
                columns={columns}
                rows={page.items}
                rowKey={(row) => row.name}
                onOpen={(row) => setOpened(row.name)}
                busy={accounts.isPlaceholderData}
              />
              <Pager cursor={cursor} page={page} />
            </>
          ) : filters.active ? (
            <NothingFound onClear={filters.clear} />
          ) : (
            <EmptyState title={t('members.localEmpty')} hint={t('members.localEmptyHint')} />
          )
        }
      </Async>
      {account ? <AccountDialog account={account} onClose={() => setOpened(null)} /> : null}
    </>
  )
}

function RoleChoice({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  return (
    <Choice
      label={t('members.role')}
      name="role"
      filters={filters}
      options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
    />
  )
}

interface ChoiceProps {
  label: string
  name: string
  filters: Filters
  options: { value: string; label: string }[]
}

function Choice({ label, name, filters, options }: ChoiceProps) {
  return (
    <Select
      className="s-filter"
      aria-label={label}
      placeholder={label}
      allowClear
      options={options}
      value={filters.one(name) ?? null}
      onChange={(value: string | null) => filters.change({ [name]: value ?? undefined })}
    />
  )
}
