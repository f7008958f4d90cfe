import '../words'

import { useMutation, useQuery } from '@tanstack/react-query'
import { PlusOutlined } from '@ant-design/icons'
import { App, Button, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import type { RuleQuery, RuleRow } from '@/api/types'
import { useCursor, useFilters } from '@/shared/lib/filters'
import { number } from '@/shared/lib/numbers'
import { SEVERITY_TONE } from '@/shared/lib/severity'
import { ago, exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { SearchBox } from '@/shared/ui/SearchBox'
import { Async, EmptyState, NothingFound, useErrorWords } from '@/shared/ui/States'

import { RuleDrawer } from '../components/RuleDrawer'
import '../rules.css'

/** Word lists that raise alerts on chats. */
export default function RulesPage() {
  const { t } = useTranslation()
  const can = useCan()
  const filters = useFilters(['q', 'id'])
  const { q } = filters.values
  const cursor = useCursor(q)
  const rules = useQuery(resource('rules').list('', { q, limit: 20, cursor: cursor.cursor } as RuleQuery))
  const id = filters.one('id')
  const opened = id === undefined ? null : id === 'new' ? 0 : Number(id) || null
  const open = (wanted: string | undefined): void => filters.change({ id: wanted })
  const columns = useColumns((row) => open(String(row.id)))
  const create = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => open('new')}>
      {t('rules.create')}
    </Button>
  )
  return (
    <Page title={t('rules.title')} note={t('rules.note')} actions={can('rules.edit') ? create : null}>
      <Card>
        <div className="s-toolbar" role="search">
          <SearchBox
            label={t('rules.search')}
            placeholder={t('rules.name')}
            value={filters.one('q') ?? ''}
            onChange={(value) => filters.change({ q: value })}
          />
        </div>
        <Async query={rules} rows={6}>
          {(page) =>
            page.items.length ? (
              <>
                <DataTable
                  label={t('rules.list')}
                  columns={columns}
                  rows={page.items}
                  rowKey={(row) => row.id}
                  onOpen={(row) => open(String(row.id))}
                  selected={(row) => row.id === opened}
                  busy={rules.isPlaceholderData}
                />
                <Pager cursor={cursor} page={page} />
              </>
            ) : q ? (
              <NothingFound onClear={() => filters.change({ q: undefined })} />
            ) : (
              <EmptyState
                title={t('rules.empty')}
                hint={t('rules.emptyHint')}
                action={can('rules.edit') ? create : null}
              />
            )
          }
        </Async>
      </Card>
      <RuleDrawer id={opened} onClose={() => open(undefined)} onSaved={(saved) => open(String(saved))} />
    </Page>
  )
}

function useColumns(open: (row: RuleRow) => void): Column<RuleRow>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'name',
      title: t('rules.name'),
      render: (row) => (
        <button type="button" className="s-link s-person-name" onClick={() => open(row)}>
          {row.name}
        </button>
      ),
    },
    {
      key: 'severity',
      title: t('rules.severity'),
      width: 80,
      render: (row) => <Pill tone={SEVERITY_TONE[row.severity]}>{t(`severity.${row.severity}`)}</Pill>,
    },
    { key: 'words', title: t('rules.wordCount'), width: 90, render: (row) => number(row.words) },
    {
      key: 'hits',
      title: t('rules.hits'),
      width: 140,
      render: (row) => (
        <Link to="/alerts?kind=word_hit">{t('rules.hitsOf', { n: number(row.hits), today: number(row.hits_today) })}</Link>
      ),
    },
    {
      key: 'last',
      title: t('rules.lastHit'),
      width: 130,
      render: (row) => (
        <span className="s-when" title={exactTime(row.last_hit_at)}>
          {ago(row.last_hit_at)}
        </span>
      ),
    },
    { key: 'enabled', title: t('rules.enabled'), width: 90, render: (row) => <OnOff row={row} /> },
  ]
}

function OnOff({ row }: { row: RuleRow }) {
  const { t } = useTranslation()
  const can = useCan()
  const { message } = App.useApp()
  const failure = useErrorWords()
  const change = useMutation(
    resource('rules').acts((enabled: boolean) =>
      resource('rules').send('post', enabled ? '{rule_id}/enable' : '{rule_id}/disable', { rule_id: row.id }),
    ),
  )
  return (
    <Switch
      size="small"
      checked={row.enabled}
      disabled={!can('rules.edit')}
      loading={change.isPending}
      aria-label={t('rules.switch', { name: row.name })}
      onChange={(enabled) => change.mutate(enabled, { onError: (error) => void message.error(failure(error)) })}
    />
  )
}
