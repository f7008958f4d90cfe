"""Fetched states of contacts: what WeCom lists decides, whatever callbacks said before it.

One path for a single fetch and for a page of a sync: a page of 100 pairs takes a handful of statements.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import FollowLost
from scrm.contracts.tags import tags
from scrm.core import audit, clock, outbox
from scrm.customers.file.actions import field_log, timeline
from scrm.customers.file.actions.derived import derive
from scrm.customers.file.actions.entering import Known, ensure_customers, ensure_relations, known_customers
from scrm.customers.file.models import (
    LIVE,
    Customer,
    FollowRelation,
    FollowStatus,
    TimelineEntry,
    WecomContact,
)
from scrm.customers.file.queries.contacts import external_userids
from scrm.identity.directory import ensure_staff
from scrm.identity.queries import staff_by_ids
from scrm.wecom.port.contacts import Contact, ContactInfo, ContactRow, FollowInfo

_INFO = ("avatar", "type", "gender", "unionid", "position", "corp_name", "corp_full_name")
_FOLLOW = (
    *("remark", "description", "remark_corp_name", "remark_mobiles", "add_way", "state", "oper_userid"),
    "personal_tags",
)

# As WeCom lists them: a customer who deleted the member leaves a one-way relation behind, which is still listed.
LISTED = LIVE | {FollowStatus.DELETED_BY_CUSTOMER}


def take_contact(session: Session, contact: Contact, *, asked_at: dt.datetime, run_id: int | None = None) -> None:
    """Take over one fetched customer: details, every follower's tags and remarks, and who follows no more."""
    rows = [ContactRow(info=contact.info, follow=follow) for follow in contact.follows]
    known, listed = _take(session, rows, asked_at=asked_at, run_id=run_id)
    external_userid = contact.info.external_userid
    if not rows:
        known = ensure_customers(session, {external_userid: asked_at})
        _take_info(session, known[external_userid], contact.info, asked_at=asked_at)
    customer = known[external_userid].customer
    _settle_ties(session, customer, listed[customer.id])
    _derive(session, known)


def take_nobody_follows(session: Session, external_userid: str, *, asked_at: dt.datetime) -> None:
    """WeCom knows no visible follower any more (84061)."""
    known = known_customers(session, [external_userid])
    for customer, contact in known.values():
        _settle_ties(session, customer, set())
        contact.fetched_at = asked_at
        _derive(session, known)


def take_rows(session: Session, rows: Iterable[ContactRow], *, asked_at: dt.datetime, run_id: int | None) -> None:
    """Upsert pairs as WeCom lists them."""
    known, _ = _take(session, rows, asked_at=asked_at, run_id=run_id)
    _derive(session, known)


def _take(
    session: Session, rows: Iterable[ContactRow], *, asked_at: dt.datetime, run_id: int | None
) -> tuple[dict[str, Known], dict[int, set[int]]]:
    """Customers by external_userid, nothing derived yet, and the staff ids listed for each customer id."""
    listed: dict[int, set[int]] = defaultdict(set)
    # In one order everywhere, so that two pages that meet the same customer do not wait crosswise.
    ordered = sorted(rows, key=lambda row: (row.info.external_userid, row.follow.userid))
    if not ordered:
        return {}, listed
    staff_ids = ensure_staff(session, [row.follow.userid for row in ordered])
    known = ensure_customers(session, {row.info.external_userid: _added_at(row.follow, asked_at) for row in ordered})
    pairs = {
        (known[row.info.external_userid].customer.id, staff_ids[row.follow.userid.lower()]): row.follow
        for row in ordered
    }
    by_id = {one.customer.id: one for one in known.values()}
    relations, fresh = _ensure_listed(session, pairs, by_id, asked_at)
    listed_tags = tags().listed(session, {tag for row in ordered for tag in row.follow.tag_ids or ()})
    for external_userid, info in {row.info.external_userid: row.info for row in ordered}.items():
        _take_info(session, known[external_userid], info, asked_at=asked_at)
    for (customer_id, staff_id), follow in pairs.items():
        relation = relations[customer_id, staff_id]
        if relation.contact_id is None:
            relation.contact_id = by_id[customer_id].contact.id
        listed[customer_id].add(staff_id)
        before, was = _shown(relation), _kept(relation)
        _take_follow(relation, follow, listed_tags, asked_at=asked_at)
        if run_id is not None:
            relation.seen_in_sync = run_id
        if (customer_id, staff_id) not in fresh:
            _log(session, relation, was, asked_at)
            if _shown(relation) != before:
                _tell_changes(session, relation, before)
    # The timeline of a pair begins with its add, also where no callback told of it.
    _tell_added(session, [(by_id[pair[0]].contact, relations[pair], pairs[pair].userid) for pair in sorted(fresh)])
    return known, listed


