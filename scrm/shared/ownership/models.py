"""Table of shares."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment


class Level(StrEnum):
    """What a share permits."""

    READ = "read"
    EDIT = "edit"


class RecordShare(CorpBase):
    """One record that one member sees beyond their data scope, and until when."""

    __tablename__ = "record_share"
    __table_args__ = (
        UniqueConstraint("record", "record_id", "staff_id"),
        Index("ix_record_share_staff_id", "staff_id", "record"),
    )

    id: Mapped[int] = identity_key()
    record: Mapped[str] = mapped_column(Text)  # kind of record, as the trail names it
    record_id: Mapped[int] = mapped_column(BigInteger)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    level: Mapped[str] = mapped_column(Text)
    until: Mapped[dt.datetime | None] = moment()  # none: until it is taken back
    created_at: Mapped[dt.datetime] = moment()
    created_by: Mapped[str] = mapped_column(Text)


constraints.handled("uq_record_share_record_record_id_staff_id", "inserted on conflict")
