"""Welcome messages: one for one add of one pair, whichever apps reported it."""

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.doorbell import Lane
from scrm.customers.actions import timeline, welcome_policy
from scrm.customers.models import Welcome, WelcomeState
from scrm.events.contact import ContactAdded
from scrm.identity.queries import staff_by_userid
from scrm.wecom import calls
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import Contact, Contacts, Welcomes

CODE_LIFE = dt.timedelta(seconds=20)  # page 92137
_CODE_USED = 41051  # after a lost answer: by that very try
NAMED_WITHIN = dt.timedelta(seconds=8)  # of those twenty, for asking the customer's name


def greet(session: Session, event: ContactAdded, *, customer_id: int) -> None:
    """Ask for the welcome message, unless another app's report of the same add has, or nobody is greeted."""
    policy = welcome_policy.policy(session)
    if event.welcome_code is None or not policy.enabled:
        return
    welcome_id = session.scalars(
        insert(Welcome)
        .values(
            userid=event.userid.lower(),
            external_userid=event.external_userid,
            added_at=event.event_at,
            customer_id=customer_id,
            state=WelcomeState.WAITING.value,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["userid", "external_userid", "added_at"])
        .returning(Welcome.id)
    ).first()
    if welcome_id is None:
        return
    staff = staff_by_userid(session, event.userid)
    text = welcome_policy.filled(policy.text, customer=welcome_policy.CUSTOMER, member=staff.name if staff else "")
    context = {
        "welcome_id": welcome_id,
        "code": event.welcome_code,
        "text": text,
        "app": event.app,
        "until": (event.received_at + CODE_LIFE).isoformat(),
    }
    if not welcome_policy.names_customer(policy.text):
        _send(session, context, text)
        return
    calls.request(
        session,
        Contacts.get_contact,
        {"external_userid": event.external_userid},
        subject=f"welcome:{welcome_id}",
        reply="customers.welcome_named",
        context=context,
        lane=Lane.URGENT,
        deadline=event.received_at + NAMED_WITHIN,
    )


def named(session: Session, outcome: Outcome) -> None:
    """The customer's name has come, or has not in time: then the words do without."""
    contact: Contact | None = outcome.result if outcome.state is CallState.DONE else None
    name = (contact.info.name if contact is not None else None) or ""
    text = welcome_policy.filled(outcome.context["text"], customer=name, member="")
    _send(session, outcome.context, text)


def _send(session: Session, context: dict[str, Any], text: str) -> None:
    calls.request(
        session,
        Welcomes.send_welcome,
        {"welcome_code": context["code"], "text": text},
        subject=f"welcome:{context['welcome_id']}",
        reply="customers.welcome_answered",
        context={"welcome_id": context["welcome_id"]},
        lane=Lane.URGENT,
        app=context["app"],
        deadline=dt.datetime.fromisoformat(context["until"]),
    )


def answered(session: Session, outcome: Outcome) -> None:
    """Take WeCom's answer: sent, refused for good (41050, 41051), or too late."""
    welcome = session.scalars(select(Welcome).where(Welcome.id == outcome.context["welcome_id"])).one()
    welcome.finished_at, welcome.errcode = clock.now(), outcome.errcode
    if outcome.state is CallState.DONE or (outcome.errcode == _CODE_USED and outcome.unanswered):
        welcome.state, welcome.errcode = WelcomeState.SENT, None
    elif outcome.state is CallState.EXPIRED:
        welcome.state = WelcomeState.EXPIRED
    else:
        welcome.state = WelcomeState.REFUSED
    timeline.tell(
        session,
        f"welcome_{welcome.state}",
        customer_id=welcome.customer_id,
        staff_id=_staff_id(session, welcome),
        at=welcome.finished_at,
        key=timeline.pair_key("welcome", welcome.userid, welcome.external_userid, welcome.added_at),
        facts={"errcode": outcome.errcode} if outcome.errcode else {},
    )


def _staff_id(session: Session, welcome: Welcome) -> int | None:
    staff = staff_by_userid(session, welcome.userid)
    return staff.id if staff is not None else None
