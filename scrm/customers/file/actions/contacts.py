"""What callbacks say of a customer and a staff member: entered at once, confirmed by the state fetched after it.

Callbacks come twice, late and in any order, so each has a semantic key, an older one changes no status, and the fetched
state (`scrm.customers.file.actions.states`) decides the rest.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.contracts.callbacks import (
    ContactAdded,
    ContactDeletedByStaff,
    ContactDeletedStaff,
    ContactEdited,
    ContactEvent,
)
from scrm.contracts.customers import FollowLost
from scrm.contracts.welcomes import WelcomeEnded
from scrm.core import clock, outbox
from scrm.customers.file.actions import timeline, transfers
from scrm.customers.file.actions.derived import derive
from scrm.customers.file.actions.entering import ensure_customers, ensure_relations
from scrm.customers.file.models import LIVE, Customer, FollowRelation, FollowStatus, TimelineEntry, WecomContact
from scrm.customers.file.replies import CONTACT_FETCHED, ContactContext
from scrm.identity.directory import ensure_staff
from scrm.identity.queries import staff_by_userid
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.port.contacts import Contacts

_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def added(session: Session, event: ContactAdded) -> None:
    """A pair is in relation, half of it until the staff member confirms; the details are fetched."""
    kind = "half_added" if event.half else "added"
    if _told(session, event, kind):
        return
    status = FollowStatus.HALF if event.half else FollowStatus.ACTIVE
    relation = _relation(session, event, status=status)
    if event.event_at >= relation.status_at and not (event.half and relation.status == FollowStatus.ACTIVE):
        if relation.status not in LIVE:
            relation.added_at = event.event_at
        relation.status, relation.status_at, relation.ended_at = status, event.event_at, None
        relation.state = event.state or relation.state
    _tell(session, event, relation, kind, {"state": event.state})
    fetch(session, event.external_userid, app=event.app)


def edited(session: Session, event: ContactEdited) -> None:
    """The staff member changed remark or tags; what changed is known once it is fetched."""
    if not _told(session, event, "edited"):
        # An edit says nothing of how the two stand: a customer who left can be edited, so any other event decides.
        relation = _relation(session, event, status=FollowStatus.ACTIVE, status_at=_LONG_AGO)
        _tell(session, event, relation, "edited", {})
    # Told or not: remark and tags are two edits of one second.
    fetch(session, event.external_userid, app=event.app)


def deleted_by_staff(session: Session, event: ContactDeletedByStaff) -> None:
    """The staff member deleted the customer, or gave it away while employed, which is no loss."""
    status = FollowStatus.TRANSFERRED if event.transfer else FollowStatus.DELETED_BY_STAFF
    if _told(session, event, status.value):
        return
    relation = _ended(session, event, status)
    # WeCom's list of results may have told of the transfer first, to the second or not quite.
    listed = transfers.transferred_lately(session, relation.customer_id, relation.staff_id, event.event_at)
    if not event.transfer or not listed:
        _tell(session, event, relation, status.value, {})
    if not event.transfer:
        _lost(session, relation, event, by_staff=True)
    # The two may have become friends again in the same second; only the present state can tell.
    fetch(session, event.external_userid, app=event.app)


def deleted_by_customer(session: Session, event: ContactDeletedStaff) -> None:
    """The customer deleted the staff member."""
    if _told(session, event, FollowStatus.DELETED_BY_CUSTOMER.value):
        return
    relation = _ended(session, event, FollowStatus.DELETED_BY_CUSTOMER)
    _tell(session, event, relation, FollowStatus.DELETED_BY_CUSTOMER.value, {})
    _lost(session, relation, event, by_staff=False)


def welcomed(session: Session, event: WelcomeEnded) -> None:
    """WeCom has answered a welcome message, or it came too late."""
    customer, _ = ensure_customers(session, {event.external_userid: event.added_at})[event.external_userid]
    staff = staff_by_userid(session, event.userid)
    timeline.tell(
        session,
        f"welcome_{event.state}",
        customer_id=customer.id,
        staff_id=staff.id if staff is not None else None,
        at=event.ended_at,
        key=timeline.pair_key("welcome", event.userid, event.external_userid, event.added_at),
        facts={"errcode": event.errcode} if event.errcode else {},
    )


def fetch(session: Session, external_userid: str, *, app: str | None, sought: Sequence[str] = ()) -> None:
    """Ask for the present state with the credential of an app; one waiting request serves all who ask by the same.

    ``sought`` are tags for which the list of tags has been read already: they are not looked for once more.
    """
    context = ContactContext(external_userid, app, tuple(sought))
    asked = ask(Contacts.get_contact, external_userid=external_userid).then(CONTACT_FETCHED, context)
    subject, key = f"customer:{external_userid}", f"contact:{app}:{external_userid}"
    calls.read_again(session, asked, subject=subject, key=key, app=app)


class Held(NamedTuple):
    """A relation that an event is about, and whether it was heard of for the first time."""

    relation: FollowRelation
    customer: Customer
    contact: WecomContact
    fresh: bool


def _relation(
    session: Session, event: ContactEvent, *, status: FollowStatus, status_at: dt.datetime | None = None
) -> FollowRelation:
    relation, customer, contact, fresh = _held(session, event, status=status, status_at=status_at)
    if fresh:
        derive(session, [customer], {customer.id: contact})
    return relation


def _held(session: Session, event: ContactEvent, *, status: FollowStatus, status_at: dt.datetime | None = None) -> Held:
    customer, contact = ensure_customers(session, {event.external_userid: event.event_at})[event.external_userid]
    staff_id = ensure_staff(session, [event.userid])[event.userid.lower()]
    pair = (customer.id, staff_id)
    # A relation first heard of by an edit or an end began before it; WeCom will say when.
    values = {
        "contact_id": contact.id,
        "status": status.value,
        "added_at": event.event_at,
        "status_at": status_at or event.event_at,
    }
    relations, fresh = ensure_relations(session, {pair: values})
    customer.updated_at = clock.now()
    return Held(relations[pair], customer, contact, bool(fresh))


def _ended(session: Session, event: ContactEvent, status: FollowStatus) -> FollowRelation:
    relation, customer, contact, _ = _held(session, event, status=status)
    if event.event_at >= relation.status_at:
        relation.status, relation.status_at = status, event.event_at
        relation.ended_at = event.event_at
    elif relation.status == FollowStatus.DELETED_BY_STAFF and status is FollowStatus.TRANSFERRED:
        relation.status = status  # found gone by a fetch before the callback that says why
    derive(session, [customer], {customer.id: contact})
    return relation


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


def _told(session: Session, event: ContactEvent, kind: str) -> bool:
    """Whether this has been told and done already: the same event through another app, or once more."""
    key = timeline.pair_key(kind, event.userid, event.external_userid, event.event_at)
    return session.scalars(select(TimelineEntry.id).where(TimelineEntry.key == key)).first() is not None


def _tell(session: Session, event: ContactEvent, relation: FollowRelation, kind: str, facts: dict[str, Any]) -> None:
    timeline.tell(
        session,
        kind,
        customer_id=relation.customer_id,
        staff_id=relation.staff_id,
        at=event.event_at,
        key=timeline.pair_key(kind, event.userid, event.external_userid, event.event_at),
        facts={name: value for name, value in facts.items() if value},
    )
