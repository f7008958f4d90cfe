import dayjs from 'dayjs'
import { useState } from 'react'
import { Navigate, useLocation, useParams } from 'react-router'

import { useBroadcast, type Attachment, type BroadcastDetail } from '@/api/broadcasts'
import { Async } from '@/shared/ui/States'

import { Composer } from '../components/Composer'
import { draftPart, EMPTY, type Draft } from '../draft'
import '../broadcasts.css'

/** Write a broadcast, new or a draft that is there; one that was submitted meanwhile shows its report. */
export default function ComposePage() {
  const { id } = useParams()
  const { key } = useLocation()
  const [begunHere, setBegunHere] = useState<{ id: number; key: string } | null>(null)
  const number = id ? Number(id) : null
  const broadcast = useBroadcast(number)
  const same = begunHere?.id === number ? begunHere.key : null
  if (number === null || same !== null) {
    // Once kept, a draft has an address of its own; the form stays as it is, with what was typed meanwhile.
    return (
      <Composer key={same ?? key} id={number} initial={EMPTY} onKept={(made) => setBegunHere({ id: made, key })} />
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
