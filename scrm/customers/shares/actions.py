"""Sharing a customer with a member, and taking it back."""

from sqlalchemy.orm import Session

from scrm.contracts.customers import RECORD, Hold, sights
from scrm.core import audit, clock
from scrm.core.db import lock_subject
from scrm.customers.shares.errors import MemberUnknown, ShareNotFound, SharePast, SharesFull, ShareWithYourself
from scrm.customers.shares.schemas import NewShare
from scrm.identity.actor import Actor
from scrm.identity.models import OUT
from scrm.identity.queries import staff_by_userid
from scrm.shared.ownership import shares

_MOST = 50  # members with whom one customer is shared


def add(session: Session, actor: Actor, name: str, body: NewShare) -> None:
    """Share, or change how it is shared; whoever has it shared cannot pass it on.

    Raises `CustomerNotFound`, `CustomerNotYours`, `MemberUnknown`, `ShareWithYourself`, `SharePast`, `SharesFull`.
    """
    customer = sights().seen(session, actor, name, Hold.OWN)
    staff = staff_by_userid(session, body.userid)
    if staff is None or staff.status in OUT:
        raise MemberUnknown(userid=body.userid)
    if actor.userid is not None and staff.userid.lower() == actor.userid.lower():
        raise ShareWithYourself()
    if body.until is not None and body.until <= clock.now():
        raise SharePast()
    subject = f"customer:{customer.customer_id}"
    lock_subject(session, f"shares of {subject}")
    stand = {share.staff_id for share in shares.shares_of(session, RECORD, customer.customer_id)}
    if staff.id not in stand and len(stand) >= _MOST:
        raise SharesFull(most=_MOST)
    shares.share(
        session,
        actor.audit_name,
        RECORD,
        customer.customer_id,
        staff_id=staff.id,
        level=body.level,
        until=body.until,
    )
    sights().touch(session, customer.customer_id)
    facts = {"userid": staff.userid, "level": body.level.value, "until": body.until and body.until.isoformat()}
    audit.record(session, actor, "customer.shared", subject, facts)


def remove(session: Session, actor: Actor, name: str, userid: str) -> None:
    """Take a share back; raises `CustomerNotFound`, `CustomerNotYours`, `ShareNotFound`."""
    customer = sights().seen(session, actor, name, Hold.OWN)
    staff = staff_by_userid(session, userid)
    sights().touch(session, customer.customer_id)  # while the member still sees it
    if staff is None or not shares.unshare(session, RECORD, customer.customer_id, staff.id):
        raise ShareNotFound()
    audit.record(session, actor, "customer.unshared", f"customer:{customer.customer_id}", {"userid": staff.userid})
