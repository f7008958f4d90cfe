"""Whether new customers are greeted, and with which words: nobody is until an administrator writes them."""

import re

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import alarms, audit, clock
from scrm.marketing.welcomes.errors import WelcomeEmpty, WelcomeTooLong, WelcomeVariableUnknown
from scrm.marketing.welcomes.models import WelcomePolicy
from scrm.wecom import cards

CUSTOMER, MEMBER = "{客户昵称}", "{员工姓名}"
MAX_BYTES = 4_000  # of the text (page 92137)
_NAME_BYTES = 64  # of a name that is put in
_VARIABLE = re.compile(r"\{[^{}]{1,20}\}")
_NOBODY = "您"  # where the customer's name is not known in time

OFF = alarms.kind(
    "welcome_off",
    zh="欢迎语已关闭：请在欢迎语页确认原来的内容后启用",
    en="Welcome messages are off; look at the former words on the page Welcome and switch them on",
    path="/welcome",
)


def policy(session: Session) -> WelcomePolicy:
    """What is set; without a row nobody is greeted."""
    row = session.get(WelcomePolicy, 1)
    return row or WelcomePolicy(id=1, enabled=False, text="", updated_at=None, updated_by=None)


def set_policy(session: Session, who: audit.Who, *, enabled: bool, text: str) -> WelcomePolicy:
    """Keep it, if it differs; raises `WelcomeEmpty`, `WelcomeTooLong` or `WelcomeVariableUnknown`."""
    if enabled and not text.strip():
        raise WelcomeEmpty()
    unknown = [name for name in _VARIABLE.findall(text) if name not in {CUSTOMER, MEMBER}]
    if unknown:
        raise WelcomeVariableUnknown(name=unknown[0])
    if len(filled(text, customer="名" * _NAME_BYTES, member="名" * _NAME_BYTES).encode()) > MAX_BYTES:
        raise WelcomeTooLong(bytes=MAX_BYTES)
    now = policy(session)
    if now.updated_at is not None and (now.enabled, now.text) == (enabled, text):
        return now
    values = {"id": 1, "enabled": enabled, "text": text, "updated_at": clock.now(), "updated_by": who.audit_name}
    statement = insert(WelcomePolicy).values(values)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
    alarms.clear(session, OFF)
    audit.record(session, who, "welcome.set", "welcome", {"enabled": enabled, "bytes": len(text.encode())})
    return session.scalars(select(WelcomePolicy).execution_options(populate_existing=True)).one()


def names_customer(text: str) -> bool:
    """Whether the words need the customer's name."""
    return CUSTOMER in text


def filled(text: str, *, customer: str, member: str) -> str:
    """The words with both names, which come from outside."""
    for variable, name in ((CUSTOMER, customer or _NOBODY), (MEMBER, member)):
        text = text.replace(variable, cards.words(name, limit=_NAME_BYTES))
    return text
