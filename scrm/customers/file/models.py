"""Tables of the customer file: customers, who follows them, timeline."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment
from scrm.core.search import Searched, indexes


class FollowStatus(StrEnum):
    """How a staff member and a customer stand to each other."""

    ACTIVE = "active"
    HALF = "half"  # the customer added a no-verification member who has not confirmed yet
    DELETED_BY_STAFF = "deleted_by_staff"
    DELETED_BY_CUSTOMER = "deleted_by_customer"
    TRANSFERRED = "transferred"  # given to another member while employed: no loss


class CustomerKind(StrEnum):
    """Whom a record of the file is of."""

    PERSON = "person"
    COMPANY = "company"


LIVE = frozenset({FollowStatus.ACTIVE, FollowStatus.HALF})
LOST = frozenset({FollowStatus.DELETED_BY_STAFF, FollowStatus.DELETED_BY_CUSTOMER})


TEXT_VERSION = 4  # raised when texts are folded in another way; rows below it are derived anew, see `actions.refolding`


class Customer(Searched, CorpBase):
    """A person or a company, by a number of ours; what WeCom says of them stands in `WecomContact`."""

    __tablename__ = "customer"
    __table_args__ = (
        Index("ix_customer_first_added_at", "first_added_at", "id"),
        Index("ix_customer_updated_at", "updated_at"),
        Index("ix_customer_tag_ids", "tag_ids", postgresql_using="gin"),
        *indexes("customer", TEXT_VERSION),
    )

    id: Mapped[int] = identity_key()
    kind: Mapped[str] = mapped_column(Text, server_default=text("'person'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))  # of what is written by hand
    # Of the contact that the row was made with, for the release before; who reads asks `queries.contacts`.
    external_userid: Mapped[str | None] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    first_added_at: Mapped[dt.datetime] = moment()
    updated_at: Mapped[dt.datetime] = moment()
    # Kept here so that a list filters on one row: tags that followers gave and our own, words of the relations.
    tag_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    search_text: Mapped[str] = mapped_column(Text)  # folded: its own words, then what members wrote
    bigrams: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class WecomContact(CorpBase):
    """What WeCom says of an external contact (外部联系人, page 92114); their name is the customer's.

    Rows of before 0.2 stand on the customer until `actions.splitting` has been there: read by `queries.contacts` alone.
    """

    __tablename__ = "wecom_contact"

    id: Mapped[int] = identity_key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    external_userid: Mapped[str] = mapped_column(Text, unique=True)
    unionid: Mapped[str | None] = mapped_column(Text)
    type: Mapped[int | None]  # 1 WeChat user, 2 WeCom user
    gender: Mapped[int]  # 0 unknown, 1 male, 2 female
    avatar: Mapped[str] = mapped_column(Text)
    position: Mapped[str] = mapped_column(Text)
    corp_name: Mapped[str] = mapped_column(Text)
    corp_full_name: Mapped[str] = mapped_column(Text)
    fetched_at: Mapped[dt.datetime | None] = moment()


class ContactSplit(CorpBase):
    """How far the contacts of a corp of before 0.2 have a row of their own: one row, none in a corp of later."""

    __tablename__ = "contact_split"
    __table_args__ = (Index("ix_contact_split_reached", "id", postgresql_where=text("reached IS NOT NULL")),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    reached: Mapped[int | None] = mapped_column(BigInteger)  # the last customer's id that is done; none once all are


class FollowRelation(CorpBase):
    """A staff member follows (跟进) a customer; ended relations stay."""

    __tablename__ = "follow_relation"
    __table_args__ = (
        UniqueConstraint("customer_id", "staff_id"),
        Index("ix_follow_relation_staff_id_status", "staff_id", "status"),
        Index("ix_follow_relation_added_at", "added_at"),
        Index("ix_follow_relation_ended_at", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
    )

    id: Mapped[int] = identity_key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("wecom_contact.id"))  # as which of WeCom's contacts
    staff_id: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text)
    status_at: Mapped[dt.datetime] = moment()  # event time of the status: an older event changes nothing
    remark: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    remark_corp_name: Mapped[str] = mapped_column(Text)
    remark_mobiles: Mapped[list[str]]
    add_way: Mapped[int | None]
    state: Mapped[str] = mapped_column(Text)  # channel (渠道)
    oper_userid: Mapped[str] = mapped_column(Text)
    tag_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))  # of `scrm.customers.tags`
    # The member's own words in WeCom (个人标签): without an id, told by reads of one customer alone, so nothing is
    # found by them; they are the member's, and no tags of `scrm.customers.tags`.
    personal_tags: Mapped[list[str]]
    added_at: Mapped[dt.datetime] = moment()
    ended_at: Mapped[dt.datetime | None] = moment()
    asked_at: Mapped[dt.datetime | None] = moment()  # when WeCom was asked for what stands here
    seen_in_sync: Mapped[int | None] = mapped_column(BigInteger)
    search_text: Mapped[str] = mapped_column(Text, server_default=text("''"))  # folded: what this member wrote
    last_talk_at: Mapped[dt.datetime | None] = moment()  # newest message of the pair in the chat archive


class Owner(CorpBase):
    """Whose customer it is, and whose it was: one row of a customer has no end."""

    __tablename__ = "owner_log"
    __table_args__ = (
        Index("uq_owner_log_customer_id", "customer_id", unique=True, postgresql_where=text("until IS NULL")),
        Index("ix_owner_log_staff_id", "staff_id", postgresql_where=text("until IS NULL")),
    )

    id: Mapped[int] = identity_key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    staff_id: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[dt.datetime] = moment()
    until: Mapped[dt.datetime | None] = moment()
    by: Mapped[str] = mapped_column(Text)  # who made it so, as the trail names them


class CompanyName(CorpBase):
    """What a company is called, folded: no two go by the same."""

    __tablename__ = "company_name"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(Text, unique=True)


class FieldLog(CorpBase):
    """What a field of a customer, or of a member's relation to it, was before; written from 0.2 on."""

    __tablename__ = "field_log"
    __table_args__ = (Index("ix_field_log_customer_id_at", "customer_id", "at"),)

    id: Mapped[int] = identity_key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    staff_id: Mapped[int | None] = mapped_column(BigInteger)  # whose relation; none for the customer itself
    field: Mapped[str] = mapped_column(Text)
    before: Mapped[Any] = mapped_column(JSONB)
    after: Mapped[Any] = mapped_column(JSONB)
    at: Mapped[dt.datetime] = moment()
    by: Mapped[str] = mapped_column(Text)


