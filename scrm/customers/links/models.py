"""Table of links between customers."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment


class LinkKind(StrEnum):
    """What the first is to the second."""

    WORKS_AT = "works_at"
    SUBSIDIARY = "subsidiary"
    AGENT = "agent"
    PARTNER = "partner"  # of each other: the one with the smaller number stands first


class Link(CorpBase):
    """One customer is something to another; a person may work at several companies."""

    __tablename__ = "customer_link"
    __table_args__ = (
        UniqueConstraint("from_customer_id", "to_customer_id", "kind"),
        Index("ix_customer_link_to_customer_id", "to_customer_id"),
        Index("ix_customer_link_reports_to_customer_id", "reports_to_customer_id"),
        Index("uq_customer_link_primary", "to_customer_id", unique=True, postgresql_where=text("is_primary")),
    )

    id: Mapped[int] = identity_key()
    kind: Mapped[str] = mapped_column(Text)
    from_customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    to_customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    # Of who works there:
    title: Mapped[str] = mapped_column(Text)
    department: Mapped[str] = mapped_column(Text)
    reports_to_customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))  # works there too
    is_primary: Mapped[bool]  # whom one turns to first
    created_at: Mapped[dt.datetime] = moment()
    created_by: Mapped[str] = mapped_column(Text)


constraints.handled("uq_customer_link_primary", "written one after another, see `actions`")
constraints.handled("uq_customer_link_from_customer_id_to_customer_id_kind", "written one after another, see `actions`")
