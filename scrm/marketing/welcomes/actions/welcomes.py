"""Welcome messages: one for one add of one pair, whichever apps reported it."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.contracts.callbacks import ContactAdded
from scrm.contracts.customers import entry
from scrm.contracts.welcomes import WelcomeEnded
from scrm.core import clock, outbox
from scrm.core.doorbell import Lane
from scrm.identity.queries import staff_by_userid
from scrm.marketing.welcomes.actions import policy as policies
from scrm.marketing.welcomes.models import Welcome, WelcomeState
from scrm.marketing.welcomes.replies import WELCOME_ANSWERED, WELCOME_NAMED, GreetingContext, WelcomeContext
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import Contact, Contacts, Welcomes

CODE_LIFE = dt.timedelta(seconds=20)  # page 92137
_CODE_USED = 41051  # after a lost answer: by that very try
NAMED_WITHIN = dt.timedelta(seconds=8)  # of those twenty, for asking the customer's name


def greet(session: Session, event: ContactAdded) -> None:
    """Ask for the welcome message, unless another app's report of the same add has, or nobody is greeted."""
    policy = policies.policy(session)
    if event.welcome_code is None or not policy.enabled:
        return
    welcome_id = session.scalars(
        insert(Welcome)
        .values(
            userid=event.userid.lower(),
            external_userid=event.external_userid,
            added_at=event.event_at,
            state=WelcomeState.WAITING.value,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["userid", "external_userid", "added_at"])
        .returning(Welcome.id)
    ).first()
    if welcome_id is None:
        return
    staff = staff_by_userid(session, event.userid)
    text = policies.filled(policy.text, customer=policies.CUSTOMER, member=staff.name if staff else "")
    context = GreetingContext(welcome_id, event.welcome_code, text, event.app, event.received_at + CODE_LIFE)
    if not policies.names_customer(policy.text):
        _send(session, context, text)
        return
    calls.request(
        session,
        ask(Contacts.get_contact, external_userid=event.external_userid).then(WELCOME_NAMED, context),
        subject=f"welcome:{welcome_id}",
        lane=Lane.URGENT,
        deadline=event.received_at + NAMED_WITHIN,
    )


def named(session: Session, outcome: Outcome[Contact], context: GreetingContext) -> None:
    """The customer's name has come, or has not in time: then the words do without."""
    contact: Contact | None = outcome.result if outcome.state is CallState.DONE else None
    name = (contact.info.name if contact is not None else None) or ""
    text = policies.filled(context.text, customer=name, member="")
    _send(session, context, text)


def _send(session: Session, context: GreetingContext, text: str) -> None:
    calls.request(
        session,
        ask(Welcomes.send_welcome, welcome_code=context.code, text=text).then(
            WELCOME_ANSWERED, WelcomeContext(context.welcome_id)
        ),
        subject=f"welcome:{context.welcome_id}",
        lane=Lane.URGENT,
        app=context.app,
        deadline=context.until,
    )


def answered(session: Session, outcome: Outcome[None], context: WelcomeContext) -> None:
    """Take WeCom's answer: sent, refused for good (41050, 41051), or too late."""
    welcome = session.scalars(select(Welcome).where(Welcome.id == context.welcome_id)).one()
    welcome.finished_at, welcome.errcode = clock.now(), outcome.errcode
    if outcome.state is CallState.DONE or (outcome.errcode == _CODE_USED and outcome.unanswered):
        welcome.state, welcome.errcode = WelcomeState.SENT, None
    elif outcome.state is CallState.EXPIRED:
        welcome.state = WelcomeState.EXPIRED
    else:
        welcome.state = WelcomeState.REFUSED
    welcome.customer_id = entry().enter(session, {welcome.external_userid: welcome.added_at})[welcome.external_userid]
    outbox.publish(
        session,
        WelcomeEnded(
            userid=welcome.userid,
            external_userid=welcome.external_userid,
            added_at=welcome.added_at,
            state=welcome.state,
            errcode=outcome.errcode,
            ended_at=welcome.finished_at,
        ),
    )
