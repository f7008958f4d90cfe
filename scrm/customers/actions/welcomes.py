"""Welcome messages: one for one add of one pair, whichever apps reported it."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.doorbell import Lane
from scrm.customers.actions import timeline
from scrm.customers.models import Welcome, WelcomeState
from scrm.events.contact import ContactAdded
from scrm.identity.queries import staff_by_userid
from scrm.wecom import calls
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import Welcomes

CODE_LIFE = dt.timedelta(seconds=20)  # page 92137
_CODE_USED = 41051  # after a lost answer: by that very try
DEFAULT_TEXT = "您好，很高兴认识您！我是您的专属顾问，有任何问题都可以直接在这里联系我。"


def greet(session: Session, event: ContactAdded, *, customer_id: int) -> None:
    """Ask for the welcome message, unless another app's report of the same add has."""
    if event.welcome_code is None:
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
    calls.request(
        session,
        Welcomes.send_welcome,
        {"welcome_code": event.welcome_code, "text": DEFAULT_TEXT},
        subject=f"welcome:{welcome_id}",
        reply="customers.welcome_answered",
        context={"welcome_id": welcome_id},
        lane=Lane.URGENT,
        app=event.app,
        deadline=event.received_at + CODE_LIFE,
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
