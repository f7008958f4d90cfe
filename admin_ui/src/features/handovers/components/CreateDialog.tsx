import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, Checkbox, Input, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'

import { resource } from '@/api/resource'
import { useDebounced } from '@/shared/lib/debounce'
import { calledAs, remarkOf } from '@/shared/ui/Called'
import { Dialog } from '@/shared/ui/Dialog'
import { StaffSelect } from '@/shared/ui/StaffSelect'
import { useErrorWords } from '@/shared/ui/States'

const MESSAGE = 200

/** Begin a transfer of an employed member's customers: all of them, or some by name. */
export function CreateDialog({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const navigate = useNavigate()
  const create = useMutation(resource('handovers').act('post', ''))
  const [userid, setUserid] = useState<string>()
  const [all, setAll] = useState(true)
  const [customers, setCustomers] = useState<string[]>([])
  const [groups, setGroups] = useState(false)
  const [text, setText] = useState('')
  const source = useQuery({
    ...resource('handovers', 'handover-source').one('source', { userid: userid ?? '' }),
    enabled: userid !== undefined,
    retry: false,
  })
  const nothing = all ? !source.data?.customers && !(groups && source.data?.groups) : !customers.length
  return (
    <Dialog
      unsaved={() => Boolean(userid || text.trim())}
      title={t('handover.createTitle')}
      okText={t('handover.next')}
      cancelText={t('action.cancel')}
      okButtonProps={{ disabled: !userid || nothing }}
      confirmLoading={create.isPending}
      onCancel={onDone}
      onOk={() =>
        userid &&
        create.mutate(
          { userid, external_userids: all ? null : customers, with_groups: groups, message: text.trim() },
          {
            onSuccess: (made) => void navigate(`/handovers/${made.id}`),
            onError: (error) => void message.error(words(error)),
          },
        )
      }
    >
      <div className="f-handover-form">
        <Alert type="info" showIcon title={t('handover.createHint')} />
        <div className="f-handover-field">
          <p>{t('handover.giver')}</p>
          <StaffSelect label={t('handover.giver')} value={userid} onChange={(value) => { setUserid(value); setCustomers([]) }} />
        </div>
        {source.error ? <Alert type="error" showIcon title={words(source.error)} /> : null}
        {source.data ? (
          <>
            <Radio.Group
              aria-label={t('handover.which')}
              value={all}
              onChange={(event) => setAll(event.target.value as boolean)}
              options={[
                { value: true, label: t('handover.allCustomers', { count: source.data.customers }) },
                { value: false, label: t('handover.someCustomers') },
              ]}
            />
            {all ? null : <CustomerSelect userid={userid ?? ''} value={customers} onChange={setCustomers} />}
            {source.data.groups ? (
              <Checkbox checked={groups} onChange={(event) => setGroups(event.target.checked)}>
                {t('handover.withGroups', { count: source.data.groups })}
              </Checkbox>
            ) : null}
          </>
        ) : null}
        <div className="f-handover-field">
          <label htmlFor="handover-message">{t('handover.message')}</label>
          <Input.TextArea
            id="handover-message"
            rows={3}
            maxLength={MESSAGE}
            showCount
            placeholder={t('handover.messageHint')}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      </div>
    </Dialog>
  )
}

interface CustomerSelectProps {
  userid: string
  value: string[]
  onChange: (value: string[]) => void
}

function CustomerSelect({ userid, value, onChange }: CustomerSelectProps) {
  const { t } = useTranslation()
  const [q, setQ] = useState('')
  const [known, setKnown] = useState<Record<string, string>>({})
  const found = useQuery(resource('customers').list('', { q: useDebounced(q.trim()), userid, limit: 50 }))
  const options = (found.data?.items ?? []).map((row) => ({
    value: row.external_userid,
    label: calledAs(row.name, remarkOf(row.follows, null, row.matched)),
  }))
  const kept = value.filter((one) => !options.some((option) => option.value === one))
  return (
    <Select
      mode="multiple"
      aria-label={t('handover.someCustomers')}
      placeholder={t('handover.pickCustomers')}
      showSearch={{ filterOption: false, onSearch: setQ }}
      loading={found.isFetching}
      options={[...options, ...kept.map((one) => ({ value: one, label: known[one] ?? one }))]}
      value={value}
      onChange={(picked: string[]) => {
        setKnown({ ...known, ...Object.fromEntries(options.map((option) => [option.value, option.label])) })
        onChange(picked)
      }}
    />
  )
}
