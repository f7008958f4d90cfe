"""Archived messages and the conversations they belong to."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment


class ConversationKind(StrEnum):
    CUSTOMER = "customer"  # a member and an external contact
    INTERNAL = "internal"  # two members
    GROUP = "group"
    OTHER = "other"  # records that belong to no chat


class Conversation(CorpBase):
    """Who talks with whom; counts and the last message are kept along, so that a list reads one row each."""

    __tablename__ = "conversation"
    __table_args__ = (Index("ix_conversation_last_at", "last_at", "id"),)

    id: Mapped[int] = identity_key()
    key: Mapped[str] = mapped_column(Text, unique=True)  # single:<a>|<b>, room:<roomid>
    kind: Mapped[str] = mapped_column(Text)
    userid: Mapped[str | None] = mapped_column(Text)  # folded; of a single chat, the member
    peer: Mapped[str | None] = mapped_column(Text)  # the other: external_userid, or folded userid
    roomid: Mapped[str | None] = mapped_column(Text, index=True)
    messages: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[dt.datetime] = moment()
    last_at: Mapped[dt.datetime] = moment()
    last_sender: Mapped[str] = mapped_column(Text)
    last_type: Mapped[str] = mapped_column(Text)
    last_words: Mapped[str] = mapped_column(Text)  # the beginning


class ConversationMember(CorpBase):
    """Somebody who was seen in a conversation, as sender or receiver; userids are folded."""

    __tablename__ = "conversation_member"
    __table_args__ = (Index("ix_conversation_member_who", "who"),)

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    who: Mapped[str] = mapped_column(Text, primary_key=True)


class Message(CorpBase):
    """One archived message, as WeCom told it; never changed and never removed by a recall.

    Its key is what the message itself carries, so that it is stored once however often it comes.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_conversation_id_at", "conversation_id", "at", "id"),
        Index("ix_message_at", "at", "id"),
        Index("ix_message_bigrams", "bigrams", postgresql_using="gin"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    msgid: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[dt.datetime] = moment(primary_key=True)  # msgtime
    id: Mapped[int] = mapped_column(BigInteger, Identity())
    seq: Mapped[str] = mapped_column(Text)
    publickey_ver: Mapped[int]
    conversation_id: Mapped[int] = mapped_column(BigInteger)
    sender: Mapped[str] = mapped_column(Text)
    sender_kind: Mapped[str] = mapped_column(Text)
    msgtype: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]]  # the whole message
    words: Mapped[str] = mapped_column(Text)  # folded for the search
    bigrams: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), deferred=True)  # for the index alone, never read
    digest: Mapped[bytes] = mapped_column(LargeBinary)  # SHA-256 of the message as it was opened
    archived_at: Mapped[dt.datetime] = moment()
    # If false, ``at`` is when it was archived. None in rows of a release that did not ask, which the trigger goes by.
    time_known: Mapped[bool | None]


class MessageKey(CorpBase):
    """Every msgid once, whatever month its message stands in: a key over partitions can hold only what cuts them."""

    __tablename__ = "message_key"

    msgid: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[dt.datetime] = moment()  # of the message, which came first


class UnkeyedMessage(CorpBase):
    """Work that a release left behind which knew no keys: a msgid to look at, or all from behind it on.

    The first revision with keys enters all, a trigger what such a release stores while it still runs.
    """

    __tablename__ = "message_unkeyed"

    id: Mapped[int] = mapped_column(BigInteger, Identity())
    msgid: Mapped[str] = mapped_column(Text, primary_key=True)
    onwards: Mapped[bool] = mapped_column(primary_key=True)


class UnfoldedMessages(CorpBase):
    """One row while messages stand whose words were folded before traditional characters became simplified ones.

    Those up to this place have been looked at.
    """

    __tablename__ = "message_unfolded"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = moment()
    behind: Mapped[int] = mapped_column(BigInteger)


class MessageVersion(CorpBase):
    """A message that came again with other content: the first stays the message, this is what differs."""

    __tablename__ = "message_version"
    __table_args__ = (UniqueConstraint("msgid", "digest"),)

    id: Mapped[int] = identity_key()
    msgid: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = moment()
    seq: Mapped[str] = mapped_column(Text)
    sender: Mapped[str] = mapped_column(Text)
    msgtype: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    archived_at: Mapped[dt.datetime] = moment()


class UnknownType(CorpBase):
    """A type of message that this version does not know, and how many came: its words are searched all the same."""

    __tablename__ = "unknown_message_type"

    msgtype: Mapped[str] = mapped_column(Text, primary_key=True)
    messages: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[dt.datetime] = moment()


class MessageRecall(CorpBase):
    """A message was taken back; it may come before the message it means."""

    __tablename__ = "message_recall"

    msgid: Mapped[str] = mapped_column(Text, primary_key=True)  # of the message that was taken back
    recalled_at: Mapped[dt.datetime] = moment()


constraints.handled("uq_conversation_key", "inserted on conflict")
constraints.handled("pk_conversation_member", "inserted on conflict")
constraints.handled("pk_message", "copied in for the msgids that the transaction has claimed in message_key")
constraints.handled("pk_message_recall", "inserted on conflict")
constraints.handled("pk_message_key", "copied in; where some stand, once more without those")
constraints.handled("pk_message_unkeyed", "inserted on conflict, by a trigger")
constraints.handled("pk_message_unfolded", "one row, made by the revision")
constraints.handled("uq_message_version_msgid_digest", "inserted on conflict")
constraints.handled("pk_unknown_message_type", "inserted on conflict")
