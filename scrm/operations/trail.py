"""The trail as pages and a table show it: what was done and what was read, in one order."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    LargeBinary,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from scrm.core import clock, naming
from scrm.core.audit import AuditEvent
from scrm.core.db import current_corp, transaction
from scrm.core.paging import TOTAL_CAP, Rows, decode_cursor, encode_cursor
from scrm.core.queue.rows import Condition
from scrm.core.reading import AGAIN, Reading
from scrm.core.sealing import SealBroken
from scrm.identity.actor import Actor
from scrm.operations import sentences
from scrm.operations.errors import ReadingNotFound
from scrm.operations.schemas import AuditQuery, AuditRow, ReadingDetail, Repetition, ThingName, TrailFilter, TrailWhat
from scrm.shared.exports.at_once.table import Row, Table
from scrm.wecom import corps

_EXPORTED = "%.exported"
_SIGN_INS = ("login.%", "logout.%")
_HEADS = ("时间", "操作人", "账号", "内容", "动作", "对象", "来源地址", "登录或令牌", "是否重复刷新", "拒绝原因")
_PART = 1_000  # rows of a table at a time

_Sides = tuple[Select[Any], Select[Any]]  # events and readings


def page(session: Session, query: AuditQuery) -> Rows[AuditRow]:
    """A page, newest first; repetitions of a reading are folded into it unless one asks for them."""
    place = decode_cursor(query.cursor, [dt.datetime, str, int]) if query.cursor else None
    sides = _sides(session, query, fold=not query.again)
    found = session.execute(_both(sides, place, query.limit + 1)).all()
    shown = found[: query.limit]
    more = len(found) > query.limit
    return Rows(
        items=rows(session, shown),
        total=min(total := _total(session, sides), TOTAL_CAP),
        total_capped=total > TOTAL_CAP,
        next_cursor=encode_cursor(_place(shown[-1])) if more else None,
    )


def rows(session: Session, found: Sequence[Any]) -> list[AuditRow]:
    """Rows of `_both` with their sentences."""
    names = naming.names(session, {one for row in found for one in sentences.things(row.actor, row.subject)})
    again = _again(session, [row.id for row in found if row.kind == "reading"])
    return [_row(row, names, again) for row in found]


def one(session: Session, reading_id: int) -> ReadingDetail:
    """A reading with whom it showed, its words, and when the page asked again; raises `ReadingNotFound`."""
    row = session.execute(_readings().where(Reading.id == reading_id)).first()
    if row is None:
        raise ReadingNotFound()
    repeated = session.execute(
        select(Reading.at, Reading.shown, Reading.about).where(Reading.first_id == reading_id).order_by(Reading.at)
    ).all()
    about = [*row.about, *(one for repetition in repeated for one in repetition.about)]
    names = naming.names(session, about)
    (said,) = rows(session, [row])
    return ReadingDetail(
        **said.model_dump(),
        words=_words(session, row.words),
        about=[ThingName(thing=one, name=names.get(one)) for one in dict.fromkeys(about)],
        repetitions=[Repetition(at=one.at, shown=one.shown, added=len(one.about)) for one in repeated],
    )


def table(actor: Actor, wanted: TrailFilter) -> Table:
    """All that matches, nothing folded."""
    return Table(name="audit.csv", heads=_HEADS, parts=_parts(actor, wanted))


def _parts(actor: Actor, wanted: TrailFilter) -> Iterator[Iterable[Row]]:
    """A part at a time, each in a transaction of its own."""
    place: list[Any] | None = None
    while True:
        with transaction(actor.corp) as session:
            found = session.execute(_both(_sides(session, wanted, fold=False), place, _PART)).all()
            lines = rows(session, found)
        yield (
            (
                row.at.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M:%S"),
                row.actor_name,
                row.actor,
                row.zh,
                row.verb,
                row.subject,
                row.address or "",
                row.session or "",
                "是" if row.repeats is not None else "",
                row.refused or "",
            )
            for row in lines
        )
        if len(found) < _PART:
            return
        place = _place(found[-1])


def _sides(session: Session, wanted: TrailFilter, *, fold: bool) -> _Sides:
    """What matches in both tables; what is about somebody beside themselves is looked up once."""
    things = [wanted.about, *naming.related(session, wanted.about)] if wanted.about else []
    return _events_of(wanted, things), _readings_of(wanted, things, fold=fold)


def _both(sides: _Sides, place: Sequence[Any] | None, limit: int) -> Select[Any]:
    """The newest of both tables after a place: each table gives as many as are wanted at most, by its own index."""
    parts = []
    columns = ((AuditEvent.at, AuditEvent.id, "event"), (Reading.at, Reading.id, "reading"))
    for query, (at, number, kind) in zip(sides, columns, strict=True):
        narrowed = query
        if place is not None:
            when, other, after = place
            same = number < after if kind == other else literal(kind < other)
            narrowed = query.where(at <= when, or_(at < when, same))
        parts.append(narrowed.order_by(at.desc(), number.desc()).limit(limit).subquery())
    both = union_all(*(select(part) for part in parts)).subquery()
    return select(both).order_by(both.c.at.desc(), both.c.kind.desc(), both.c.id.desc()).limit(limit)


def _total(session: Session, sides: _Sides) -> int:
    return sum(
        session.scalar(select(func.count()).select_from(side.limit(TOTAL_CAP + 1).subquery())) or 0 for side in sides
    )


def _events_of(wanted: TrailFilter, things: Sequence[str]) -> Select[Any]:
    query = select(
        literal("event").label("kind"),
        AuditEvent.id,
        AuditEvent.at,
        AuditEvent.actor,
        AuditEvent.verb,
        AuditEvent.subject,
        AuditEvent.facts,
        AuditEvent.address,
        AuditEvent.session,
        literal([], ARRAY(Text)).label("about"),
        cast(null(), Integer).label("shown"),
        cast(null(), BigInteger).label("first_id"),
        cast(null(), LargeBinary).label("words"),
        cast(null(), Text).label("refused"),
    ).where(*_common(AuditEvent, wanted))
    if wanted.about:
        query = query.where(_event_about(things))
    sign_in = or_(*(AuditEvent.verb.like(pattern) for pattern in _SIGN_INS))
    # Versions before 0.2 kept readings here.
    read = AuditEvent.verb.like("%.read") | (AuditEvent.verb == "customer.mobiles_revealed")
    conditions = {
        TrailWhat.READING: read,
        TrailWhat.EXPORT: AuditEvent.verb.like(_EXPORTED),
        TrailWhat.SIGN_IN: sign_in,
        TrailWhat.REFUSED: AuditEvent.verb.in_(["login.failed", "login.refused"]),
        TrailWhat.ACTION: ~read & ~sign_in & ~AuditEvent.verb.like(_EXPORTED),
    }
    return query.where(conditions[wanted.what]) if wanted.what is not None else query


def _readings() -> Select[Any]:
    return select(
        literal("reading").label("kind"),
        Reading.id,
        Reading.at,
        Reading.actor,
        Reading.verb,
        Reading.subject,
        Reading.facts,
        Reading.address,
        Reading.session,
        Reading.about,
        Reading.shown,
        Reading.first_id,
        Reading.words,
        Reading.refused,
    )


def _readings_of(wanted: TrailFilter, things: Sequence[str], *, fold: bool) -> Select[Any]:
    query = _readings().where(*_common(Reading, wanted))
    if wanted.about:
        query = query.where(or_(Reading.about.overlap(_own(things)), Reading.subject.in_(things)))
    elif fold:
        query = query.where(_not_folded(wanted.since))
    exported = Reading.verb.like(_EXPORTED)
    conditions = {
        TrailWhat.READING: Reading.refused.is_(None) & ~exported,
        TrailWhat.EXPORT: exported,
        TrailWhat.REFUSED: Reading.refused.is_not(None),
        TrailWhat.SIGN_IN: literal(value=False),
        TrailWhat.ACTION: literal(value=False),
    }
    return query.where(conditions[wanted.what]) if wanted.what is not None else query


def _not_folded(since: dt.datetime | None) -> Condition:
    """Not a repetition; or one whose first reading was before the time that is looked at."""
    if since is None:
        return Reading.first_id.is_(None)
    first = aliased(Reading)
    before = exists().where(first.id == Reading.first_id, first.at < since, first.at > since - 2 * AGAIN)
    return or_(Reading.first_id.is_(None), and_(Reading.at < since + AGAIN, before))


def _common(table: Any, wanted: TrailFilter) -> list[Condition]:
    conditions: list[Condition] = []
    if wanted.actor is not None:
        conditions.append(table.actor == wanted.actor)
    if wanted.since is not None:
        conditions.append(table.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(table.at < wanted.until)
    if wanted.q:
        sought = (table.verb, table.subject)
        conditions.append(or_(*(column.startswith(wanted.q, autoescape=True) for column in sought)))
    return conditions


def _own(things: Sequence[str]) -> list[str]:
    """Those that are the first by another name; not what is about it, such as a conversation."""
    kind, _, _ = things[0].partition(":")
    return [thing for thing in things if thing.startswith(f"{kind}:")]


def _event_about(things: Sequence[str]) -> Condition:
    """Subject, part of a subject, or named in the facts."""
    kind, _, _ = things[0].partition(":")
    own = _own(things)
    fact = {"customer": "external_userid", "staff": "userid"}.get(kind)
    names = [thing.partition(":")[2] for thing in own]
    named = AuditEvent.facts[fact].astext.in_(names) if fact is not None else literal(value=False)
    parts = (AuditEvent.subject.startswith(f"{thing}:", autoescape=True) for thing in own)
    return or_(AuditEvent.subject.in_(things), *parts, named)


def _again(session: Session, ids: Sequence[int]) -> Mapping[int, tuple[int, dt.datetime]]:
    """How often each reading was repeated, and when last."""
    query = select(Reading.first_id, func.count(), func.max(Reading.at)).where(Reading.first_id.in_(ids))
    return (
        {int(row[0] or 0): (row[1], row[2]) for row in session.execute(query.group_by(Reading.first_id))} if ids else {}
    )


def _row(row: Any, names: Mapping[str, str], again: Mapping[int, tuple[int, dt.datetime]]) -> AuditRow:
    zh, en = sentences.said(
        actor=row.actor,
        verb=row.verb,
        subject=row.subject,
        facts=row.facts,
        shown=row.shown,
        refused=row.refused,
        names=names,
    )
    times, last = again.get(row.id, (0, None)) if row.kind == "reading" else (0, None)
    return AuditRow(
        id=row.id,
        kind=row.kind,
        at=row.at,
        actor=row.actor,
        actor_name=sentences.who(row.actor, names, 0).strip("〈〉"),
        verb=row.verb,
        subject=row.subject,
        facts=row.facts,
        zh=zh,
        en=en,
        address=row.address,
        session=row.session,
        shown=row.shown,
        repeats=row.first_id,
        repeated=times,
        last_at=last,
        refused=row.refused,
    )


def _words(session: Session, sealed: bytes | None) -> str | None:
    if sealed is None:
        return None
    try:
        return corps.open_words(current_corp(session), sealed)
    except SealBroken:
        return None


def _place(row: Any) -> list[Any]:
    return [row.at, row.kind, row.id]
