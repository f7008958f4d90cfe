"""What WeCom's callbacks say of contacts, tags, groups (page 92130), members (90970 to 90972) and the archive."""

import datetime as dt
from dataclasses import dataclass, field
from typing import ClassVar

from scrm.core.doorbell import Lane
from scrm.core.event import Event


@dataclass(frozen=True, kw_only=True)
class ContactEvent(Event):
    """Something happened between a staff member and an external contact, at ``event_at``.

    ``app`` received the callback, so it may see the staff member; other apps of the corp may not.
    """

    lane: ClassVar[Lane] = Lane.URGENT

    userid: str
    external_userid: str
    event_at: dt.datetime
    app: str

    @property
    def subject(self) -> str:
        return f"customer:{self.external_userid}"


@dataclass(frozen=True, kw_only=True)
class ContactAdded(ContactEvent):
    """The pair is in relation; with ``half`` the staff member has not confirmed yet.

    ``welcome_code`` lives 20 s from ``event_at`` and belongs to ``app``.
    """

    half: bool
    state: str
    welcome_code: str | None
    received_at: dt.datetime

    @property
    def hurried(self) -> bool:
        return self.welcome_code is not None


@dataclass(frozen=True, kw_only=True)
class ContactEdited(ContactEvent):
    """The staff member changed remark or tags; the new values must be fetched."""


@dataclass(frozen=True, kw_only=True)
class ContactDeletedByStaff(ContactEvent):
    """The staff member deleted the customer; with ``transfer`` it went to another member and is no loss."""

    transfer: bool


@dataclass(frozen=True, kw_only=True)
class ContactDeletedStaff(ContactEvent):
    """The customer deleted the staff member; a one-way relation remains at WeCom's."""


@dataclass(frozen=True, kw_only=True)
class TransferFailed(ContactEvent):
    """The member ``userid`` could not take the customer over: ``customer_refused`` or ``customer_limit_exceed``."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class CorpTagsChanged(Event):
    """Corp tags or their groups were created, renamed, deleted or reordered; the list must be fetched."""

    event_at: dt.datetime

    @property
    def subject(self) -> str:
        return "corp-tags"


@dataclass(frozen=True, kw_only=True)
class GroupChatChanged(Event):
    """A customer group was created or changed; with ``dismissed`` it is no more.

    ``members`` are those who came or went, members and customers alike. Versions are of the list of members; what the
    callback does not tell is empty or none.
    """

    chat_id: str
    dismissed: bool
    detail: str  # UpdateDetail: add_member, del_member, change_owner, change_name, change_notice, or empty
    event_at: dt.datetime
    created: bool = False
    members: list[str] = field(default_factory=list)
    count: int = 0  # of them; some may not be named
    join_scene: int | None = None  # 0 invited, 3 by QR code
    quit_scene: int | None = None  # 0 by oneself, 1 removed
    version: str = ""  # CurMemVer

    @property
    def subject(self) -> str:
        return f"group:{self.chat_id}"


@dataclass(frozen=True, kw_only=True)
class StaffChanged(Event):
    """A member was created or changed; in reduced mode only ids are known and the rest must be fetched.

    ``status`` is WeCom's number where the callback holds it (page 90970).
    """

    userid: str
    new_userid: str | None
    event_at: dt.datetime
    status: int | None = None

    @property
    def subject(self) -> str:
        return "directory"


@dataclass(frozen=True, kw_only=True)
class StaffDeleted(Event):
    """A member left the address book."""

    userid: str
    event_at: dt.datetime

    @property
    def subject(self) -> str:
        return "directory"


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged(Event):
    """A department was created, renamed or moved; with ``deleted`` it is no more."""

    department_id: int
    deleted: bool
    event_at: dt.datetime

    @property
    def subject(self) -> str:
        return "directory"


@dataclass(frozen=True, kw_only=True)
class MessagesWaiting(Event):
    """The archive has had traffic; a hint without content, at most one in fifteen seconds."""

    event_at: dt.datetime

    @property
    def subject(self) -> str:
        return "archive"
