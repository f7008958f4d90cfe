"""Customers as a record kind; what stands on relations is seen as far as the reader sees these."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from scrm.contracts.identities import identities
from scrm.contracts.tags import tags
from scrm.core import numbers, search
from scrm.core.records.field import Asked, Condition, Option, Served
from scrm.core.records.fields import Choice, Flag, Labels, Moment, Through, Words
from scrm.core.records.kind import RecordKind
from scrm.customers.file.add_ways import ADD_WAYS
from scrm.customers.file.models import LIVE, LOST, TEXT_VERSION, Customer, CustomerKind, FollowRelation, Owner
from scrm.customers.file.models import FollowStatus as Status
from scrm.customers.file.queries.contacts import contacts_of, of_type
from scrm.customers.file.queries.owners import left_behind
from scrm.customers.file.queries.people import awaiting, relations_of, visible
from scrm.customers.file.queries.remarks import ANYBODY, remarks_of
from scrm.customers.file.queries.sight import entrusted_of, followed, found, related, sight, tagged
from scrm.identity.permissions import Permission
from scrm.identity.records import member


def _met(asked: Asked, *where: ColumnElement[bool]) -> Condition:
    """That one relation that is seen is all of this."""
    mine = select(FollowRelation.id).where(FollowRelation.customer_id == Customer.id, related(asked.actor), *where)
    return mine.correlate(Customer).exists()


def _latest(moment: InstrumentedAttribute[Any], *where: ColumnElement[bool]) -> Callable[[Asked], ColumnElement[Any]]:
    def made(asked: Asked) -> ColumnElement[Any]:
        seen = FollowRelation.customer_id == Customer.id, related(asked.actor)
        return select(func.max(moment)).where(*seen, *where).correlate(Customer).scalar_subquery()

    return made


def _by(statuses: frozenset[Status]) -> Callable[[Asked, Sequence[int]], Condition]:
    """That one of these members stands so to the customer: both of one relation."""
    return lambda asked, staff: _met(asked, FollowRelation.staff_id.in_(staff), FollowRelation.status.in_(statuses))


def _named(asked: Asked, words: str) -> Condition | None:
    return found(asked.actor, words, identities().called(asked.session, words))


def _remarked(asked: Asked, words: str) -> Condition | None:
    called = search.called(words, Customer, TEXT_VERSION)  # the index leaves few to be read
    if called is None:
        return None
    return and_(called, _met(asked, search.holds(words, FollowRelation.search_text, named=True)))


def _phone(asked: Asked, text: str) -> Condition | None:
    whole = search.phone(text) is not None
    return _named(asked, text) if whole or (len(text) == 4 and text.isdecimal()) else None


def _untagged(asked: Asked) -> Condition:
    bare, scope = func.cardinality(Customer.tag_ids) == 0, asked.actor.scope
    if scope is None:
        return bare
    own = FollowRelation.customer_id == Customer.id, FollowRelation.staff_id.in_(scope)
    worn = select(FollowRelation.id).where(*own, func.cardinality(FollowRelation.tag_ids) > 0)
    theirs = followed(scope)
    return or_(and_(theirs, bare), and_(not_(theirs), not_(worn.correlate(Customer).exists())))


def _awaits(asked: Asked) -> ColumnElement[bool]:
    theirs = awaiting(asked.actor).where(FollowRelation.customer_id == Customer.id).correlate(Customer).exists()
    return or_(theirs, Customer.id.in_(left_behind(asked.actor)))


def _owner(_asked: Asked) -> ColumnElement[Any]:
    mine = Owner.customer_id == Customer.id, Owner.until.is_(None)
    return select(Owner.staff_id).where(*mine).correlate(Customer).scalar_subquery()


def _owned(_asked: Asked, staff: Sequence[int]) -> Condition:
    return Customer.id.in_(select(Owner.customer_id).where(Owner.staff_id.in_(staff), Owner.until.is_(None)))


def _types(asked: Asked, types: Sequence[int]) -> Condition:
    return or_(*(of_type(asked.session, one) for one in types))


def _names(asked: Asked, ids: Sequence[int]) -> Mapping[int, str]:
    contacts = contacts_of(asked.session, ids)
    query = select(Customer.id, Customer.name).where(Customer.id.in_(ids))
    return {row.id: contacts[row.id].called(row.name) for row in asked.session.execute(query)}


def _firms(asked: Asked, ids: Sequence[int]) -> Mapping[int, str]:
    return {number: numbers.masked(one.corp_name) for number, one in contacts_of(asked.session, ids).items()}


def _shown_types(asked: Asked, ids: Sequence[int]) -> Mapping[int, str]:
    return {number: str(one.type) for number, one in contacts_of(asked.session, ids).items() if one.type is not None}


def _remarks(asked: Asked, ids: Sequence[int]) -> Mapping[int, str]:
    written = remarks_of(asked.session, asked.actor, {(number, ANYBODY) for number in ids})
    return {number: written.get((number, ANYBODY), "") for number in ids}


def _worn(asked: Asked, ids: Sequence[int]) -> Mapping[int, list[dict[str, Any]]]:
    session, actor = asked.session, asked.actor
    relations, theirs = relations_of(session, ids), entrusted_of(session, actor, ids)
    customers = session.scalars(select(Customer).where(Customer.id.in_(ids))).all()
    worn = {one.id: sight(actor, relations[one.id], entrusted=one.id in theirs).tag_ids(one) for one in customers}
    known = tags().refs(session, {tag for some in worn.values() for tag in some})
    return {number: [{"id": tag, **vars(known[tag])} for tag in some if tag in known] for number, some in worn.items()}


CUSTOMER = RecordKind(
    name="customer",
    zh="客户",
    en="Customer",
    key=Customer.id,
    visible=visible,
    read=Permission.CUSTOMERS_READ,
    export=Permission.CUSTOMERS_EXPORT,
    list="/api/v1/customers",
    path="/customers/{id}",
    default_sort="-first_added_at",
    default_columns=("name", "tags", "owner", "last_talk_at", "first_added_at"),
    fields=(
        Words("name", "客户", "Customer", served=Served.BIGRAMS, contains=_named, value=_names),
        Words("remark", "备注", "Remark", served=Served.BIGRAMS, contains=_remarked, value=_remarks),
        Words("corp_name", "企业", "Company", served=Served.EXISTS, value=_firms),
        Through("phone", "手机号", "Phone", served=Served.BIGRAMS, query=_phone, phone=True),
        Choice(
            "kind",
            "个人或企业",
            "Person or company",
            served=Served.BTREE,
            column=Customer.kind,
            choices=(Option(CustomerKind.PERSON, "个人", "Person"), Option(CustomerKind.COMPANY, "企业", "Company")),
        ),
        Choice(
            "type",
            "微信类型",
            "Type of contact",
            served=Served.EXISTS,
            stored=int,
            among=_types,
            value=_shown_types,
            choices=(Option("1", "微信用户", "WeChat user"), Option("2", "企业微信用户", "WeCom user")),
        ),
        Labels(
            "tags",
            "标签",
            "Tags",
            served=Served.FACET,
            numbers=lambda asked, ids: tags().living(asked.session, ids),
            overlaps=lambda asked, found: tagged(asked.actor, found),
            nothing=_untagged,
            value=_worn,
        ),
        member("member", "跟进成员", "Followed by", served=Served.EXISTS, among=_by(LIVE)),
        member(
            "deleted_by",
            "删除客户的员工",
            "Deleted by",
            served=Served.EXISTS,
            among=_by(frozenset({Status.DELETED_BY_STAFF})),
        ),
        member(
            "left",
            "被客户删除的员工",
            "Customer deleted",
            served=Served.EXISTS,
            among=_by(frozenset({Status.DELETED_BY_CUSTOMER})),
        ),
        member("owner", "负责人", "Owner", served=Served.EXISTS, among=_owned, made=_owner, nullable=True),
        Choice(
            "status",
            "跟进状态",
            "Status",
            served=Served.EXISTS,
            among=lambda asked, statuses: _met(asked, FollowRelation.status.in_(statuses)),
            choices=(
                Option(Status.ACTIVE, "跟进中", "Following"),
                Option(Status.HALF, "待确认", "Not confirmed"),
                Option(Status.DELETED_BY_STAFF, "员工删除客户", "Deleted by staff"),
                Option(Status.DELETED_BY_CUSTOMER, "客户删除员工", "Deleted by customer"),
                Option(Status.TRANSFERRED, "已被继承", "Handed over"),
            ),
        ),
        Flag("awaiting", "待继承", "Waits for a successor", served=Served.EXISTS, made=_awaits),
        Choice(
            "add_way",
            "添加方式",
            "Added by",
            served=Served.EXISTS,
            stored=int,
            among=lambda asked, ways: _met(asked, FollowRelation.add_way.in_(ways)),
            choices=ADD_WAYS,
        ),
        Words(
            "channel",
            "渠道",
            "Channel",
            served=Served.EXISTS,
            contains=lambda asked, words: _met(asked, search.within(words, FollowRelation.state)),
        ),
        Moment(
            "first_added_at",
            "添加时间",
            "Added",
            served=Served.BTREE,
            column=Customer.first_added_at,
            sort=Customer.first_added_at,
        ),
        Moment(
            "last_talk_at",
            "最近聊天",
            "Last chat",
            served=Served.EXISTS,
            made=_latest(FollowRelation.last_talk_at),
            nullable=True,
        ),
        Moment(
            "lost_at",
            "流失时间",
            "Lost",
            served=Served.EXISTS,
            made=_latest(FollowRelation.ended_at, FollowRelation.status.in_(LOST)),
            nullable=True,
        ),
    ),
)
