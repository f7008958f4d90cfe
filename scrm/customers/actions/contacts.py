"""Customers and follow relations: what callbacks say, and what fetched states decide.

A callback enters the fact at once (people, timeline, status by event time); the state fetched after it decides the
rest, because callbacks come twice, late and in any order.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock, outbox
from scrm.core.doorbell import Lane
from scrm.customers.actions import timeline
from scrm.customers.actions.people import derive, tag_ids_of, tag_names
from scrm.customers.models import Customer, FollowRelation, FollowStatus, TimelineEntry
from scrm.events.contact import ContactAdded, ContactDeletedByStaff, ContactDeletedStaff, ContactEdited, ContactEvent
from scrm.events.follow import FollowLost
from scrm.identity.directory import ensure_staff
from scrm.identity.queries import staff_by_ids
from scrm.wecom import calls
from scrm.wecom.port.contacts import Contact, ContactInfo, Contacts, FollowInfo

LIVE = frozenset({FollowStatus.ACTIVE, FollowStatus.HALF})
# As WeCom lists them: a customer who deleted the member leaves a one-way relation behind, which is still listed.
LISTED = LIVE | {FollowStatus.DELETED_BY_CUSTOMER}


def added(session: Session, event: ContactAdded) -> FollowRelation:
    """A pair is in relation (half of it until the staff member confirms); the details are fetched."""
    status = FollowStatus.HALF if event.half else FollowStatus.ACTIVE
    relation = _relation(session, event, status=status)
    if event.event_at >= relation.status_at and not (event.half and relation.status == FollowStatus.ACTIVE):
        if relation.status not in LIVE:
            relation.added_at = event.event_at
        relation.status, relation.status_at, relation.ended_at = status, event.event_at, None
        relation.state = event.state or relation.state
    _tell(session, event, relation, "half_added" if event.half else "added", {"state": event.state})
    fetch(session, event.external_userid)
    return relation


def edited(session: Session, event: ContactEdited) -> None:
    """The staff member changed remark or tags; what changed is known once it is fetched."""
    relation = _relation(session, event, status=FollowStatus.ACTIVE)
    _tell(session, event, relation, "edited", {})
    fetch(session, event.external_userid)


def deleted_by_staff(session: Session, event: ContactDeletedByStaff) -> None:
    """The staff member deleted the customer, or gave it away while employed, which is no loss."""
    status = FollowStatus.TRANSFERRED if event.transfer else FollowStatus.DELETED_BY_STAFF
    relation = _ended(session, event, status)
    _tell(session, event, relation, status.value, {})
    if not event.transfer:
        _lost(session, relation, event, by_staff=True)
    # The two may have become friends again in the same second; only the present state can tell.
    fetch(session, event.external_userid)


def deleted_by_customer(session: Session, event: ContactDeletedStaff) -> None:
    """The customer deleted the staff member."""
    relation = _ended(session, event, FollowStatus.DELETED_BY_CUSTOMER)
    _tell(session, event, relation, FollowStatus.DELETED_BY_CUSTOMER.value, {})
    _lost(session, relation, event, by_staff=False)


def fetch(
    session: Session, external_userid: str, *, lane: Lane = Lane.DEFAULT, again: bool = False
) -> None:
    """Ask for the present state; one waiting request serves all who ask. ``again`` marks the second of its kind."""
    calls.request(
        session,
        Contacts.get_contact,
        {"external_userid": external_userid},
        subject=f"customer:{external_userid}",
        key=f"contact:{external_userid}",
        reply="customers.contact_fetched",
        context={"external_userid": external_userid, "again": again},
        lane=lane,
    )


def take_contact(session: Session, contact: Contact, *, asked_at: dt.datetime) -> None:
    """Take over a fetched state: details, tags and remarks of every follower, and who follows no more."""
    customer = take_info(session, contact.info)
    staff_ids = ensure_staff(session, [follow.userid for follow in contact.follows])
    listed: set[int] = set()
    for follow in contact.follows:
        staff_id = staff_ids[follow.userid.lower()]
        listed.add(staff_id)
        take_follow(session, customer, follow, staff_id=staff_id, asked_at=asked_at, run_id=None)
    _end_unlisted(session, customer, listed, asked_at=asked_at)
    customer.fetched_at = asked_at
    derive(session, customer)


def take_nobody_follows(session: Session, external_userid: str, *, asked_at: dt.datetime) -> None:
    """WeCom knows no visible follower any more (84061): whoever was listed has been removed by staff."""
    customer = session.scalars(select(Customer).where(Customer.external_userid == external_userid)).first()
    if customer is not None:
        _end_unlisted(session, customer, set(), asked_at=asked_at)
        customer.fetched_at = asked_at
        derive(session, customer)


def take_info(session: Session, info: ContactInfo) -> Customer:
    """Upsert the customer's own details."""
    customer = ensure_customer(session, info.external_userid, first_added_at=clock.now())
    customer.name = info.name
    customer.avatar = info.avatar
    customer.type = info.type
    customer.gender = info.gender
    customer.unionid = info.unionid or customer.unionid
    customer.position = info.position
    customer.corp_name = info.corp_name
    customer.corp_full_name = info.corp_full_name
    return customer


