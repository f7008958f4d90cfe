"""Drafts, submitting them, and the second pair of eyes."""

import datetime as dt

from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.queue import nouns
from scrm.identity.actor import Actor
from scrm.marketing.broadcasts import content, states
from scrm.marketing.broadcasts.approvals import large_broadcast
from scrm.marketing.broadcasts.approvals.large_broadcast import KIND
from scrm.marketing.broadcasts.errors import AudienceEmpty, MediaNotFound
from scrm.marketing.broadcasts.models import QUEUE, Broadcast, BroadcastMedia, BroadcastState
from scrm.marketing.broadcasts.queries.audience import check_audience, counted, plan
from scrm.marketing.broadcasts.queries.broadcasts import visible_broadcast
from scrm.marketing.broadcasts.schemas import Audience, BroadcastContent, BroadcastEdit
from scrm.marketing.broadcasts.setting import POLICY
from scrm.marketing.broadcasts.states import Verb
from scrm.shared.approvals import deciding


def create(session: Session, actor: Actor, wanted: BroadcastContent) -> Broadcast:
    """Keep a draft; raises what is wrong with its content."""
    _check(session, wanted)
    now = clock.now()
    broadcast = Broadcast(
        state=BroadcastState.DRAFT,
        author=actor.audit_name,
        author_name=actor.display_name,
        audience_count=0,
        without_sender=0,
        created_at=now,
        **_values(wanted, now),
    )
    session.add(broadcast)
    session.flush()
    audit.record(session, actor, "broadcast.created", f"broadcast:{broadcast.id}")
    return broadcast


def edit(session: Session, actor: Actor, broadcast_id: int, wanted: BroadcastEdit) -> Broadcast:
    """Change a draft, what is not given stays; who changes it is its author, since nobody approves their own words."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    states.check(broadcast, Verb.EDIT)
    # Null is a value of the time alone: at once.
    named = wanted.model_dump(exclude_unset=True)
    given = {name: value for name, value in named.items() if value is not None or name == "send_at"}
    if not given:
        return broadcast
    whole = BroadcastContent.model_validate({**_content(broadcast), **given})
    # What stands may be too late to send by now; only what is changed is looked at again.
    _check(session, whole, timed="send_at" in given)
    for name, value in _values(whole, clock.now()).items():
        setattr(broadcast, name, value)
    broadcast.author, broadcast.author_name = actor.audit_name, actor.display_name
    states.move(session, broadcast, Verb.EDIT, actor)
    return broadcast


def remove(session: Session, actor: Actor, broadcast_id: int) -> None:
    """Throw a draft away."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    states.move(session, broadcast, Verb.REMOVE, actor)
    nouns.forget(session, QUEUE, [broadcast.id])
    session.delete(broadcast)


def submit(session: Session, actor: Actor, broadcast_id: int) -> Broadcast:
    """Draft → planning: a worker freezes the audience; raises what stands against sending."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    states.check(broadcast, Verb.SUBMIT)
    now = clock.now()
    content.check_time(broadcast.send_at, now)
    content.check(broadcast.text, broadcast.attachments)
    audience = Audience.model_validate(broadcast.audience)
    check_audience(session, audience)
    at = broadcast.send_at or now
    count = counted(session, plan(session, audience, at=at), at=at)
    if not count.recipients:
        raise AudienceEmpty(matched=count.matched, without_sender=count.without_sender, over_quota=count.over_quota)
    broadcast.submitted_at, broadcast.reason = now, None
    broadcast.due_at = broadcast.updated_at = now
    broadcast.submitter, broadcast.submitted_above = actor.audit_name, POLICY.of(session).approval_above
    facts = {"recipients": count.recipients, "over_quota": count.over_quota}
    nouns.forget(session, QUEUE, [broadcast.id])
    states.move(session, broadcast, Verb.SUBMIT, actor, facts)
    ring_after_commit(session, Lane.BULK)
    return broadcast


def approve(session: Session, actor: Actor, broadcast_id: int) -> Broadcast:
    """Waiting for approval → scheduled, by somebody who neither wrote it last nor submitted it."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    deciding.confirm(session, actor, KIND, broadcast)
    return broadcast


def give_back(session: Session, actor: Actor, broadcast_id: int, *, note: str) -> Broadcast:
    """Waiting for approval or scheduled → draft, with the reason; one's own as well as another's."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    if not KIND.waits(broadcast):
        large_broadcast.give_back(session, actor, broadcast, note)
    elif KIND.is_own(actor, broadcast):
        deciding.withdraw(session, actor, KIND, broadcast, reason=note)
    else:
        deciding.reject(session, actor, KIND, broadcast, reason=note)
    return broadcast


def _content(broadcast: Broadcast) -> dict[str, object]:
    return {
        "title": broadcast.title,
        "text": broadcast.text,
        "attachments": broadcast.attachments,
        "audience": broadcast.audience,
        "send_at": broadcast.send_at,
    }


def _check(session: Session, wanted: BroadcastContent, *, timed: bool = True) -> None:
    attachments = [part.model_dump() for part in wanted.attachments]
    content.check(wanted.text, attachments)
    check_audience(session, wanted.audience)
    if timed and wanted.send_at is not None:
        content.check_time(wanted.send_at, clock.now())
    for media_id in content.media_of(attachments):
        if session.get(BroadcastMedia, media_id) is None:
            raise MediaNotFound()


def _values(wanted: BroadcastContent, now: dt.datetime) -> dict[str, object]:
    return {
        "title": wanted.title,
        "text": wanted.text,
        "attachments": [part.model_dump() for part in wanted.attachments],
        "audience": wanted.audience.model_dump(),
        "send_at": wanted.send_at.astimezone(dt.UTC) if wanted.send_at is not None else None,
        "updated_at": now,
    }
