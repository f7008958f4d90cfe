"""Tables of customer groups and their members."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment
from scrm.core.search import Searched, indexes

TEXT_VERSION = 1  # raised when names are folded in another way; rows below it are derived anew


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
    updated_at: Mapped[dt.datetime] = moment()
    seen_in_sync: Mapped[int | None] = mapped_column(BigInteger)  # the last whole sync that asked after it


class GroupMember(CorpBase):
    """A member of a customer group; ``userid`` is a staff userid for type 1, an external_userid for type 2."""

    __tablename__ = "group_member"
    __table_args__ = (UniqueConstraint("group_chat_id", "userid"), Index("ix_group_member_userid", "userid"))

    id: Mapped[int] = identity_key()
    group_chat_id: Mapped[int] = mapped_column(ForeignKey("group_chat.id", ondelete="CASCADE"))
    userid: Mapped[str] = mapped_column(Text)
    type: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    join_scene: Mapped[int | None]
    joined_at: Mapped[dt.datetime | None] = moment()


constraints.handled("uq_group_chat_chat_id", "inserted on conflict")
constraints.handled(
    "uq_group_member_group_chat_id_userid", "replaced under the lock that the upsert of the group takes"
)
