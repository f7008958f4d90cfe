"""The pulse: one cheap read that tells a page which of its lists have changed.

Polled every second by each open page, so it asks indexes only. Rooms lend their probes through `scrm.wiring`.
"""

import base64
import hashlib
import json
from collections.abc import Callable

from flask import Response, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.core import json_text
from scrm.core.alarms import Alarm
from scrm.core.http import json_response
from scrm.core.queue.figures import parked_count
from scrm.identity.actor import Actor
from scrm.operations.schemas import Pulse, Topic
from scrm.wecom.models import InboxRow, SyncRun

Probe = Callable[[Session, Actor], str]
Count = Callable[[Session, Actor], int]

_probes: dict[str, Probe] = {}
_open_alerts: list[Count] = []
_OWN = {Topic.ALARMS, Topic.CALLBACKS, Topic.SYNC, Topic.TASKS}


def install(probes: dict[str, Probe], *, open_alerts: Count) -> None:
    """Called by `scrm.wiring`: how the rooms' versions are read."""
    lent = set(probes) | _OWN
    if lent != set(Topic):
        raise ValueError(f"topics and probes differ in {sorted(lent ^ set(Topic))}")
    _probes.update(probes)
    _open_alerts[:] = [open_alerts]


def topics() -> set[str]:
    """All that the pulse tells of."""
    return set(_probes) | _OWN


def take(session: Session, actor: Actor, *, since: str) -> Pulse | Response:
    """Topics that changed since the token; 304 where the request's ETag still holds."""
    parked = parked_count(session)
    versions = {
        "callbacks": str(session.scalar(select(func.max(InboxRow.id)))) + _handled(session),
        "sync": str(session.scalar(select(func.max(SyncRun.updated_at)))),
        "tasks": str(parked),
        "alarms": str(session.execute(_OPEN_ALARMS).one()),
        **{topic: probe(session, actor) for topic, probe in _probes.items()},
    }
    digests = {topic: hashlib.sha256(version.encode()).hexdigest()[:12] for topic, version in versions.items()}
    before = _decode(since)
    pulse = Pulse(
        token=_encode(digests),
        changed=sorted(Topic(topic) for topic, digest in digests.items() if before.get(topic) != digest),
        alerts_open=_open_alerts[0](session, actor),
        tasks_parked=parked,
    )
    payload = pulse.model_dump_json().encode()
    etag = hashlib.sha256(payload).hexdigest()[:24]
    response = json_response(payload)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(etag)
    response.make_conditional(request)
    return response


# The newest one and how many are open: whatever opens or ends changes one of the two.
_OPEN_ALARMS = select(func.max(Alarm.id), func.count()).where(Alarm.cleared_at.is_(None))


def _handled(session: Session) -> str:
    return str(session.scalar(select(func.max(InboxRow.handled_at))))


def _encode(digests: dict[str, str]) -> str:
    text = json.dumps(digests, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(token: str) -> dict[str, str]:
    try:
        values = json_text.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}
