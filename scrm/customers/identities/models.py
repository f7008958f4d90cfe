"""Table of identities."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core.db import CorpBase, identity_key, moment


class IdentityKind(StrEnum):
    PHONE = "phone"
    MAIL = "mail"
    CREDIT_CODE = "credit_code"  # 统一社会信用代码, GB 32100-2015
    BANK = "bank"
    UNIONID = "unionid"


class Source(StrEnum):
    HAND = "hand"
    MEMBER = "member"  # a member noted it in WeCom
    WECOM = "wecom"


class Identity(CorpBase):
    """By what a customer is known; the value is sealed, found by a keyed digest of the whole or of its last four."""

    __tablename__ = "customer_identity"
    __table_args__ = (
        Index("uq_customer_identity_of", "customer_id", "kind", "whole", "source", "staff_id", unique=True),
        Index("ix_customer_identity_whole", "whole"),
        Index("ix_customer_identity_tail", "tail", postgresql_where=text("tail IS NOT NULL AND source = 'hand'")),
        Index(
            "uq_customer_identity_code",
            "whole",
            unique=True,
            postgresql_where=text("kind = 'credit_code'"),
        ),
    )

    id: Mapped[int] = identity_key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    kind: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int] = mapped_column(BigInteger)  # who noted it; 0 where no member did
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    whole: Mapped[bytes] = mapped_column(LargeBinary)
    tail: Mapped[bytes | None] = mapped_column(LargeBinary)  # of phone numbers
    created_at: Mapped[dt.datetime] = moment()
    created_by: Mapped[str] = mapped_column(Text)
