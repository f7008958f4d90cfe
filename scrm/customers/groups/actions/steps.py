"""The joins and leaves of one person in one group, put in order from two sources that each tell half.

A callback tells exactly when and in what way, in any order, several times or never. An answer tells who is there and
since when, and may be some seconds old. Rows are made more exact in place; what neither tells but must have been (who
is gone has left, who joined twice left between) is a row of its own, until a callback says when.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scrm.core import clock
from scrm.customers.groups.models import EventKind, GroupEvent
from scrm.wecom.port.contacts import GroupChatMember

NEAR = dt.timedelta(seconds=3)  # between a callback's time and the ``join_time`` of the same change
OLD = dt.timedelta(seconds=10)  # an answer may show what was before; WeCom speaks of about two seconds
_JUST = dt.timedelta(seconds=1)

Make = Callable[..., GroupEvent]
_OTHER = {EventKind.MEMBER_JOINED: EventKind.MEMBER_LEFT, EventKind.MEMBER_LEFT: EventKind.MEMBER_JOINED}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a callback says of one person: ``scene`` is JoinScene or QuitScene by ``kind``, ``version`` CurMemVer."""

    kind: EventKind
    at: dt.datetime
    scene: int | None = None
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class Known:
    """The stay that the last answer showed."""

    type: int
    name: str
    joined_at: dt.datetime | None
    join_scene: int | None
    invitor: str | None


class Steps:
    """One person's ``rows``, oldest first; ``make`` gives a new one of a kind at a moment."""

    def __init__(self, rows: Sequence[GroupEvent], make: Make, known: Known | None) -> None:
        self.rows = sorted(rows, key=lambda row: row.at)
        self.new: list[GroupEvent] = []
        self._make = make
        self._known = known

    def tell(self, told: Told) -> None:
        """A callback; one that repeats what is known changes nothing."""
        alike = [row for row in self.rows if row.kind == told.kind]
        if any(row.told and abs(row.at - told.at) <= NEAR and _same(row.version, told.version) for row in alike):
            return
        row = _nearest([row for row in alike if not row.told], told.at)
        if row is None:
            row = self._add(told.kind, told.at)
        elif row.not_before is not None:
            row.at, row.not_before = told.at, None
        row.told, row.version = True, told.version or None
        if told.kind is EventKind.MEMBER_LEFT:
            row.quit_scene = told.scene
        elif row.join_scene is None:
            row.join_scene = told.scene
        self._complete()

    def see(self, member: GroupChatMember | None, *, at: dt.datetime, since: dt.datetime) -> None:
        """An answer that was asked for ``at``: the person as it shows them, or none; the log begins ``since``."""
        if member is not None:
            self._match(member, since)
        last = self._last()
        present = last.kind == EventKind.MEMBER_JOINED if last is not None else self._known is not None
        if present == (member is not None) or (last is None and member is not None):
            self._agree(member, at=at, since=since)
        elif last is not None and last.at > at - OLD:
            last.seen = False  # who is right is seen by the next answer
        elif last is not None:
            self._add(_OTHER[EventKind(last.kind)], at, not_before=last.at)
        else:
            begun = self._known.joined_at if self._known is not None else None
            self._add(EventKind.MEMBER_LEFT, at, not_before=begun or since)
        self._infer(since)
        for row in self.rows:
            if row.at <= at - OLD:
                row.seen = True
        self._complete()

    def _agree(self, member: GroupChatMember | None, *, at: dt.datetime, since: dt.datetime) -> None:
        """Answer and log agree, or the log does not say; somebody new without a time has come in between."""
        if not self.rows and self._known is None and member is not None and not member.join_time:
            self._add(EventKind.MEMBER_JOINED, at, not_before=since)
        for row in self.rows:
            row.seen = True

    def _match(self, member: GroupChatMember, since: dt.datetime) -> None:
        """The join that the answer dates; who was there when the log begins has none."""
        if not member.join_time:
            return
        at = clock.from_unix(member.join_time)
        row = _nearest([row for row in self.rows if row.kind == EventKind.MEMBER_JOINED], at)
        if row is None:
            if at <= since or self._is_known_since(at):
                return
            row = self._add(EventKind.MEMBER_JOINED, at)
        row.at, row.not_before, row.seen = at, None, True
        row.type, row.name = member.type, member.name or row.name
        row.join_scene = member.join_scene if member.join_scene is not None else row.join_scene
        row.invitor = member.invitor or row.invitor
        self._order()

    def _infer(self, since: dt.datetime) -> None:
        """Between two joins lies a leave, between two leaves a join, and before the first leave of a newcomer one."""
        if self.rows and self._known is None and _is_of_newcomer(self.rows[0], since):
            self._between(EventKind.MEMBER_JOINED, since, self.rows[0].at)
        start = self._known.joined_at if self._known is not None else None
        joined = [row for row in self.rows if row.kind == EventKind.MEMBER_JOINED]
        if start is not None and self.rows and _nearest(joined, start) is None:
            first = self.rows[0]
            if first.kind == EventKind.MEMBER_JOINED and start < first.at:
                self._between(EventKind.MEMBER_LEFT, start, first.at)
        for one, other in [*zip(self.rows, self.rows[1:], strict=False)]:
            if one.kind == other.kind and one.at < other.at:
                self._between(_OTHER[EventKind(one.kind)], one.at, other.at)

    def _between(self, kind: EventKind, start: dt.datetime, end: dt.datetime) -> None:
        self._add(kind, max(start + (end - start) / 2, end - _JUST), not_before=start)

    def _complete(self) -> None:
        """Each end of a stay says when and how the stay began."""
        begun: GroupEvent | None = None
        known = self._known
        for row in self.rows:
            if row.kind == EventKind.MEMBER_JOINED:
                begun = row
                continue
            if begun is not None:
                row.joined_at, row.join_scene, row.invitor = begun.at, begun.join_scene, begun.invitor
                row.type, row.name = row.type or begun.type, row.name or begun.name
            elif known is not None and known.joined_at is not None and known.joined_at < row.at:
                row.joined_at, row.join_scene, row.invitor = known.joined_at, known.join_scene, known.invitor
            begun, known = None, None

    def _add(self, kind: EventKind, at: dt.datetime, *, not_before: dt.datetime | None = None) -> GroupEvent:
        row = self._make(kind, at, not_before=not_before)
        if self._known is not None:
            row.type, row.name = self._known.type, self._known.name
        row.seen = not_before is not None
        self.new.append(row)
        self.rows.append(row)
        self._order()
        return row

    def _order(self) -> None:
        self.rows.sort(key=lambda row: row.at)

    def _last(self) -> GroupEvent | None:
        return self.rows[-1] if self.rows else None

    def _is_known_since(self, at: dt.datetime) -> bool:
        return self._known is not None and self._known.joined_at is not None and abs(self._known.joined_at - at) <= NEAR


def _is_of_newcomer(row: GroupEvent, since: dt.datetime) -> bool:
    """Whether somebody left of whom it is not known since when they were there: they came after the log began."""
    return row.kind == EventKind.MEMBER_LEFT and row.joined_at is None and row.at > since


def _nearest(rows: Sequence[GroupEvent], at: dt.datetime) -> GroupEvent | None:
    """The row that may be of this moment: of two the one whose time is closer."""
    near = [row for row in rows if (row.not_before or row.at) - NEAR <= at <= row.at + NEAR]
    return min(near, key=lambda row: (row.not_before is not None, abs(row.at - at)), default=None)


def _same(one: str | None, other: str) -> bool:
    """Whether two versions can be the same one; some callbacks tell none."""
    return not one or not other or one == other