def take_follow(
    session: Session,
    customer: Customer,
    follow: FollowInfo,
    *,
    staff_id: int,
    asked_at: dt.datetime,
    run_id: int | None,
) -> FollowRelation:
    """Upsert one relation as WeCom lists it; an end that is known to be newer than the question stays."""
    added_at = clock.from_unix(follow.createtime) if follow.createtime else asked_at
    relation = ensure_relation(
        session, customer.id, staff_id, status=FollowStatus.ACTIVE, added_at=added_at, status_at=added_at
    )
    before = _shown(relation)
    if relation.status not in LISTED and relation.status_at < added_at:
        # Listed although we hold it for ended: the two have become friends again and no callback said so.
        relation.status, relation.status_at, relation.ended_at = FollowStatus.ACTIVE, added_at, None
    if relation.status == FollowStatus.HALF and relation.status_at <= asked_at:
        relation.status = FollowStatus.ACTIVE  # half relations are not listed, so it has been confirmed
    relation.added_at = added_at
    relation.remark, relation.description = follow.remark, follow.description
    relation.remark_corp_name, relation.remark_mobiles = follow.remark_corp_name, follow.remark_mobiles
    relation.add_way, relation.state = follow.add_way, follow.state
    relation.oper_userid = follow.oper_userid
    relation.tag_ids = tag_ids_of(session, follow.tag_ids)
    if follow.personal_tags is not None:
        relation.personal_tags = follow.personal_tags
    if run_id is not None:
        relation.seen_in_sync = run_id
    _tell_changes(session, relation, before)
    return relation


def ensure_customer(session: Session, external_userid: str, *, first_added_at: dt.datetime) -> Customer:
    """The customer's row, made with its id alone if nobody has heard of it."""
    now = clock.now()
    session.execute(
        insert(Customer)
        .values(
            external_userid=external_userid,
            name="",
            avatar="",
            gender=0,
            position="",
            corp_name="",
            corp_full_name="",
            first_added_at=first_added_at,
            updated_at=now,
            tag_ids=[],
            search_text=external_userid.lower(),
            bigrams=[],
        )
        .on_conflict_do_nothing(index_elements=["external_userid"])
    )
    return session.scalars(select(Customer).where(Customer.external_userid == external_userid)).one()


def ensure_relation(
    session: Session,
    customer_id: int,
    staff_id: int,
    *,
    status: FollowStatus,
    added_at: dt.datetime,
    status_at: dt.datetime,
) -> FollowRelation:
    session.execute(
        insert(FollowRelation)
        .values(
            customer_id=customer_id,
            staff_id=staff_id,
            status=status.value,
            status_at=status_at,
            remark="",
            description="",
            remark_corp_name="",
            remark_mobiles=[],
            state="",
            oper_userid="",
            tag_ids=[],
            personal_tags=[],
            added_at=added_at,
        )
        .on_conflict_do_nothing(index_elements=["customer_id", "staff_id"])
    )
    query = select(FollowRelation).where(
        FollowRelation.customer_id == customer_id, FollowRelation.staff_id == staff_id
    )
    return session.scalars(query).one()


def end_unseen(session: Session, relation: FollowRelation, customer: Customer, *, at: dt.datetime, by: str) -> None:
    """A relation that WeCom lists no more, found without a callback: the staff member must have deleted it."""
    relation.status, relation.status_at, relation.ended_at = FollowStatus.DELETED_BY_STAFF, at, at
    userid = _userid(session, relation.staff_id)
    outbox.publish(
        session,
        FollowLost(
            customer_id=customer.id,
            staff_id=relation.staff_id,
            userid=userid,
            external_userid=customer.external_userid,
            by_staff=True,
            event_at=at,
            detected_by=by,
        ),
    )


