"""Pictures: kept here, and put at WeCom anew when its copy is about to end."""

import base64
import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from scrm.core import audit, clock
from scrm.core.doorbell import Lane
from scrm.identity.actor import Actor
from scrm.marketing.broadcasts import content, states
from scrm.marketing.broadcasts.models import Broadcast, BroadcastMedia, BroadcastState
from scrm.marketing.broadcasts.replies import MEDIA_UPLOADED, PictureContext
from scrm.marketing.broadcasts.schemas import MediaUpload
from scrm.marketing.broadcasts.states import Verb
from scrm.shared.files.pictures import decoded
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.group_messages import Media, UploadedMedia

FRESH = dt.timedelta(days=2, hours=12)  # of three days: the last slice must still find it


def keep(session: Session, actor: Actor, upload: MediaUpload) -> BroadcastMedia:
    """Store a picture; raises `PictureInvalid`, `PictureSizeWrong` or `PictureTooManyPixels`."""
    data, content_type = decoded(upload.data)
    row = BroadcastMedia(
        filename=upload.filename, content_type=content_type, size=len(data), data=data, created_at=clock.now()
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "picture.uploaded", f"picture:{row.id}", {"bytes": len(data)})
    return row


def ready(session: Session, broadcast: Broadcast) -> dict[int, str] | None:
    """WeCom's ids of the broadcast's pictures; ``None`` while one of them is being put there."""
    wanted = content.media_of(broadcast.attachments)
    rows = session.scalars(select(BroadcastMedia).where(BroadcastMedia.id.in_(wanted))).all()
    since = clock.now() - FRESH
    stale = [row.id for row in rows if row.media_id is None or row.uploaded_at is None or row.uploaded_at < since]
    if stale:
        _upload(session, broadcast, stale)
        return None
    return {row.id: row.media_id for row in rows if row.media_id is not None}


def forget(session: Session, broadcast: Broadcast) -> None:
    """WeCom does not know its copies any more: they are made anew before the next call."""
    for row in session.scalars(
        select(BroadcastMedia).where(BroadcastMedia.id.in_(content.media_of(broadcast.attachments)))
    ):
        row.media_id = None


def uploaded(session: Session, outcome: Outcome[UploadedMedia], context: PictureContext) -> None:
    """WeCom's id of a picture; without one the broadcast that wanted it stands still and says why."""
    broadcast = session.scalars(select(Broadcast).where(Broadcast.id == context.broadcast_id).with_for_update()).first()
    now = clock.now()
    if outcome.state is CallState.DONE:
        row = session.get_one(BroadcastMedia, context.media_id)
        row.media_id, row.uploaded_at = outcome.result.media_id, outcome.asked_at
        if broadcast is not None:
            broadcast.due_at = now
    elif broadcast is not None and broadcast.state == BroadcastState.SENDING:
        broadcast.reason, broadcast.updated_at = f"media/upload: {outcome.reason}", now
        states.move(session, broadcast, Verb.STOP, audit.System.SCHEDULER, {"reason": broadcast.reason})


def _upload(session: Session, broadcast: Broadcast, ids: list[int]) -> None:
    rows = session.scalars(
        select(BroadcastMedia).options(undefer(BroadcastMedia.data)).where(BroadcastMedia.id.in_(ids))
    )
    for row in rows:
        ending = "png" if row.content_type == "image/png" else "jpg"
        calls.request(
            session,
            ask(
                Media.upload_image,
                filename=f"picture-{row.id}.{ending}",  # WeCom's parser takes ASCII names alone
                content_type=row.content_type,
                base64_data=base64.b64encode(row.data).decode(),
            ).then(MEDIA_UPLOADED, PictureContext(row.id, broadcast.id)),
            subject=f"broadcast-media:{row.id}",
            key=f"broadcast-media:{row.id}",
            lane=Lane.BULK,
        )
