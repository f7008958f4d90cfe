"""Tables of tags: those of WeCom and those of our own, and who wears which of our own."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from scrm.contracts.tags import TagSource
from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment

_OWN = text("source = 'own' AND deleted_at IS NULL")
_WECOM = text(f"'{TagSource.WECOM.value}'")


class TagGroup(CorpBase):
    """A group of corp tags (企业标签组, page 92117), or of tags of our own."""

    __tablename__ = "tag_group"
    __table_args__ = (Index("uq_tag_group_own", "key", unique=True, postgresql_where=_OWN),)

    id: Mapped[int] = identity_key()
    group_id: Mapped[str] = mapped_column(Text, unique=True)
    source: Mapped[str] = mapped_column(Text, server_default=_WECOM)
    name: Mapped[str] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(Text)  # of our own: the name, folded
    position: Mapped[int] = mapped_column(BigInteger)
    deleted_at: Mapped[dt.datetime | None] = moment()


class Tag(CorpBase):
    """A tag by its ``source``; deleted ones stay for the history.

    A corp or strategy tag (企业标签, 规则组标签) is given by a member to a customer, and stands in the relation of
    the two; a tag of our own (自建标签) is the customer's, and stands in `TagLink`. A member's personal tag (个人标签)
    has no id: it is words of the relation, its `personal_tags`, and no row here.
    """

    __tablename__ = "tag"
    __table_args__ = (
        Index("ix_tag_worn_from", "worn_from", postgresql_where=text("worn_from IS NOT NULL")),
        Index("uq_tag_own", "group_id", "key", unique=True, postgresql_where=_OWN),
    )

    id: Mapped[int] = identity_key()
    tag_id: Mapped[str] = mapped_column(Text, unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("tag_group.id"), index=True)
    source: Mapped[str] = mapped_column(Text, server_default=_WECOM)
    name: Mapped[str] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(BigInteger)
    deleted_at: Mapped[dt.datetime | None] = moment()
    worn_from: Mapped[int | None] = mapped_column(BigInteger)  # if deleted: behind which customer id it may still be on


class TagLink(CorpBase):
    """A customer wears a tag of our own; WeCom knows nothing of it."""

    __tablename__ = "tag_link"
    __table_args__ = (Index("ix_tag_link_tag_id", "tag_id", "customer_id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True, autoincrement=False)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = moment()
    by: Mapped[str] = mapped_column(Text)  # who put it on, as the trail names them


constraints.handled("uq_tag_group_group_id", "inserted on conflict")
constraints.handled("uq_tag_tag_id", "inserted on conflict")
constraints.handled("pk_tag_link", "written by who holds the customer's row")
