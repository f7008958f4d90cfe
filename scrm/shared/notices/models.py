"""Who was told of what, and what became of it."""

import datetime as dt

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment


class Notice(CorpBase):
    """One person told of one record for one reason; told once."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("record", "record_id", "kind", "userid"),
        Index("ix_notice_waiting", "kind", "created_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = identity_key()
    kind: Mapped[str] = mapped_column(Text)
    record: Mapped[str] = mapped_column(Text)
    record_id: Mapped[int] = mapped_column(BigInteger)
    userid: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    msgid: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = moment()
    finished_at: Mapped[dt.datetime | None] = moment()


constraints.handled("uq_notice_record_record_id_kind_userid", "inserted on conflict")
