"""What welcome messages ask of WeCom, and what they want back with the answer; the names are from before their room."""

import datetime as dt
from dataclasses import dataclass

from scrm.wecom.port.contacts import Contact
from scrm.wecom.replies import Reply


@dataclass(frozen=True)
class WelcomeContext:
    welcome_id: int


@dataclass(frozen=True)
class GreetingContext:
    """A welcome message whose text waits for the customer's name."""

    welcome_id: int
    code: str
    text: str
    app: str | None
    until: dt.datetime


WELCOME_ANSWERED = Reply[None, WelcomeContext]("customers.welcome_answered", WelcomeContext)
WELCOME_NAMED = Reply[Contact, GreetingContext]("customers.welcome_named", GreetingContext)
