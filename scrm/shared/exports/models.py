"""Table of exports: lists of a record kind that are written into a file, slice by slice."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core.db import CorpBase, moment
from scrm.core.queue.rows import Leasable
from scrm.identity.stored import Stored


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class ExportState(StrEnum):
    READY = "ready"  # waits for its next slice, or for its first
    PARKED = "parked"  # has failed until a person has it tried again
    DONE = "done"
    CANCELLED = "cancelled"
    STOPPED = "stopped"  # who asked may not read or export the kind any more
    EXPIRED = "expired"  # the file is gone


class Export(Stored, Leasable, CorpBase):
    """One file that somebody asked for; ``reached`` is the place of the last row in its first ``size`` bytes."""

    __tablename__ = "export"
    __table_args__ = (
        Index("ix_export_due_at", "due_at", postgresql_where=text("state = 'ready'")),
        Index("ix_export_account_id", "account_id", "id"),
    )

    kind: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)  # of heads and of values that are words of ours: zh, en
    filter: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sort: Mapped[str] = mapped_column(Text)
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    total: Mapped[int | None] = mapped_column(BigInteger)  # rows when it began; none where counting took too long
    rows: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    reached: Mapped[list[Any] | None] = mapped_column(JSONB)
    size: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))  # bytes of what has been written
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)  # of the file, once it is there
    created_at: Mapped[dt.datetime] = moment()
    finished_at: Mapped[dt.datetime | None] = moment()
    expires_at: Mapped[dt.datetime | None] = moment()
