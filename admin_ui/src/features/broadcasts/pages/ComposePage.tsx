import dayjs from 'dayjs'
import { Navigate, useParams } from 'react-router'

import { useBroadcast, type Attachment, type BroadcastDetail } from '@/api/broadcasts'
import { Async } from '@/shared/ui/States'

import { Composer } from '../components/Composer'
import { draftPart, EMPTY, type Draft } from '../draft'
import '../broadcasts.css'

/** Write a broadcast, new or a draft that is there; one that was submitted meanwhile shows its report. */
export default function ComposePage() {
  const { id } = useParams()
  const number = id ? Number(id) : null
  const broadcast = useBroadcast(number)
  if (number === null) return <Composer id={null} initial={EMPTY} />
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