def _derive(session: Session, known: dict[str, Known]) -> None:
    contacts = {one.customer.id: one.contact for one in known.values()}
    derive(session, [one.customer for one in known.values()], contacts)


@dataclass(frozen=True)
class Listing:
    """What a whole sync has read of some members: their customers, all asked for after a moment."""

    run_id: int
    staff_ids: Sequence[int]
    began_at: dt.datetime


def unseen(session: Session, listing: Listing) -> list[str]:
    """Customers, by external_userid, whom these members should have and whom the listing did not meet."""
    missed = session.scalars(select(FollowRelation.customer_id).where(*_is_unseen(listing)))
    return [name for _, name in sorted(external_userids(session, set(missed)).items())]


def end_unseen(session: Session, listing: Listing, external_userid: str, *, at: dt.datetime) -> None:
    """Relations of this customer that the listing did not meet: staff deleted them, and no callback told of it."""
    known = known_customers(session, [external_userid])
    customer = known[external_userid].customer
    query = select(FollowRelation).where(FollowRelation.customer_id == customer.id, *_is_unseen(listing))
    gone = list(session.scalars(query))
    if not gone:
        return
    staff = staff_by_ids(session, [relation.staff_id for relation in gone])
    for relation in gone:
        relation.status, relation.status_at, relation.ended_at = FollowStatus.DELETED_BY_STAFF, at, at
    outbox.publish(
        session,
        *(
            FollowLost(
                customer_id=customer.id,
                staff_id=relation.staff_id,
                userid=staff[relation.staff_id].userid,
                external_userid=external_userid,
                by_staff=True,
                event_at=at,
                detected_by="sync",
            )
            for relation in gone
        ),
    )
    _derive(session, known)


def _is_unseen(listing: Listing) -> tuple[ColumnElement[bool], ...]:
    """True of live relations of these members, older than the question, that the listing did not meet."""
    return (
        FollowRelation.staff_id.in_(listing.staff_ids),
        FollowRelation.status == FollowStatus.ACTIVE,
        FollowRelation.status_at < listing.began_at,
        (FollowRelation.seen_in_sync.is_(None)) | (FollowRelation.seen_in_sync != listing.run_id),
    )


def _ensure_listed(
    session: Session, pairs: dict[tuple[int, int], FollowInfo], known: Mapping[int, Known], asked_at: dt.datetime
) -> tuple[dict[tuple[int, int], FollowRelation], set[tuple[int, int]]]:
    wanted = {}
    for pair, follow in pairs.items():
        added_at = _added_at(follow, asked_at)
        at = {"status_at": added_at, "added_at": added_at}
        wanted[pair] = {"contact_id": known[pair[0]].contact.id, "status": FollowStatus.ACTIVE.value, **at}
    return ensure_relations(session, wanted)


def _take_info(session: Session, known: Known, info: ContactInfo, *, asked_at: dt.datetime) -> None:
    customer, contact = known
    if contact.fetched_at is not None and contact.fetched_at > asked_at:
        return  # a page of a sync that was asked for before a fetch and taken over after it
    first, was = contact.fetched_at is None, {"name": customer.name, **_values(contact, _INFO)}
    contact.fetched_at = asked_at
    _take_told(customer, info, ("name",))
    _take_told(contact, info, _INFO)
    if not first:
        now = {"name": customer.name, **_values(contact, _INFO)}
        field_log.note(session, audit.WECOM, customer_id=customer.id, at=asked_at, before=was, after=now)


