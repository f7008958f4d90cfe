"""Whether new customers are greeted, and with which words: nobody is until an administrator writes them."""

import re

from pydantic import BaseModel
from sqlalchemy.orm import Session

from scrm.core import alarms, audit
from scrm.marketing.welcomes.errors import WelcomeEmpty, WelcomeTooLong, WelcomeVariableUnknown
from scrm.marketing.welcomes.models import WelcomePolicy
from scrm.shared.settings_of_corp import THE_ONE, Setting
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


class Greeting(BaseModel):
    """Whether new customers are greeted, and with which words; without a row nobody is."""

    enabled: bool = False
    text: str = ""


# Words of a former release stand there without a time until somebody saves them, as they are or changed.
POLICY = Setting(values=Greeting, table=WelcomePolicy, verb="welcome.set", subject="welcome", unset_is_default=False)


def policy(session: Session) -> WelcomePolicy:
    """What is set, by whom and when."""
    row = session.get(WelcomePolicy, THE_ONE)
    return row or WelcomePolicy(id=THE_ONE, **POLICY.read(None).model_dump(), updated_at=None, updated_by=None)


def set_policy(session: Session, who: audit.Who, *, enabled: bool, text: str) -> WelcomePolicy:
    """Keep it, if it differs; raises `WelcomeEmpty`, `WelcomeTooLong` or `WelcomeVariableUnknown`."""
    if enabled and not text.strip():
        raise WelcomeEmpty()
    unknown = [name for name in _VARIABLE.findall(text) if name not in {CUSTOMER, MEMBER}]
    if unknown:
        raise WelcomeVariableUnknown(name=unknown[0])
    if len(filled(text, customer="名" * _NAME_BYTES, member="名" * _NAME_BYTES).encode()) > MAX_BYTES:
        raise WelcomeTooLong(bytes=MAX_BYTES)
    facts = {"enabled": enabled, "bytes": len(text.encode())}
    wanted = Greeting(enabled=enabled, text=text)
    if POLICY.keep(session, who, wanted, facts=facts, updated_by=who.audit_name):
        alarms.clear(session, OFF)
    return policy(session)


def names_customer(text: str) -> bool:
    """Whether the words need the customer's name."""
    return CUSTOMER in text


def filled(text: str, *, customer: str, member: str) -> str:
    """The words with both names, which come from outside."""
    for variable, name in ((CUSTOMER, customer or _NOBODY), (MEMBER, member)):
        text = text.replace(variable, cards.words(name, limit=_NAME_BYTES))
    return text
