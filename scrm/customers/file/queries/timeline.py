"""A customer's timeline: what the file keeps, merged with what other rooms tell when they are asked."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from scrm.core import numbers
from scrm.core.paging import TOTAL_CAP, decode_cursor, encode_cursor
from scrm.customers.file.models import TimelineEntry, TimelineSubject
from scrm.customers.file.queries.contacts import external_userids
from scrm.customers.file.queries.known import seen_of
from scrm.customers.file.queries.people import is_own, seen_customer
from scrm.customers.file.schemas import (
    TIMELINE_KINDS,
    TIMELINE_RECORDS,
    TimelineActor,
    TimelineOther,
    TimelinePage,
    TimelineQuery,
    TimelineReference,
    TimelineRow,
)
from scrm.identity.actor import Actor
from scrm.identity.models import Staff
from scrm.identity.queries import staff_by_ids, staff_by_userids
from scrm.shared.timeline import merging, source
from scrm.shared.timeline.kind import Doer, SourceName
from scrm.shared.timeline.merging import Cursor, Told
from scrm.shared.timeline.source import Asked, Happening, Source, Subject

_USER = "user:"  # with which the trail names accounts


def timeline_page(session: Session, actor: Actor, name: str, page: TimelineQuery) -> TimelinePage:
    """What happened, newest first; raises `CustomerNotFound` outside the data scope."""
    customer, seen = seen_customer(session, actor, name)
    followers = staff_by_ids(session, (relation.staff_id for relation in seen.relations))
    subject = Subject(
        customer_id=customer.id,
        external_userid=external_userids(session, [customer.id]).get(customer.id),
        members=seen.scope if seen.until is not None else None,
        until=seen.until,
        userids=frozenset(member.userid.lower() for member in followers.values()),
    )
    kinds = _kinds(page)
    names = [one for one in SourceName if one in (page.source or [SourceName.FILE])]
    asked = [one for one in names if kinds is None or any(TIMELINE_KINDS[kind].source is one for kind in kinds)]
    told = merging.tell(
        session,
        actor,
        subject,
        [source.of_name(one) for one in asked],
        before=_cursor(page),
        limit=page.limit,
        kinds=kinds,
    )
    total, capped = _total(session, subject, page, told, kinds, names)
    return TimelinePage(
        items=_rows(session, actor, told),
        total=total,
        total_capped=capped,
        next_cursor=encode_cursor([told.following.at.isoformat(), *told.following[1:]]) if told.following else None,
        failed=told.failed,
        gathering=told.gathering,
    )


def _kinds(page: TimelineQuery) -> frozenset[str] | None:
    if not page.q and not page.kinds:
        return None
    return frozenset(kind for kind in page.kinds or TIMELINE_KINDS if kind.startswith(page.q)) & TIMELINE_KINDS.keys()


def _cursor(page: TimelineQuery) -> Cursor | None:
    return Cursor(*decode_cursor(page.cursor, [dt.datetime, str, int])) if page.cursor else None


def _total(
    session: Session,
    subject: Subject,
    page: TimelineQuery,
    told: Told,
    kinds: frozenset[str] | None,
    names: Sequence[SourceName],
) -> tuple[int, bool]:
    """How many there are, exact of the file alone; of others what is shown, at least."""
    if page.cursor is None and told.following is None:
        return len(told.entries), False
    total = sum(name is not SourceName.FILE for name, _ in told.entries)
    if SourceName.FILE in names:
        further = select(TimelineSubject.entry_id).where(TimelineSubject.customer_id == subject.customer_id)
        about = or_(TimelineEntry.customer_id == subject.customer_id, TimelineEntry.id.in_(further))
        query = select(TimelineEntry.id).where(about, *_seen(subject, kinds)).limit(TOTAL_CAP + 1)
        total += session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return min(total, TOTAL_CAP), total > TOTAL_CAP or set(names) != {SourceName.FILE}


def _read(session: Session, actor: Actor, asked: Asked) -> Sequence[Happening]:  # noqa: ARG001
    """Entries of the customer's own, and those that are about them besides.

    Two reads, each in the order of an index: for one with an ``OR`` all entries of the customer would be sorted.
    """
    subject, before = asked.subject, tuple_(*asked.before)
    narrowed = select(TimelineEntry).where(*_seen(subject, asked.kinds)).limit(asked.limit)
    own = narrowed.where(
        TimelineEntry.customer_id == subject.customer_id, tuple_(TimelineEntry.at, TimelineEntry.id) < before
    ).order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
    further = (
        narrowed.join(TimelineSubject, TimelineSubject.entry_id == TimelineEntry.id)
        .where(
            TimelineSubject.customer_id == subject.customer_id,
            tuple_(TimelineSubject.at, TimelineSubject.entry_id) < before,
        )
        .order_by(TimelineSubject.at.desc(), TimelineSubject.entry_id.desc())
    )
    entries = [*session.scalars(own), *session.scalars(further)]
    also = _others(session, subject.customer_id, entries)
    return [_happening(entry, also.get(entry.id, [])) for entry in entries]


def _seen(subject: Subject, kinds: frozenset[str] | None) -> list[ColumnElement[bool]]:
    """What of entries the reader sees: while nobody of theirs follows any more, what was their own."""
    seen: list[ColumnElement[bool]] = []
    if subject.members is not None:
        seen.append(or_(TimelineEntry.staff_id.is_(None), TimelineEntry.staff_id.in_(subject.members)))
    if subject.until is not None:
        seen.append(TimelineEntry.at <= subject.until)
    if kinds is not None:
        seen.append(TimelineEntry.kind.in_(kinds))
    return seen


def _others(session: Session, customer_id: int, entries: Sequence[TimelineEntry]) -> dict[int, list[int]]:
    """By entry, the other customers that it is about."""
    rows = session.execute(
        select(TimelineSubject.entry_id, TimelineSubject.customer_id)
        .where(TimelineSubject.entry_id.in_([entry.id for entry in entries]))
        .order_by(TimelineSubject.customer_id)
    ).all()
    found: dict[int, list[int]] = defaultdict(list)
    owners = {entry.id: entry.customer_id for entry in entries}
    for entry, other in [*owners.items(), *((row.entry_id, row.customer_id) for row in rows)]:
        if other != customer_id:
            found[entry].append(other)
    return found


def _happening(entry: TimelineEntry, also: Sequence[int]) -> Happening:
    account = entry.actor.removeprefix(_USER) if entry.actor is not None and entry.actor.startswith(_USER) else None
    by = None if entry.actor is None else Doer.ACCOUNT if account is not None else Doer.SYSTEM
    return Happening(
        id=entry.id,
        kind=entry.kind,
        at=entry.at,
        staff_id=entry.staff_id,
        facts=entry.facts,
        by=by,
        account=account,
        reference=entry.reference,
        also=also,
    )


def _rows(session: Session, actor: Actor, told: Told) -> list[TimelineRow]:
    """Entries as they are shown: members by name, records where they may be opened, numbers of persons masked."""
    happenings = [happening for _, happening in told.entries]
    by_id = staff_by_ids(session, (one.staff_id for one in happenings if one.staff_id is not None))
    by_userid = staff_by_userids(session, (one.userid for one in happenings if one.staff_id is None and one.userid))
    opened = source.openable(session, actor, (one.reference for one in happenings if one.reference is not None))
    others = seen_of(session, actor, {number for one in happenings for number in one.also})

    def row(name: SourceName, one: Happening) -> TimelineRow:
        member = by_id.get(one.staff_id) if one.staff_id is not None else by_userid.get((one.userid or "").lower())
        facts = dict(one.facts)
        return TimelineRow(
            id=one.id,
            source=name,
            kind=one.kind,
            at=one.at,
            userid=member.userid if member is not None else None,
            staff_name=(member.name or member.userid) if member is not None else None,
            actor=_doer(one, member),
            reference=_reference(one.reference) if one.reference in opened else None,
            also=[TimelineOther(id=number, name=others[number].name) for number in one.also if number in others],
            facts=facts if member is not None and is_own(actor, member.userid) else numbers.masked_in(facts),
        )

    return [row(name, one) for name, one in told.entries]


def _doer(one: Happening, member: Staff | None) -> TimelineActor:
    kind = one.by or (TIMELINE_KINDS[one.kind].by if one.kind in TIMELINE_KINDS else Doer.SYSTEM)
    if kind is Doer.ACCOUNT:
        return TimelineActor(kind=kind, userid=None, name=one.account)
    if kind is Doer.MEMBER and one.by is None and member is not None:
        return TimelineActor(kind=kind, userid=member.userid, name=member.name or member.userid)
    return TimelineActor(kind=kind, userid=None, name=None)


def _reference(reference: str | None) -> TimelineReference | None:
    kind, _, number = (reference or "").partition(":")
    return TimelineReference(kind=kind, id=number) if kind in TIMELINE_RECORDS else None


SOURCE = Source(name=SourceName.FILE, read=_read)
