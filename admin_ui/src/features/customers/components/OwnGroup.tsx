import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import type { TagGroupRow, TagRow } from '@/api/types'
import { number } from '@/shared/lib/numbers'
import { Card } from '@/shared/ui/Page'
import { useErrorWords } from '@/shared/ui/States'

import { TagList, type Wearers } from './TagList'
import { TagNameDialog } from './TagNameDialog'

interface OwnGroupProps {
  group: TagGroupRow
  /** All of the corp's own, in order. */
  groups: readonly TagGroupRow[]
  wearers: Wearers
}

/** One group of the corp's own tags; who may renames, orders and deletes it and them. */
export function OwnGroup({ group, groups, wearers }: OwnGroupProps) {
  const may = useCan()('tags.write')
  const failed = useFailed()
  const tags = resource('tags')
  const order = useMutation(tags.act('post', 'groups/{group_id}'))
  const orderGroups = useMutation(tags.act('post', 'order'))
  const ids = group.tags.map((tag) => tag.tag_id)
  const groupIds = groups.map((one) => one.group_id)
  const place = groupIds.indexOf(group.group_id)
  return (
    <Card
      title={group.name}
      extra={
        may ? (
          <span className="f-tag-actions">
            <Moves
              name={group.name}
              place={place}
              of={groups.length}
              onMove={(to) => orderGroups.mutate({ order: moved(groupIds, place, to) }, failed)}
            />
            <Rename what="group" group={group} />
            <Remove name={group.name} group={group} wearers={wearers} />
          </span>
        ) : null
      }
    >
      <TagList
        tags={group.tags}
        wearers={wearers}
        {...(may
          ? {
              actions: (tag: TagRow, at: number) => (
                <>
                  <Moves
                    name={tag.name}
                    place={at}
                    of={ids.length}
                    onMove={(to) => order.mutate({ group_id: group.group_id, name: null, order: moved(ids, at, to) }, failed)}
                  />
                  <Rename what="tag" group={group} tag={tag} />
                  <Remove name={tag.name} tag={tag} wearers={wearers} />
                </>
              ),
            }
          : {})}
      />
      {may ? <Add group={group} /> : null}
    </Card>
  )
}

function useFailed() {
  const { message } = App.useApp()
  const words = useErrorWords()
  return { onError: (error: unknown) => void message.error(words(error)) }
}

function moved(ids: readonly string[], from: number, to: number): string[] {
  const rest = ids.filter((_id, place) => place !== from)
  return [...rest.slice(0, to), ...ids.slice(from, from + 1), ...rest.slice(to)]
}

interface MovesProps {
  name: string
  place: number
  of: number
  onMove: (to: number) => void
}

function Moves({ name, place, of, onMove }: MovesProps) {
  const { t } = useTranslation()
  if (of < 2) return null
  return (
    <>
      <Button
        size="small"
        type="text"
        icon={<ArrowUpOutlined />}
        disabled={place === 0}
        aria-label={t('tags.up', { name })}
        onClick={() => onMove(place - 1)}
      />
      <Button
        size="small"
        type="text"
        icon={<ArrowDownOutlined />}
        disabled={place === of - 1}
        aria-label={t('tags.down', { name })}
        onClick={() => onMove(place + 1)}
      />
    </>
  )
}

function Rename(props: { what: 'group'; group: TagGroupRow } | { what: 'tag'; group: TagGroupRow; tag: TagRow }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const name = props.what === 'group' ? props.group.name : props.tag.name
  return (
    <>
      <Button
        size="small"
        type="text"
        icon={<EditOutlined />}
        aria-label={t('tags.renameOne', { name })}
        onClick={() => setOpen(true)}
      />
      {open ? <TagNameDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

function Add({ group }: { group: TagGroupRow }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="small" type="dashed" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
        {t('tags.newTag')}
      </Button>
      {open ? <TagNameDialog what="tag" group={group} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

interface RemoveProps {
  name: string
  group?: TagGroupRow
  tag?: TagRow
  wearers: Wearers
}

/** Deletes after a word that says how many customers lose it. */
function Remove({ name, group, tag, wearers }: RemoveProps) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const failed = useFailed()
  const tags = resource('tags')
  const remove = useMutation(
    tags.acts(() =>
      tag
        ? tags.send('delete', '{tag_id}', { tag_id: tag.tag_id })
        : tags.send('delete', 'groups/{group_id}', { group_id: group?.group_id ?? '' }),
    ),
  )
  const worn = (one: TagRow): number => wearers?.get(one.tag_id) ?? 0
  const lost = (group?.tags ?? []).map((one) => `${one.name} ${number(worn(one))}`).join('，')
  const hint = tag
    ? worn(tag)
      ? t('tags.removeHint', { count: worn(tag) })
      : t('tags.nobody')
    : group?.tags.length
      ? t('tags.removeGroupHint', { count: group.tags.length, customers: lost })
      : t('tags.emptyGroup')
  return (
    <Button
      size="small"
      type="text"
      danger
      icon={<DeleteOutlined />}
      disabled={wearers === undefined}
      aria-label={t('tags.removeOne', { name })}
      onClick={() =>
        void modal.confirm({
          title: t(tag ? 'tags.removeTitle' : 'tags.removeGroupTitle', { name }),
          content: hint,
          okText: t('tags.remove'),
          okButtonProps: { danger: true },
          cancelText: t('action.cancel'),
          autoFocusButton: 'cancel',
          onOk: () => remove.mutateAsync(undefined, failed).catch(() => undefined),
        })
      }
    />
  )
}
