import '../words'

import { useQuery } from '@tanstack/react-query'
import dayjs from 'dayjs'
import { useState } from 'react'
import { Navigate, useParams } from 'react-router'

import { resource } from '@/api/resource'
import type { Attachment, BroadcastDetail } from '@/api/types'
import { Async } from '@/shared/ui/States'

import { TAGS } from '../components/AudienceFields'
import { Composer } from '../components/Composer'
import { draftPart, EMPTY, type Draft } from '../draft'
import '../broadcasts.css'

/** The form of a new broadcast: which it is in a row, the id that it has got, and whether the address names it. */
interface NewForm {
  turn: number
  id: number | null
  moved: boolean
}

const FIRST: NewForm = { turn: 0, id: null, moved: false }

/** Write a broadcast, new or a draft that is there; one that was submitted meanwhile shows its report. */
export default function ComposePage() {
  const { id } = useParams()
  const [form, setForm] = useState<NewForm>(FIRST)
  const number = id ? Number(id) : null
  const broadcast = useQuery({
    ...resource('broadcasts').one('{broadcast_id}', { broadcast_id: number ?? 0 }),
    enabled: number !== null,
  })
  useQuery(TAGS) // beside the draft, not after
  if (number !== null && number === form.id && !form.moved) setForm({ ...form, moved: true })
  if (number === null && form.moved) setForm({ ...FIRST, turn: form.turn + 1 })
  if (number === null || number === form.id) {
    // Once kept, a draft has an address of its own; the form stays as it is, with what was typed meanwhile.
    return (
      <Composer
        key={form.turn}
        id={number}
        initial={EMPTY}
        onKept={(made) => setForm((before) => ({ ...before, id: made }))}
      />
    )
  }
  return (
    <Async query={broadcast} rows={10}>
      {(data) =>
        data.state === 'draft' ? (
          <Composer id={data.id} initial={draftOf(data)} />
        ) : (
          <Navigate to={`/broadcasts/${data.id}`} replace />
        )
      }
    </Async>
  )
}

const draftOf = (broadcast: BroadcastDetail): Draft => ({
  title: broadcast.title,
  text: broadcast.text,
  parts: (broadcast.attachments as Attachment[]).map(draftPart),
  audience: broadcast.audience,
  sendAt: broadcast.send_at ? dayjs(broadcast.send_at) : null,
})
