"""Tables of the archive's puller."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core.db import CorpBase, identity_key, moment
from scrm.core.queue.rows import Leasable
from scrm.wecom.port.archive import Sealed


class ParkedState(StrEnum):
    WAITING = "waiting"
    OPENED = "opened"  # a later try succeeded, or the message came again whole
    SUPERSEDED = "superseded"  # its msgid came in another envelope that opened; tried again for a version that differs


class ParkedReason(StrEnum):
    """Why a message could not be opened: what the archive says of it (`Sealed`), or we do."""

    NO_KEY = Sealed.NO_KEY.value  # tried again once the key is configured
    WRONG_KEY = Sealed.WRONG_KEY.value
    DECRYPT = Sealed.DECRYPT.value
    CRASH = Sealed.CRASH.value
    NO_MESSAGE = "no_message"  # what came out is no JSON message of this msgid
    MALFORMED = "malformed"  # a row of a page that lacks what a message needs
    UNSTORED = "unstored"  # it opens, and the database or the code takes offence at it


class IncidentKind(StrEnum):
    """What a careful reader should know of the archive's completeness."""

    JUMP = "jump"  # seq went on far behind the last one
    WINDOW = "window"  # nothing was pulled for as long as WeCom keeps messages
    CONFLICT = "conflict"  # a message came again with other content


class MediaState(StrEnum):
    WAITING = "waiting"
    STORED = "stored"
    LOST = "lost"  # WeCom has it no more, or never had it


class MediaCheck(StrEnum):
    """How the file compares with what the message says of it."""

    SAME = "same"
    ABSENT = "absent"  # the message names no digest
    OTHER = "other"  # size or digest differ, also on a second try


class ArchiveCursor(Leasable, CorpBase):
    """One row: how far the archive has been pulled; never ahead of the rows that were stored.

    Its state is ready or parked, and it is pulled on in either: WeCom does not wait for a person.
    """

    __tablename__ = "archive_cursor"
    __table_args__ = (CheckConstraint("id = 1", name="one_archive"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[Decimal] = mapped_column(Numeric(20, 0))  # an unsigned 64-bit number
    configured: Mapped[str | None] = mapped_column(Text)  # digest of keys and library that it was last tried with
    page_limit: Mapped[int]  # halved on 301058, doubled after
    state: Mapped[str] = mapped_column(Text, server_default=text("'ready'"))
    subject: Mapped[str] = mapped_column(Text, server_default=text("'archive'"))
    lane: Mapped[str] = mapped_column(Text, server_default=text("'bulk'"))
    reason: Mapped[str | None] = mapped_column(Text)  # of the last failure; none while all is well
    failing_since: Mapped[dt.datetime | None] = moment()  # when the first of the attempts failed
    asked_at: Mapped[dt.datetime | None] = moment()  # when WeCom last answered
    newest_at: Mapped[dt.datetime | None] = moment()  # msgtime of the newest message
    moved_at: Mapped[dt.datetime | None] = moment()  # when something new was stored
    stored: Mapped[int] = mapped_column(BigInteger)
    repeated: Mapped[int] = mapped_column(BigInteger)


class ArchiveParked(CorpBase):
    """A message that could not be opened, kept sealed as it came: WeCom forgets it in five days.

    Each envelope once: the same msgid may come in several.
    """

    __tablename__ = "archive_parked"
    __table_args__ = (
        Index(
            "uq_archive_parked_envelope",
            "msgid",
            "seq",
            text("md5(encrypt_random_key)"),
            text("md5(encrypt_chat_msg)"),
            text("md5(raw)"),
            unique=True,
        ),
        Index("ix_archive_parked_waiting", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_archive_parked_due", "due_at", postgresql_where=text("state IN ('waiting', 'superseded')")),
    )

    id: Mapped[int] = identity_key()
    msgid: Mapped[str] = mapped_column(Text)  # empty where it could not be read, as the others are 0
    seq: Mapped[Decimal] = mapped_column(Numeric(20, 0))
    publickey_ver: Mapped[int]
    encrypt_random_key: Mapped[str] = mapped_column(Text)
    encrypt_chat_msg: Mapped[str] = mapped_column(Text)
    raw: Mapped[bytes] = mapped_column(LargeBinary, server_default=text("''"))  # of a row that is malformed
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int]
    parked_at: Mapped[dt.datetime] = moment()
    due_at: Mapped[dt.datetime | None] = moment()  # of the next try; none is now
    opened_at: Mapped[dt.datetime | None] = moment()


class ArchiveIncident(CorpBase):
    """A doubt about the archive's completeness, with the two places it lies between."""

    __tablename__ = "archive_incident"

    id: Mapped[int] = identity_key()
    kind: Mapped[str] = mapped_column(Text)
    after_seq: Mapped[Decimal] = mapped_column(Numeric(20, 0))
    next_seq: Mapped[Decimal] = mapped_column(Numeric(20, 0))
    msgid: Mapped[str | None] = mapped_column(Text)
    found_at: Mapped[dt.datetime] = moment()


class ArchiveMedia(Leasable, CorpBase):
    """A file that a message names: fetched in chunks, since WeCom forgets it in five days."""

    __tablename__ = "archive_media"
    __table_args__ = (
        Index("ix_archive_media_due", "due_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_archive_media_leased", "subject", postgresql_where=text("leases > 0")),
        Index("uq_archive_media_sdkfileid", text("md5(sdkfileid)"), unique=True),
    )

    subject: Mapped[str] = mapped_column(Text, server_default=text("'archive-media'"))
    lane: Mapped[str] = mapped_column(Text, server_default=text("'bulk'"))
    sdkfileid: Mapped[str] = mapped_column(Text)
    md5sum: Mapped[str] = mapped_column(Text)  # as the message says; may be empty
    size: Mapped[int | None] = mapped_column(BigInteger)
    checked: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)  # SHA-256 of what is stored, its name on the disk
    stored_size: Mapped[int | None] = mapped_column(BigInteger)
    is_final: Mapped[bool] = mapped_column(server_default=text("true"))  # lost by WeCom's word, not by our settings
    named_at: Mapped[dt.datetime] = moment()
