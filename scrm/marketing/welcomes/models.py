"""Tables of welcome messages."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment


class WelcomeState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"


class WelcomePolicy(CorpBase):
    """One row: whether new customers are greeted, and with which words."""

    __tablename__ = "welcome_policy"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    enabled: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[dt.datetime | None] = moment()  # none for words that were taken over and not yet confirmed
    updated_by: Mapped[str | None] = mapped_column(Text)


class Welcome(CorpBase):
    """A welcome message (欢迎语) for one add of one pair, whichever apps reported it."""

    __tablename__ = "welcome"
    __table_args__ = (UniqueConstraint("userid", "external_userid", "added_at"),)

    id: Mapped[int] = identity_key()
    userid: Mapped[str] = mapped_column(Text)  # folded
    external_userid: Mapped[str] = mapped_column(Text)
    added_at: Mapped[dt.datetime] = moment()
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))  # none until WeCom has answered
    state: Mapped[str] = mapped_column(Text)
    errcode: Mapped[int | None]
    created_at: Mapped[dt.datetime] = moment()
    finished_at: Mapped[dt.datetime | None] = moment()


constraints.handled("uq_welcome_userid_external_userid_added_at", "inserted on conflict")
