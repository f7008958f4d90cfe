"""Connects the rooms: each says in its ``room.py`` what it is; here they are in order.

`listeners` is the one page that names who hears what across rooms, `ports` who answers whose questions.
"""

from scrm.compliance.alerts import queries as alerts
from scrm.compliance.alerts.room import ROOM as ALERTS
from scrm.compliance.archive.room import ROOM as ARCHIVE
from scrm.compliance.handovers.room import ROOM as HANDOVERS
from scrm.compliance.rules.room import ROOM as RULES
from scrm.core import clockwork, naming, outbox
from scrm.core.alarms import Alarm
from scrm.core.manifest import Room, Rooms
from scrm.core.queue import registry
from scrm.core.queue.nouns import WorkFailure
from scrm.core.refers import Fate, member
from scrm.core.touches import Live, TopicTouch
from scrm.customers.file.room import ROOM as CUSTOMERS
from scrm.customers.groups.room import ROOM as GROUPS
from scrm.customers.identities.room import ROOM as IDENTITIES
from scrm.customers.links.room import ROOM as LINKS
from scrm.customers.shares.room import ROOM as SHARES
from scrm.customers.tags.room import ROOM as TAGS
from scrm.identity.room import ROOM as IDENTITY
from scrm.marketing.broadcasts.room import ROOM as BROADCASTS
from scrm.marketing.welcomes.room import ROOM as WELCOMES
from scrm.operations import pulse
from scrm.operations.room import ROOM as OPERATIONS
from scrm.shared.exports.room import ROOM as EXPORTS
from scrm.shared.jobs import registry as actions
from scrm.shared.jobs.room import ROOM as JOBS
from scrm.shared.notices import kind as notices
from scrm.shared.notices.models import Notice
from scrm.shared.notices.room import ROOM as NOTICES
from scrm.shared.ownership.room import ROOM as OWNERSHIP
from scrm.shared.records import catalogue
from scrm.shared.records.room import ROOM as RECORDS
from scrm.shared.timeline import source as timeline
from scrm.wecom import replies
from scrm.wecom.room import ROOM as WECOM
from scrm.wiring import ports
from scrm.wiring.listeners import FIRST, LISTENERS

ROOMS = Rooms(
    Room(
        name="core",
        queues=(outbox.QUEUE, clockwork.QUEUE),
        topics={"alarms": Live((Alarm, Notice)), "tasks": Live((outbox.OutboxRow, clockwork.ClockJob, WorkFailure))},
        refers=(member(TopicTouch.staff_id, leave=Fate.KEEP),),
    ),
    WECOM,
    IDENTITY,
    NOTICES,
    OWNERSHIP,
    RECORDS,
    EXPORTS,
    JOBS,
    CUSTOMERS,
    TAGS,
    IDENTITIES,
    LINKS,
    SHARES,
    GROUPS,
    ALERTS,
    HANDOVERS,
    ARCHIVE,
    RULES,
    WELCOMES,
    BROADCASTS,
    OPERATIONS,
)

APIS = [api for room in ROOMS for api in room.apis]
REPLIES = {taker.name: taker for room in ROOMS for taker in room.replies}

if forgotten := sorted(replies.DECLARED.keys() - REPLIES.keys()):
    raise RuntimeError(f"replies that are asked for and taken by nobody: {', '.join(forgotten)}")

# As a fact travels, so that one round carries it as far as it goes; what is not on this way comes after it.
_WAY = ("inbox", "outbox", "clock", "handovers", "broadcasts", "calls")
QUEUES = sorted(
    (queue for room in ROOMS for queue in room.queues),
    key=lambda queue: _WAY.index(queue.name) if queue.name in _WAY else len(_WAY),
)


def wire() -> None:
    """Connect the rooms of this process; safe to call again."""
    for event, name, handler in LISTENERS:
        outbox.listeners.listen(event, name, handler, first=name in FIRST)
    for queue in QUEUES:
        registry.register(queue)
    for room in ROOMS:
        _connect(room)
    catalogue.install((room.name, room.kinds, room.extends) for room in ROOMS)
    actions.install(action for room in ROOMS for action in room.actions)
    ports.fill()
    topics = [(name, live) for room in ROOMS for name, live in room.topics.items()]
    pulse.install(topics, open_alerts=alerts.open_count)


def _connect(room: Room) -> None:
    for taker in room.replies:
        replies.install(taker.name, taker)
    for parked in room.parked:
        registry.register_parked(parked)
    for kind, namer in room.names.items():
        naming.register(kind, namer)
    notices.register(room.notices)
    timeline.register(room.timeline)
    if room.relatives is not None:
        naming.register_relatives(room.relatives)
    for job in room.clock:
        clockwork.register(job)
