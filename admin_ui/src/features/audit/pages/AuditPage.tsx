import '../words'
import '../audit.css'

import { useQuery } from '@tanstack/react-query'
import { DownloadOutlined } from '@ant-design/icons'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import type { AuditQuery, AuditRow } from '@/api/types'
import { auditTable } from '@/api/addresses'
import { useLanguage } from '@/shared/i18n'
import { useCursor, useFilters, type Filters } from '@/shared/lib/filters'
import { exactTime } from '@/shared/lib/time'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'

import { AuditDrawer } from '../components/AuditDrawer'
import { AuditFilters, FILTERS } from '../components/AuditFilters'

/** Who did what and saw whom, when: the trail that can only grow, in sentences. */
export default function AuditPage() {
  const { t } = useTranslation()
  const can = useCan()
  const filters = useFilters(FILTERS)
  const { days, ...given } = filters.values
  const wanted = { ...given, ...momentsOf(typeof days === 'string' ? days : '') }
  const cursor = useCursor(wanted)
  const audit = useQuery(resource('audit').list('', { ...wanted, limit: 50, cursor: cursor.cursor } as AuditQuery))
  const [opened, setOpened] = useState<AuditRow | null>(null)
  return (
    <Page
      title={t('audit.title')}
      note={t('audit.note')}
      actions={
        can('audit.export') ? (
          <Button icon={<DownloadOutlined />} href={auditTable(wanted as AuditQuery)}>
            {t('audit.export')}
          </Button>
        ) : null
      }
    >
      <Card>
        <AuditFilters filters={filters} />
        <Again filters={filters} />
        <Async query={audit} rows={10}>
          {(page) =>
            page.items.length ? (
              <>
                <Rows rows={page.items} busy={audit.isPlaceholderData} onOpen={setOpened} />
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
      <AuditDrawer row={opened} onClose={() => setOpened(null)} filters={filters} />
    </Page>
  )
}

interface RowsProps {
  rows: AuditRow[]
  busy: boolean
  onOpen: (row: AuditRow) => void
}

function Rows({ rows, busy, onOpen }: RowsProps) {
  const { t } = useTranslation()
  const english = useLanguage() === 'en-US'
  const columns: Column<AuditRow>[] = [
    { key: 'at', title: t('audit.at'), width: 175, render: (row) => <span className="s-when">{exactTime(row.at)}</span> },
    {
      key: 'said',
      title: t('audit.said'),
      render: (row) => (
        <>
          <button type="button" className="s-link f-audit-said" onClick={() => onOpen(row)}>
            {english ? row.en : row.zh}
          </button>
          {row.repeated ? <span className="s-sub f-audit-again">{t('audit.repeated', { count: row.repeated })}</span> : null}
        </>
      ),
    },
    {
      key: 'source',
      title: t('audit.source'),
      width: 190,
      render: (row) => (
        <>
          <div className="s-mono">{row.address || '—'}</div>
          <div className="s-sub s-mono">{row.session || ''}</div>
        </>
      ),
    },
  ]
  return (
    <DataTable
      label={t('audit.list')}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.kind}:${row.id}`}
      busy={busy}
    />
  )
}

function Again({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  return (
    <Checkbox
      className="f-audit-each"
      checked={filters.one('again') === 'true'}
      onChange={(event) => filters.change({ again: event.target.checked ? 'true' : undefined })}
    >
      {t('audit.again')}
    </Checkbox>
  )
}

/** Two days of the address as moments: from the beginning of the first to the end of the second. */
function momentsOf(days: string): { since?: string; until?: string } {
  const [from, to] = days.split('~')
  const end = to ? new Date(`${to}T00:00:00`) : null
  if (end) end.setDate(end.getDate() + 1)
  return {
    ...(from ? { since: new Date(`${from}T00:00:00`).toISOString() } : {}),
    ...(end ? { until: end.toISOString() } : {}),
  }
}
