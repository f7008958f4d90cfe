"""What a kind of happening on a customer's timeline is; one file each, in a folder of the room that tells it.

Of what rooms tell when they are asked, the kinds are in `scrm.shared.timeline.kinds`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Doer(StrEnum):
    """Who did it."""

    MEMBER = "member"  # the member that the entry names
    CUSTOMER = "customer"
    ACCOUNT = "account"  # somebody at the console, by the account's name
    WECOM = "wecom"
    SYSTEM = "system"


class SourceName(StrEnum):
    """Who tells: the customer file, or a room that is asked each time."""

    FILE = "file"
    BROADCASTS = "broadcasts"
    CHATS = "chats"
    ALERTS = "alerts"
    HANDOVERS = "handovers"
    GROUPS = "groups"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Something that happens to a customer, by the name that rows keep.

    The words go on after the member's name, and are true in every state. ``facts`` are those that an entry of it may
    tell: words to show, or a state whose words the console has. ``by`` did it, unless the entry names another.
    """

    name: str
    zh: str
    en: str
    by: Doer
    facts: tuple[str, ...] = ()
    source: SourceName = SourceName.FILE
