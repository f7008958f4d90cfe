"""The pulse: one cheap read that tells a page which of its lists have changed.

Polled every second by each open page. Writers say what they change (`scrm.core.touches`), so that it costs the same
whatever the lists hold. What a page must remember is in the token: how far it has seen, and the two counts, which are
counted anew only when what they count was touched.
"""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from flask import Response, request
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.http import json_response
from scrm.core.queue.figures import parked_count
from scrm.core.touches import UNKNOWN, Live, Mark, touched
from scrm.identity.actor import Actor
from scrm.identity.models import Staff
from scrm.operations.schemas import Pulse, Topic

Count = Callable[[Session, Actor], int]

# A page that says nothing new holds its token so long; then it gets another, so that little is looked through.
_RENEWED = dt.timedelta(seconds=10)
# Whoever was away longer fetches all anew.
_KNOWN = dt.timedelta(minutes=10)
_AHEAD = 60  # seconds

_live: dict[Topic, list[Live]] = {}
_open_alerts: list[Count] = []


@dataclass(frozen=True)
class _Seen:
    """What a token holds; ``reader`` is who may use it: another scope sees other lists."""

    mark: Mark
    at: int
    reader: str
    alerts_open: int
    tasks_parked: int


def install(topics: Iterable[tuple[str, Live]], *, open_alerts: Count) -> None:
    """Called by `scrm.wiring`: what the rooms show, by topic."""
    _live.clear()
    for name, live in topics:
        _live.setdefault(Topic(name), []).append(live)
    if missing := set(Topic) - set(_live):
        raise ValueError(f"nobody shows {sorted(missing)}")
    _open_alerts[:] = [open_alerts]


def live() -> dict[Topic, list[Live]]:
    """What each topic shows."""
    return _live


def take(session: Session, actor: Actor, *, since: str, topics: Collection[Topic] = ()) -> Response:
    """Topics that changed since the token, of all or of these; 304 where the request's ETag still holds."""
    held = _read(next(iter(request.if_none_match.as_set(include_weak=True)), ""), actor)
    wanted = frozenset(topics or Topic)
    given = _read(since, actor) or _nothing(actor)
    now, changed = _look(session, actor, given, wanted)
    pulse = _pulse(now, changed)
    if held is not None and held != given:
        _, later = _look(session, actor, held, wanted)
    else:
        later = changed
    if held is not None and not later and _same_counts(held, now) and now.at - held.at < _RENEWED.total_seconds():
        response = Response(status=304)
        response.set_etag(_written(held))
    else:
        response = json_response(pulse.model_dump_json().encode())
        response.set_etag(pulse.token)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def beginning(session: Session, actor: Actor) -> Pulse:
    """What a page starts with: whatever it fetches from now on is covered by the next pulse."""
    now, _ = _look(session, actor, _nothing(actor), frozenset())
    return _pulse(now, frozenset())


def _look(session: Session, actor: Actor, seen: _Seen, wanted: frozenset[Topic]) -> tuple[_Seen, frozenset[Topic]]:
    """How it stands now, and which of the wanted topics changed since."""
    asked = {topic for topic in wanted | {Topic.ALERTS, Topic.TASKS} if _may(actor, topic)}
    mark, found = touched(session, seen.mark, asked, actor.scope)
    if seen.mark == UNKNOWN:
        changed = frozenset(Topic)
    else:
        changed = frozenset(Topic(name) for name in _of_others(session, actor, found))
    now = _Seen(
        mark=mark,
        at=int(clock.now().timestamp()),
        reader=_reader(actor),
        alerts_open=_open_alerts[0](session, actor) if Topic.ALERTS in changed else seen.alerts_open,
        tasks_parked=parked_count(session) if Topic.TASKS in changed else seen.tasks_parked,
    )
    return now, changed & wanted


def _may(actor: Actor, topic: Topic) -> bool:
    return all(one.permission is None or one.permission in actor.permissions for one in _live[topic])


def _of_others(session: Session, actor: Actor, found: Collection[tuple[str, int]]) -> set[str]:
    """The topics of what was found, without what nobody hears of themselves."""
    hidden = {topic for topic, lives in _live.items() if any(one.of_others for one in lives)}
    if actor.scope is None or not actor.userid or not any(topic in hidden for topic, _ in found):
        return {topic for topic, _ in found}
    own = session.scalar(select(Staff.id).where(func.lower(Staff.userid) == actor.userid.lower()))
    return {topic for topic, staff in found if staff != own or topic not in hidden}


def _same_counts(one: _Seen, other: _Seen) -> bool:
    return (one.alerts_open, one.tasks_parked) == (other.alerts_open, other.tasks_parked)


def _pulse(now: _Seen, changed: Collection[Topic]) -> Pulse:
    return Pulse(
        token=_written(now), changed=sorted(changed), alerts_open=now.alerts_open, tasks_parked=now.tasks_parked
    )


def _nothing(actor: Actor) -> _Seen:
    return _Seen(mark=UNKNOWN, at=0, reader=_reader(actor), alerts_open=0, tasks_parked=0)


def _reader(actor: Actor) -> str:
    scope = "" if actor.scope is None else ",".join(map(str, sorted(actor.scope)))
    return hashlib.sha256(f"{actor.account_id} {actor.role} {scope}".encode()).hexdigest()[:12]


def _written(seen: _Seen) -> str:
    running = [seen.mark.before - one for one in seen.mark.running]
    values = [seen.mark.before, running, seen.at, seen.reader, seen.alerts_open, seen.tasks_parked]
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


_Values = TypeAdapter(tuple[int, list[int], int, str, int, int])


def _read(token: str, actor: Actor) -> _Seen | None:
    """What a token of this reader holds; none if it is another's, too old, or none of ours."""
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        before, running, at, reader, alerts_open, tasks_parked = _Values.validate_json(text, strict=True)
    except (ValueError, ValidationError):
        return None
    now = int(clock.now().timestamp())
    # Another machine's clock may be a little ahead.
    if reader != _reader(actor) or not now - _KNOWN.total_seconds() < at <= now + _AHEAD:
        return None
    if not 0 <= before < UNKNOWN.before or any(not 0 < one <= before for one in running):
        return None
    return _Seen(Mark(before, tuple(before - one for one in running)), at, reader, alerts_open, tasks_parked)