def _relation(session: Session, event: ContactEvent, *, status: FollowStatus) -> FollowRelation:
    customer = ensure_customer(session, event.external_userid, first_added_at=event.event_at)
    staff_id = ensure_staff(session, [event.userid])[event.userid.lower()]
    # A relation first heard of by an edit or an end began before it; WeCom will say when.
    relation = ensure_relation(
        session, customer.id, staff_id, status=status, added_at=event.event_at, status_at=event.event_at
    )
    customer.updated_at = clock.now()
    return relation


def _ended(session: Session, event: ContactEvent, status: FollowStatus) -> FollowRelation:
    relation = _relation(session, event, status=status)
    if event.event_at >= relation.status_at:
        relation.status, relation.status_at = status, event.event_at
        relation.ended_at = event.event_at
    elif relation.status == FollowStatus.DELETED_BY_STAFF and status is not relation.status:
        relation.status = status  # found gone by a fetch before the callback that says why
    customer = session.get_one(Customer, relation.customer_id)
    session.flush()
    derive(session, customer)
    return relation


def _end_unlisted(session: Session, customer: Customer, listed: set[int], *, asked_at: dt.datetime) -> None:
    query = select(FollowRelation).where(
        FollowRelation.customer_id == customer.id,
        FollowRelation.status.in_([FollowStatus.ACTIVE, FollowStatus.DELETED_BY_CUSTOMER]),
        FollowRelation.status_at < asked_at,
        FollowRelation.staff_id.not_in(listed),
    )
    for relation in session.scalars(query):
        if relation.status == FollowStatus.ACTIVE:
            end_unseen(session, relation, customer, at=asked_at, by="fetch")
        else:
            relation.status = FollowStatus.DELETED_BY_CUSTOMER  # both sides are gone; the first end was told


def _lost(session: Session, relation: FollowRelation, event: ContactEvent, *, by_staff: bool) -> None:
    outbox.publish(
        session,
        FollowLost(
            customer_id=relation.customer_id,
            staff_id=relation.staff_id,
            userid=event.userid,
            external_userid=event.external_userid,
            by_staff=by_staff,
            event_at=event.event_at,
            detected_by="callback",
        ),
    )


def _tell(
    session: Session, event: ContactEvent, relation: FollowRelation, kind: str, facts: dict[str, Any]
) -> None:
    timeline.tell(
        session,
        kind,
        customer_id=relation.customer_id,
        staff_id=relation.staff_id,
        at=event.event_at,
        key=timeline.pair_key(kind, event.userid, event.external_userid, event.event_at),
        facts={name: value for name, value in facts.items() if value},
    )


def _shown(relation: FollowRelation) -> tuple[str, list[int], str]:
    return relation.remark, sorted(relation.tag_ids), relation.description


def _tell_changes(session: Session, relation: FollowRelation, before: tuple[str, list[int], str]) -> None:
    """Put what a fetch found changed into the newest untold edit of this pair."""
    after = _shown(relation)
    if after == before:
        return
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
    facts: dict[str, Any] = {}
    if after[0] != before[0]:
        facts["remark"] = after[0]
    if after[2] != before[2]:
        facts["description"] = after[2]
    facts.update(_tag_changes(session, set(before[1]), set(after[1])))
    edit.facts = facts


def _tag_changes(session: Session, before: set[int], after: set[int]) -> dict[str, list[str]]:
    changes = {"tags_added": tag_names(session, after - before), "tags_removed": tag_names(session, before - after)}
    return {name: names for name, names in changes.items() if names}


def _userid(session: Session, staff_id: int) -> str:
    return staff_by_ids(session, [staff_id])[staff_id].userid


def unseen(
    session: Session, run_id: int, staff_ids: Iterable[int], *, asked_before: dt.datetime
) -> list[FollowRelation]:
    """Live relations of these members, older than the question, that a whole sync did not meet."""
    query = select(FollowRelation).where(
        FollowRelation.staff_id.in_(list(staff_ids)),
        FollowRelation.status == FollowStatus.ACTIVE,
        FollowRelation.status_at < asked_before,
        (FollowRelation.seen_in_sync.is_(None)) | (FollowRelation.seen_in_sync != run_id),
    )
    return list(session.scalars(query))