class TimelineEntry(CorpBase):
    """Something that happened to a customer; ``key`` makes sure that it is told once.

    Who did it is what its kind says, unless ``actor`` names somebody, as the trail does. ``reference``: the record that
    it is about, ``kind:id``. Rows of before 0.2 have neither.
    """

    __tablename__ = "timeline_entry"
    __table_args__ = (Index("ix_timeline_entry_customer_id_at", "customer_id", "at", "id"),)

    id: Mapped[int] = identity_key()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = moment()
    facts: Mapped[dict[str, Any]]
    key: Mapped[str] = mapped_column(Text, unique=True)
    actor: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)


class TimelineSubject(CorpBase):
    """A further customer that an entry is about: it stands in their timeline too, at the same moment."""

    __tablename__ = "timeline_subject"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = moment(primary_key=True)
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("timeline_entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )


constraints.handled("uq_customer_external_userid", "inserted on conflict")
constraints.handled("uq_wecom_contact_external_userid", "inserted on conflict")
constraints.handled("pk_contact_split", "written by the migration alone")
constraints.handled("uq_owner_log_customer_id", "written by who holds the customer's row")
constraints.handled("pk_company_name", "written by who holds the customer's row")
constraints.handled("uq_follow_relation_customer_id_staff_id", "inserted on conflict")
constraints.handled("uq_timeline_entry_key", "inserted on conflict")
constraints.handled("pk_timeline_subject", "written with its entry, which is new")
