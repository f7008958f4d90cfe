import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, Input, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { AssignRequest, AssignmentPreview, HandoverDetail, ItemKind } from '@/api/types'
import type { Schemas } from '@/api/client'
import { useDebounced } from '@/shared/lib/debounce'
import { number } from '@/shared/lib/numbers'
import { Dialog } from '@/shared/ui/Dialog'
import { LoadingState, useErrorWords } from '@/shared/ui/States'

import { SuccessorSelect } from './SuccessorSelect'

interface AssignDialogProps {
  handover: HandoverDetail
  /** Items ticked in the list; none means: choose by filter. */
  chosen: readonly number[]
  onDone: () => void
}

const EVERYTHING: Schemas['Selection'] = { item_ids: null, kind: null, state: null, tag: '', q: '' }

type Which = 'all' | 'unassigned'

/** Who takes over: what would be sent is shown before it is. */
export function AssignDialog({ handover, chosen, onDone }: AssignDialogProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const assign = useMutation(resource('handovers').act('post', '{handover_id}/assign'))
  const [successors, setSuccessors] = useState<string[]>([])
  const [kind, setKind] = useState<ItemKind | null>(null)
  const [which, setWhich] = useState<Which>('all')
  const [tag, setTag] = useState('')
  const [typed, setTyped] = useState('')
  const q = useDebounced(typed.trim())
  const selection = chosen.length
    ? { ...EVERYTHING, item_ids: [...chosen] }
    : { ...EVERYTHING, kind, state: which === 'unassigned' ? ('unassigned' as const) : null, tag, q }
  const request: AssignRequest | null = successors.length ? { successors, selection } : null
  const preview = useQuery({
    ...resource('handovers', 'handover-preview').reckon('{handover_id}/preview', {
      handover_id: handover.id,
      ...(request ?? { successors: [], selection: EVERYTHING }),
    }),
    enabled: request !== null,
    gcTime: 0,
  })
  const failures = handover.customers.failed + handover.groups.failed
  const ready = request !== null && preview.isSuccess && q === typed.trim()
  return (
    <Dialog
      unsaved={() => successors.length > 0}
      title={t('handover.assignTitle', { name: handover.staff_name })}
      width={640}
      okText={
        preview.data && request
          ? t('handover.confirm', {
              customers: t('handover.ofCustomers', { count: preview.data.customers }),
              groups: t('handover.ofGroups', { count: preview.data.groups }),
            })
          : t('handover.assign')
      }
      cancelText={t('action.cancel')}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={assign.isPending}
      onCancel={onDone}
      onOk={() =>
        request &&
        assign.mutate({ handover_id: handover.id, ...request }, {
          onSuccess: () => {
            void message.success(t('handover.assigned'))
            onDone()
          },
          onError: (error) => void message.error(words(error)),
        })
      }
    >
      <div className="f-handover-form">
        <label htmlFor="successors">{t('handover.successors')}</label>
        <SuccessorSelect id="successors" value={successors} onChange={setSuccessors} without={handover.userid} />
        {chosen.length ? (
          <p>{t('handover.chosen', { count: chosen.length })}</p>
        ) : (
          <>
            <Radio.Group
              aria-label={t('handover.kinds')}
              value={kind ?? ''}
              onChange={(event) => setKind((event.target.value as ItemKind | '') || null)}
              options={[
                { value: '', label: t('handover.customersAndGroups') },
                { value: 'customer', label: t('handover.customersOnly') },
                { value: 'group', label: t('handover.groupsOnly') },
              ]}
            />
            <div className="f-handover-choice">
              {failures ? (
                <Select<Which>
                  aria-label={t('handover.which')}
                  value={which}
                  onChange={setWhich}
                  options={[
                    { value: 'all', label: t('handover.whichAll') },
                    { value: 'unassigned', label: t('handover.whichUnassigned') },
                  ]}
                />
              ) : null}
              <Select<string | null>
                aria-label={t('handover.byTag')}
                placeholder={t('handover.byTag')}
                allowClear
                showSearch
                value={tag || null}
                onChange={(value) => setTag(value ?? '')}
                options={handover.tags.map((name) => ({ value: name, label: name }))}
              />
              <Input
                aria-label={t('handover.byName')}
                placeholder={t('handover.byName')}
                allowClear
                maxLength={100}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
              />
            </div>
          </>
        )}
        <div className="f-handover-preview" aria-live="polite">
          {request === null ? (
            <span className="s-sub">{t('handover.previewHint')}</span>
          ) : preview.error ? (
            <Alert type="error" showIcon title={words(preview.error)} />
          ) : preview.data ? (
            <Preview preview={preview.data} resigned={handover.resigned} />
          ) : (
            <LoadingState rows={2} />
          )}
        </div>
      </div>
    </Dialog>
  )
}

function Preview({ preview, resigned }: { preview: AssignmentPreview; resigned: boolean }) {
  const { t } = useTranslation()
  return (
    <>
      <table aria-label={t('handover.preview')}>
        <thead>
          <tr>
            <th scope="col">{t('handover.successor')}</th>
            <th scope="col">{t('handover.getsCustomers')}</th>
            <th scope="col">{t('handover.getsGroups')}</th>
            <th scope="col">{t('handover.hasCustomers')}</th>
          </tr>
        </thead>
        <tbody>
          {preview.shares.map((share) => (
            <tr key={share.userid}>
              <td>{share.name}</td>
              <td>+{number(share.customers)}</td>
              <td>+{number(share.groups)}</td>
              <td>
                {number(share.customers_now)}
                {share.customers_coming ? ` + ${t('handover.coming', { n: number(share.customers_coming) })}` : ''}
                {share.customer_limit ? ` / ${number(share.customer_limit)}` : ''}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {preview.too_often ? <p className="f-handover-late">{t('handover.tooOften', { count: preview.too_often })}</p> : null}
      {preview.tried ? <p className="f-handover-late">{t('handover.tried', { count: preview.tried })}</p> : null}
      <p className="s-sub">
        {t('handover.calls', { count: preview.calls })} {t(resigned ? 'handover.waitHint' : 'handover.waitHintOnJob')}
      </p>
    </>
  )
}

