import { useTranslation } from 'react-i18next'

import { useAudit, type AuditQuery, type AuditRow } from '@/api/operations'
import { wordFor } from '@/shared/i18n'
import { useCursor, useFilters } from '@/shared/lib/filters'
import { exactTime } from '@/shared/lib/time'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { SearchBox } from '@/shared/ui/SearchBox'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'

/** Who did what, when: the trail that can only grow. */
export default function AuditPage() {
  const { t } = useTranslation()
  const filters = useFilters(['q', 'actor'])
  const cursor = useCursor(filters.values)
  const audit = useAudit({ ...filters.values, limit: 50, cursor: cursor.cursor } as AuditQuery)
  const columns: Column<AuditRow>[] = [
    { key: 'at', title: t('audit.at'), width: 175, render: (row) => <span className="s-when">{exactTime(row.at)}</span> },
    {
      key: 'actor',
      title: t('audit.actor'),
      width: 170,
      render: (row) => (
        <button type="button" className="s-link" onClick={() => filters.change({ actor: row.actor })}>
          {wordFor('actor', row.actor).replace(/^user:/, '')}
        </button>
      ),
    },
    {
      key: 'verb',
      title: t('audit.verb'),
      width: 200,
      render: (row) => (
        <>
          <div>{wordFor('verb', row.verb)}</div>
          <div className="s-sub s-mono">{row.verb}</div>
        </>
      ),
    },
    { key: 'subject', title: t('audit.subject'), width: 220, render: (row) => <span className="s-mono">{row.subject}</span> },
    {
      key: 'facts',
      title: t('audit.facts'),
      render: (row) => factsOf(row),
    },
  ]
  return (
    <Page title={t('audit.title')} note={t('audit.note')}>
      <Card>
        <div className="s-toolbar" role="search">
          <SearchBox
            wide
            label={t('audit.search')}
            placeholder={t('audit.searchHint')}
            value={filters.one('q') ?? ''}
            onChange={(q) => filters.change({ q })}
          />
          <SearchBox
            label={t('audit.actor')}
            placeholder={t('audit.actor')}
            value={filters.one('actor') ?? ''}
            onChange={(actor) => filters.change({ actor })}
          />
        </div>
        <Async query={audit} rows={10}>
          {(page) =>
            page.items.length ? (
              <>
                <DataTable
                  label={t('audit.list')}
                  columns={columns}
                  rows={page.items}
                  rowKey={(row) => row.id}
                  busy={audit.isPlaceholderData}
                />
                <Pager cursor={cursor} page={page} />
              </>
            ) : filters.active ? (
              <NothingFound onClear={filters.clear} />
            ) : (
              <EmptyState title={t('audit.empty')} hint={t('audit.emptyHint')} />
            )
          }
        </Async>
      </Card>
    </Page>
  )
}

function factsOf(row: AuditRow): string {
  const facts = Object.entries(row.facts)
  if (!facts.length) return '—'
  return facts
    .map(([name, value]) => {
      const said =
        typeof value === 'string'
          ? wordFor('auditValue', value)
          : typeof value === 'boolean'
            ? wordFor('state', value ? 'yes' : 'no')
            : JSON.stringify(value)
      return `${wordFor('auditFact', name)}: ${said}`
    })
    .join(' · ')
}