def _values(row: WecomContact | FollowRelation, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _kept(relation: FollowRelation) -> dict[str, Any]:
    """What the log of fields keeps of a relation: tags by our ids."""
    return _values(relation, (*_FOLLOW, "tag_ids"))


def _log(session: Session, relation: FollowRelation, was: dict[str, Any], at: dt.datetime) -> None:
    field_log.note(
        session,
        audit.WECOM,
        customer_id=relation.customer_id,
        staff_id=relation.staff_id,
        at=at,
        before=was,
        after=_kept(relation),
    )


def _take_told(
    row: Customer | WecomContact | FollowRelation, told: ContactInfo | FollowInfo, names: Sequence[str]
) -> None:
    """Take over what the answer tells; where it is silent, what is known stays."""
    for name in names:
        value = getattr(told, name)
        if value is not None:
            setattr(row, name, value)


def _take_follow(relation: FollowRelation, follow: FollowInfo, known: dict[str, int], *, asked_at: dt.datetime) -> None:
    """Tags that are not ``known`` are left out until the list of tags is fetched again."""
    if relation.asked_at is not None and relation.asked_at > asked_at:
        return
    relation.asked_at = asked_at
    added_at = _added_at(follow, asked_at)
    if follow.createtime and relation.status not in LISTED and relation.status_at.replace(microsecond=0) <= added_at:
        # Listed although we hold it for ended: the two have become friends again and no callback said so. WeCom tells
        # adds in whole seconds; when a sync found somebody gone, we know to less.
        relation.status, relation.status_at, relation.ended_at = FollowStatus.ACTIVE, added_at, None
    if relation.status == FollowStatus.HALF and relation.status_at <= asked_at:
        relation.status = FollowStatus.ACTIVE  # half relations are not listed, so it has been confirmed
    if follow.createtime:
        relation.added_at = added_at
    _take_told(relation, follow, _FOLLOW)
    if follow.tag_ids is not None:
        relation.tag_ids = sorted({known[tag] for tag in follow.tag_ids if tag in known})


def _settle_ties(session: Session, customer: Customer, listed: set[int]) -> None:
    """Between an add and a deletion of the same second, what WeCom lists decides.

    An unlisted relation without such a deletion is left alone: it may only have left the app's visible range. A whole
    sync, which knows whose customers it may see, finds deletions that no callback told.
    """
    query = select(FollowRelation).where(
        FollowRelation.customer_id == customer.id,
        FollowRelation.status.in_(LIVE),
        FollowRelation.staff_id.not_in(listed),
    )
    for relation in session.scalars(query).all():
        deleted = session.scalars(
            select(TimelineEntry.at)
            .where(
                TimelineEntry.customer_id == customer.id,
                TimelineEntry.staff_id == relation.staff_id,
                TimelineEntry.kind == FollowStatus.DELETED_BY_STAFF.value,
                TimelineEntry.at >= relation.status_at,
            )
            .order_by(TimelineEntry.at.desc())
            .limit(1)
        ).first()
        if deleted is not None:
            relation.status, relation.status_at, relation.ended_at = FollowStatus.DELETED_BY_STAFF, deleted, deleted


def _added_at(follow: FollowInfo, asked_at: dt.datetime) -> dt.datetime:
    return clock.from_unix(follow.createtime) if follow.createtime else asked_at


def _shown(relation: FollowRelation) -> tuple[str, tuple[int, ...], str]:
    return relation.remark, tuple(relation.tag_ids), relation.description


def _tell_added(session: Session, fresh: Sequence[tuple[WecomContact, FollowRelation, str]]) -> None:
    timeline.tell_all(
        session,
        [
            {
                "kind": "added",
                "customer_id": relation.customer_id,
                "staff_id": relation.staff_id,
                "at": relation.added_at,
                "key": timeline.pair_key("added", userid, contact.external_userid, relation.added_at),
                "facts": {},
            }
            for contact, relation, userid in fresh
        ],
    )


def _tell_changes(session: Session, relation: FollowRelation, before: tuple[str, tuple[int, ...], str]) -> None:
    """Put what a fetch found changed into the newest untold edit of this pair."""
    edit = session.scalars(
        select(TimelineEntry)
        .where(
            TimelineEntry.customer_id == relation.customer_id,
            TimelineEntry.staff_id == relation.staff_id,
            TimelineEntry.kind == "edited",
        )
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
        .limit(1)
    ).first()
    if edit is None or edit.facts:
        return
    after = _shown(relation)
    facts: dict[str, Any] = {}
    if after[0] != before[0]:
        facts["remark"] = after[0]
    if after[2] != before[2]:
        facts["description"] = after[2]
    for name, ids in (
        ("tags_added", set(after[1]) - set(before[1])),
        ("tags_removed", set(before[1]) - set(after[1])),
    ):
        if ids:
            facts[name] = tags().called(session, ids)
    edit.facts = facts
