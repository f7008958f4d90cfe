import { WarningOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { App, Button, Input, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import type { Schemas } from '@/api/client'
import { resource } from '@/api/resource'

import type { FilterValues } from '../lib/filters'
import { useErrorWords } from '../ui/States'
import { askedOtherwise, viewOf } from './address'
import type { NamedFilter } from './Bar'
import { useNamed } from './kind'
import { Pop } from './Pop'
import { useWanted } from './wanted'
import type { Working } from './working'

type View = Schemas['ViewRow']

export interface ListView {
  key: string
  label: string
  count?: number | undefined
  values: FilterValues
}

interface ViewsProps {
  list: Working
  label: string
  items: readonly ListView[]
  named: readonly NamedFilter[]
}

/** The views that everybody has, then those that were saved: one's own and the team's. */
export function Views({ list, label, items, named }: ViewsProps) {
  const { address, kind, views } = list
  const chosen = address.params.get('view')
  const now = chosen || address.asked.filter ? '' : viewOf(address.values, items)
  const current = views.find(({ id }) => String(id) === chosen)
  return (
    <>
      <nav className="l-views" aria-label={label}>
        {items.map((view) => (
          <Link key={view.key} replace to={address.hrefOnly(view.values)} {...(view.key === now ? { 'aria-current': true } : {})}>
            {view.label}
            {view.count === undefined ? null : <em>{view.count}</em>}
          </Link>
        ))}
        {views.map((view) => (
          <Saved key={view.id} list={list} view={view} current={view === current} />
        ))}
      </nav>
      {kind ? <Keep key={current?.id ?? 0} list={list} named={named} view={current} /> : null}
    </>
  )
}

function Saved({ list: { address }, view, current }: { list: Working; view: View; current: boolean }) {
  const { t } = useTranslation()
  const named = useNamed()
  const search = askedOtherwise(new URLSearchParams(), {
    view: String(view.id),
    filter: Object.keys(view.filter).length ? JSON.stringify(view.filter) : undefined,
    sort: view.sort ?? undefined,
    columns: view.columns.join(','),
  })
  return (
    <Link
      replace
      to={{ pathname: address.path, search: search.toString() }}
      {...(current ? { 'aria-current': true } : {})}
      {...(view.problems.length ? { title: view.problems.map(named).join(' ') } : {})}
    >
      {view.scope === 'team' ? t('list.teamView', { name: view.name }) : view.name}
      {view.problems.length ? <WarningOutlined className="l-broken" aria-label={t('list.brokenView')} /> : null}
    </Link>
  )
}

/** Keeps what is shown as a view; one's own is changed, named anew and deleted. */
function Keep({ list, named, view }: { list: Working; named: readonly NamedFilter[]; view: View | undefined }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const { address, kind } = list
  const mine = view?.mine ? view : undefined
  const [name, setName] = useState(mine?.name ?? '')
  const [scope, setScope] = useState<'own' | 'team'>(mine?.scope ?? 'own')
  const views = resource('views')
  const said = { onError: (error: unknown) => void message.error(words(error)) }
  const save = useMutation(views.act('post', ''))
  const change = useMutation(views.act('put', '{view_id}'))
  const drop = useMutation(views.act('delete', '{view_id}'))
  const { filter, json, lost } = useWanted(address, named)
  const body = {
    kind: kind?.name ?? '',
    name: name.trim(),
    scope,
    pinned: mine?.pinned ?? false,
    filter: json,
    sort: address.asked.sort ?? null,
    columns: (list.columns ?? []).filter((key) => kind?.fields.some((field) => field.column && field.key === key)),
    density: list.density,
  }
  const show = (saved: View | undefined): void => {
    if (!saved) return
    void message.success(t('list.viewSaved'))
    address.only({ view: String(saved.id), filter, sort: body.sort ?? undefined })
  }
  const remove = (): void =>
    void modal.confirm({
      title: t('list.deleteView', { name: mine?.name }),
      okText: t('list.deleteIt'),
      cancelText: t('action.cancel'),
      onOk: () => mine && drop.mutateAsync({ view_id: mine.id }).then(() => address.only({ sort: undefined, columns: undefined }), said.onError),
    })
  return (
    <Pop
      className="l-keep"
      label={mine ? t('list.changeView') : t('list.saveView')}
      content={
        <div className="l-fields">
          <Input aria-label={t('list.viewName')} placeholder={t('list.viewName')} maxLength={40} value={name} onChange={(event) => setName(event.target.value)} />
          <Radio.Group
            aria-label={t('list.scope')}
            options={(['own', 'team'] as const).map((value) => ({ value, label: t(`list.scopes.${value}`) }))}
            value={scope}
            onChange={(event) => setScope(event.target.value as 'own' | 'team')}
          />
          {lost.length ? <p className="s-sub">{t('list.notSaved', { what: lost.join(' · ') })}</p> : null}
          <div className="l-keep-acts">
            {mine ? (
              <>
                <Button size="small" danger type="text" onClick={remove}>
                  {t('list.deleteIt')}
                </Button>
                <Button size="small" disabled={!body.name} loading={change.isPending} onClick={() => change.mutate({ ...body, view_id: mine.id, version: mine.version }, { ...said, onSuccess: show })}>
                  {t('list.updateView')}
                </Button>
              </>
            ) : null}
            <Button size="small" type="primary" disabled={!body.name} loading={save.isPending} onClick={() => save.mutate(body, { ...said, onSuccess: show })}>
              {mine ? t('list.saveAsNew') : t('list.saveIt')}
            </Button>
          </div>
        </div>
      }
    >
      {mine ? t('list.changeView') : `＋ ${t('list.saveView')}`}
    </Pop>
  )
}
