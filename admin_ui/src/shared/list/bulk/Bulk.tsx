import './words'

import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '@/api/client'
import { resource } from '@/api/resource'

import { number } from '../../lib/numbers'
import { Dialog } from '../../ui/Dialog'
import { useErrorWords } from '../../ui/States'
import type { ListAddress } from '../address'
import type { NamedFilter } from '../Bar'
import type { Picked } from '../picked'
import { useWanted } from '../wanted'

type Job = Schemas['JobRow']
type Arguments = Record<string, unknown>

/** What a list does with many of its rows. */
export interface BulkAction {
  /** As the service knows it. */
  action: string
  label: string
  /** What the action needs, chosen here. */
  fields: (given: Arguments, change: (given: Arguments) => void) => ReactNode
  ready: (given: Arguments) => boolean
}

interface BulkProps {
  address: ListAddress
  named: readonly NamedFilter[]
  picked: Picked
  page: { total: number; total_capped: boolean }
  bulk: BulkAction
}

const GOING = new Set(['running', 'undoing'])
const AGAIN = 1_000 // milliseconds between two looks at how far it is

/** How many rows are chosen, and what can be done with them. */
export default function Bulk({ address, named, picked, page, bulk }: BulkProps) {
  const { t } = useTranslation()
  const { json, lost } = useWanted(address, named)
  const [doing, setDoing] = useState(false)
  const count = picked.count(page.total)
  const selection = picked.all
    ? { ids: null, filter: json, except: [...picked.ids].map(Number) }
    : { ids: [...picked.ids].map(Number), filter: null }
  return (
    <div className="l-bulk" role="region" aria-label={t('bulk.chosen')}>
      <strong>{t('bulk.chosenCount', { count, more: picked.all && page.total_capped ? '+' : '' })}</strong>
      {picked.all ? null : lost.length ? (
        <span className="s-sub">{t('bulk.notAll', { what: lost.join(' · ') })}</span>
      ) : (
        <Button type="link" size="small" onClick={picked.everything}>
          {t('bulk.chooseAll', { count: page.total, more: page.total_capped ? '+' : '' })}
        </Button>
      )}
      <Button size="small" type="primary" disabled={!count} onClick={() => setDoing(true)}>
        {bulk.label}
      </Button>
      <Button size="small" onClick={picked.clear}>
        {t('bulk.chooseNone')}
      </Button>
      {doing ? <Doing bulk={bulk} selection={selection} onClose={() => setDoing(false)} onDone={picked.clear} /> : null}
    </div>
  )
}

interface DoingProps {
  bulk: BulkAction
  selection: Schemas['JobSelection']
  onClose: () => void
  onDone: () => void
}

/** Chooses what to do, shows with how many, does it, and takes it back. */
function Doing({ bulk, selection, onClose, onDone }: DoingProps) {
  const { t } = useTranslation()
  const words = useErrorWords()
  const jobs = resource('jobs')
  const [given, setGiven] = useState<Arguments>({})
  const [id, setId] = useState<number | null>(null)
  const look = useMutation(jobs.act('post', ''))
  const run = useMutation(jobs.act('post', '{job_id}/run'))
  const undo = useMutation(jobs.act('post', '{job_id}/undo'))
  const cancel = useMutation(jobs.act('post', '{job_id}/cancel'))
  const asked = useQuery({
    ...jobs.one('{job_id}', { job_id: id ?? 0 }),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data && GOING.has(state.data.state) ? AGAIN : false),
  })
  const job = id === null ? undefined : (asked.data ?? look.data)
  const error = look.error ?? run.error ?? undo.error ?? cancel.error ?? asked.error
  const begun = job !== undefined && job.state !== 'previewed'
  const close = (): void => {
    if (begun) onDone()
    onClose()
  }
  return (
    <Dialog
      title={bulk.label}
      onCancel={close}
      unsaved={() => !begun && bulk.ready(given)}
      footer={
        <>
          {job && GOING.has(job.state) ? (
            <Button loading={cancel.isPending} onClick={() => cancel.mutate({ job_id: job.id })}>
              {t('bulk.stopJob')}
            </Button>
          ) : null}
          {job?.undo_until ? (
            <Button loading={undo.isPending} onClick={() => undo.mutate({ job_id: job.id })}>
              {t('bulk.undoJob')}
            </Button>
          ) : null}
          {job ? null : (
            <Button
              type="primary"
              disabled={!bulk.ready(given)}
              loading={look.isPending}
              onClick={() => look.mutate({ action: bulk.action, selection, arguments: given }, { onSuccess: (told) => told && setId(told.id) })}
            >
              {t('bulk.lookFirst')}
            </Button>
          )}
          {job?.state === 'previewed' ? (
            <Button type="primary" loading={run.isPending} onClick={() => run.mutate({ job_id: job.id })}>
              {t('bulk.runJob', { count: job.total })}
            </Button>
          ) : null}
          <Button onClick={close}>{t(begun ? 'bulk.closeJob' : 'action.cancel')}</Button>
        </>
      }
    >
      {job ? <Standing job={job} /> : <div className="l-fields">{bulk.fields(given, setGiven)}</div>}
      {error ? (
        <p className="l-refused" role="alert">
          {words(error)}
        </p>
      ) : null}
    </Dialog>
  )
}

function Standing({ job }: { job: Job }) {
  const { t } = useTranslation()
  const { counts, total } = job
  const settled = total - counts.waiting
  const going = GOING.has(job.state)
  const at = job.state === 'undoing' ? total - counts.done : settled
  return (
    <div className="l-fields" role="status">
      <p>{t(`bulk.jobStates.${job.state}`, { total: number(total) })}</p>
      {going ? <Progress percent={Math.floor((at / Math.max(total, 1)) * 100)} aria-label={t('bulk.jobProgress')} /> : null}
      {job.state === 'previewed' ? null : (
        <ul className="l-counts">
          {(['done', 'undone', 'changed', 'refused', 'waiting'] as const)
            .filter((state) => counts[state])
            .map((state) => (
              <li key={state}>{t(`bulk.jobCounts.${state}`, { count: counts[state] })}</li>
            ))}
        </ul>
      )}
    </div>
  )
}
