import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Attachment } from '@/api/types'

import { changed, draftPart, MOST_PARTS, moved, type DraftPart } from '../draft'
import { AttachmentAdd } from './AttachmentAdd'
import { AttachmentFields } from './AttachmentFields'

interface AttachmentListProps {
  parts: readonly DraftPart[]
  /** Takes a function, since pictures arrive one by one while the form goes on changing. */
  onChange: (change: (parts: readonly DraftPart[]) => readonly DraftPart[]) => void
}

/** The attachments in the order in which they are sent: add, fill in, move, remove. */
export function AttachmentList({ parts, onChange }: AttachmentListProps) {
  const { t } = useTranslation()
  const list = useRef<HTMLDivElement>(null)
  const [told, setTold] = useState('')
  // Where the focus goes once the list has changed under it; the first that can take it.
  const focus = useRef<readonly string[]>([])
  useEffect(() => {
    const found = focus.current
      .map((selector) => list.current?.querySelector<HTMLElement>(selector))
      .find((element) => element && !element.matches(':disabled'))
    focus.current = []
    found?.focus()
  })

  const nameOf = (place: number, part: Attachment): string =>
    t('broadcast.nth', { n: place + 1, kind: t(`broadcast.attachment.${part.kind}`) })
  const add = (part: Attachment): void => {
    const made = draftPart(part)
    onChange((before) => (before.length < MOST_PARTS ? [...before, made] : before))
    if (part.kind !== 'image') focus.current = [`[data-part="${made.key}"] input:not([type=file])`]
  }
  const move = (key: number, from: number, to: number): void => {
    onChange((before) => moved(before, from, to))
    setTold(t('broadcast.movedTo', { n: to + 1 }))
    const mine = `[data-part="${key}"]`
    focus.current = [`${mine} [data-move="${to < from ? 'up' : 'down'}"]`, `${mine} [data-move]:not(:disabled)`]
  }
  const remove = (key: number, place: number): void => {
    const neighbour = (parts[place + 1] ?? parts[place - 1])?.key
    onChange((before) => before.filter((one) => one.key !== key))
    setTold(t('broadcast.removed'))
    focus.current = [`[data-part="${neighbour}"] [data-remove]`, '[data-add]']
  }

  return (
    <div className="f-attachments" ref={list} role="group" aria-label={t('broadcast.attachments')}>
      <div className="f-attachments-head">
        <span className="f-field-name">{t('broadcast.attachments')}</span>
        <span className="s-sub">{t('broadcast.attachmentCount', { n: parts.length, most: MOST_PARTS })}</span>
      </div>
      {parts.length ? (
        <ol>
          {parts.map(({ key, part }, place) => (
            <li key={key} data-part={key} aria-label={nameOf(place, part)}>
              <div className="f-attachment-head">
                <b>{nameOf(place, part)}</b>
                <Button
                  type="text"
                  size="small"
                  data-move="up"
                  icon={<ArrowUpOutlined />}
                  aria-label={t('broadcast.moveUp', { name: nameOf(place, part) })}
                  disabled={place === 0}
                  onClick={() => move(key, place, place - 1)}
                />
                <Button
                  type="text"
                  size="small"
                  data-move="down"
                  icon={<ArrowDownOutlined />}
                  aria-label={t('broadcast.moveDown', { name: nameOf(place, part) })}
                  disabled={place === parts.length - 1}
                  onClick={() => move(key, place, place + 1)}
                />
                <Button
                  type="text"
                  size="small"
                  data-remove
                  icon={<DeleteOutlined />}
                  aria-label={t('broadcast.removePart', { name: nameOf(place, part) })}
                  onClick={() => remove(key, place)}
                />
              </div>
              <AttachmentFields
                part={part}
                onChange={(changes) =>
                  onChange((before) => before.map((one) => (one.key === key ? changed(one, changes) : one)))
                }
              />
            </li>
          ))}
        </ol>
      ) : null}
      <AttachmentAdd room={MOST_PARTS - parts.length} onAdd={add} />
      <span className="s-hidden" role="status">
        {told}
      </span>
    </div>
  )
}
