"""Tables of customer groups, their members, and what happened in them."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment
from scrm.core.search import Searched, indexes

TEXT_VERSION = 2  # raised when names are folded in another way; rows below it are derived anew


class GroupChat(Searched, CorpBase):
    """A customer group (客户群)."""

    __tablename__ = "group_chat"
    __table_args__ = indexes("group_chat", TEXT_VERSION)

    id: Mapped[int] = identity_key()
    chat_id: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    owner_userid: Mapped[str] = mapped_column(Text)
    notice: Mapped[str] = mapped_column(Text)
    status: Mapped[int]  # 0 normal, 1 owner resigned, 2 being inherited, 3 inherited (page 92120)
    created_at: Mapped[dt.datetime | None] = moment()
    member_version: Mapped[str] = mapped_column(Text)
    dismissed_at: Mapped[dt.datetime | None] = moment()
    vanished_at: Mapped[dt.datetime | None] = moment()  # a sync found it gone, which is all that is known
    updated_at: Mapped[dt.datetime] = moment()
    seen_in_sync: Mapped[int | None] = mapped_column(BigInteger)  # the last whole sync that asked after it


class GroupMember(CorpBase):
    """Who is in a customer group; ``userid`` is a staff userid for type 1, an external_userid for type 2.

    A stay that has ended stands in `GroupEvent`, in the row of its end.
    """

    __tablename__ = "group_member"
    __table_args__ = (UniqueConstraint("group_chat_id", "userid"), Index("ix_group_member_userid", "userid"))

    id: Mapped[int] = identity_key()
    group_chat_id: Mapped[int] = mapped_column(ForeignKey("group_chat.id", ondelete="CASCADE"))
    userid: Mapped[str] = mapped_column(Text)
    type: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    join_scene: Mapped[int | None]
    joined_at: Mapped[dt.datetime | None] = moment()
    invitor: Mapped[str | None] = mapped_column(Text)  # userid; only members of the corp are named


class EventKind(StrEnum):
    """What happens to a group."""

    CREATED = "created"
    RENAMED = "renamed"
    NOTICE_CHANGED = "notice_changed"
    MEMBER_JOINED = "member_joined"
    MEMBER_LEFT = "member_left"
    OWNER_CHANGED = "owner_changed"
    ADMIN_ADDED = "admin_added"
    ADMIN_REMOVED = "admin_removed"
    DISMISSED = "dismissed"
    VANISHED = "vanished"
    CAME_BACK = "came_back"


STEPS = (EventKind.MEMBER_JOINED, EventKind.MEMBER_LEFT)  # whose numbers make the days


class GroupEvent(CorpBase):
    """Something that happened in a group, once however often it was told; rows are made more exact, never removed.

    ``at`` is when; where only a reading found it, it lies between ``not_before`` and ``at``. ``told``: by a callback.
    ``seen``: a reading since then agrees with it. One that ends a stay holds the whole stay: from ``joined_at`` to
    ``at``.
    """

    __tablename__ = "group_event"
    __table_args__ = (
        Index("ix_group_event_chat_id_at", "chat_id", "at", "id"),
        Index("ix_group_event_member", "userid", "chat_id", postgresql_where=text("userid IS NOT NULL")),
        Index("ix_group_event_unseen", "chat_id", postgresql_where=text("NOT seen")),
    )

    id: Mapped[int] = identity_key()
    chat_id: Mapped[str] = mapped_column(Text)  # a callback may tell of a group that has not been read yet
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = moment()
    not_before: Mapped[dt.datetime | None] = moment()  # none: ``at`` is exact
    userid: Mapped[str | None] = mapped_column(Text)  # who came, went, or became or was an administrator
    type: Mapped[int | None]
    name: Mapped[str] = mapped_column(Text)  # of this person in the group
    join_scene: Mapped[int | None]  # 0 invited in a way not told, 1 directly, 2 by a link, 3 by QR code (92122, 92130)
    invitor: Mapped[str | None] = mapped_column(Text)
    joined_at: Mapped[dt.datetime | None] = moment()  # of a stay that ended
    quit_scene: Mapped[int | None]  # 0 by oneself, 1 removed (92130); told by callbacks alone
    before: Mapped[str | None] = mapped_column(Text)  # name, notice or owner; none where it is not known
    after: Mapped[str | None] = mapped_column(Text)
    told: Mapped[bool]
    seen: Mapped[bool]
    version: Mapped[str | None] = mapped_column(Text)  # CurMemVer
    noted_at: Mapped[dt.datetime] = moment()


class GroupLog(CorpBase):
    """How far the log and the days of a group are: the log is whole from ``since`` on."""

    __tablename__ = "group_log"
    __table_args__ = (Index("ix_group_log_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),)

    id: Mapped[int] = mapped_column(
        ForeignKey("group_chat.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    since: Mapped[dt.datetime] = moment()
    read_at: Mapped[dt.datetime] = moment()  # when the newest answer that changed something had been asked for
    admins: Mapped[list[str] | None] = mapped_column(ARRAY(Text))  # none: no answer has told them yet
    hints: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # what callbacks counted without naming whom
    counted_to: Mapped[dt.date | None]  # the last day that was counted whole
    due_at: Mapped[dt.datetime | None] = moment()  # when the next day can be; none for a group that is no more


class GroupDay(CorpBase):
    """A group on one day, China's: who was in it at its end, who came and went, how many of them wrote."""

    __tablename__ = "group_day"

    group_chat_id: Mapped[int] = mapped_column(ForeignKey("group_chat.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    members: Mapped[int]
    came: Mapped[int]
    went: Mapped[int]
    active: Mapped[int | None]  # none where no chat is archived, or not yet


constraints.handled("uq_group_chat_chat_id", "written under the lock on the group")
constraints.handled("uq_group_member_group_chat_id_userid", "written under the lock on the group")
constraints.handled("pk_group_log", "written under the lock on the group")
constraints.handled("pk_group_day", "written under the lock on the group")
