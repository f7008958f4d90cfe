"""Customers and their relations, within the data scope."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import Hold, Reader
from scrm.contracts.groups import groups
from scrm.contracts.identities import identities
from scrm.contracts.tags import TagRef, tags
from scrm.core import clock, naming, numbers
from scrm.core.paging import Rows
from scrm.customers.file.errors import CustomerHeld, CustomerNotFound, CustomerNotYours
from scrm.customers.file.models import (
    LOST,
    Customer,
    CustomerKind,
    FollowRelation,
    FollowStatus,
)
from scrm.customers.file.queries.contacts import contacts_of, customer_ids, of_type
from scrm.customers.file.queries.owners import left_behind, shown_owners
from scrm.customers.file.queries.reasons import number_found, reason
from scrm.customers.file.queries.sight import (
    Sight,
    any_entrusted,
    entrusted,
    entrusted_of,
    found,
    hold,
    related,
    sight,
    tagged,
)
from scrm.customers.file.queries.wearing import worn_tags
from scrm.customers.file.schemas import (
    CustomerDetail,
    CustomerGroup,
    CustomerQuery,
    CustomerRow,
    FollowDetail,
    FollowRow,
)
from scrm.identity.actor import Actor
from scrm.identity.models import OUT, Staff
from scrm.identity.queries import staff_by_ids, staff_by_userid, staff_by_userids
from scrm.shared.records import pages


def visible(actor: Reader, *, trusted: bool = True) -> Select[Customer]:
    """Customers that are someone's within the actor's data scope, or shared with them, or whom they follow or followed.

    ``trusted=False`` where it is known that nothing is entrusted to the scope: the list is found by fewer rows then.
    """
    query = select(Customer)
    if actor.scope is None:
        return query
    if not trusted:
        return query.where(
            exists().where(FollowRelation.customer_id == Customer.id, FollowRelation.staff_id.in_(actor.scope))
        )
    followed = select(FollowRelation.customer_id).where(FollowRelation.staff_id.in_(actor.scope))
    return query.where(Customer.id.in_(followed.union_all(entrusted(actor.scope))))


def visible_relations(actor: Actor) -> Select[FollowRelation]:
    """Relations of staff within the actor's data scope."""
    query = select(FollowRelation)
    return query if actor.scope is None else query.where(FollowRelation.staff_id.in_(actor.scope))


def visible_customer(session: Session, actor: Reader, name: str, *, external: bool = False) -> Customer:
    """One customer, by our number or by the external_userid that 0.1 knew; by that alone where ``external``.

    Raises `CustomerNotFound` if there is none or it is outside the data scope.
    """
    numbered = [] if external else naming.numbers([name])
    customer = _first(session, actor, numbered) or _first(session, actor, customer_ids(session, [name]).values())
    if customer is None:
        raise CustomerNotFound()
    return customer


def _first(session: Session, actor: Reader, ids: Collection[int]) -> Customer | None:
    return session.scalars(visible(actor).where(Customer.id.in_(ids))).first() if ids else None


def seen_customer(session: Session, actor: Reader, name: str, *, external: bool = False) -> tuple[Customer, Sight]:
    """One customer, named as for `visible_customer`, and what of it the actor sees; raises `CustomerNotFound`."""
    customer = visible_customer(session, actor, name, external=external)
    relations = relations_of(session, [customer.id])[customer.id]
    return customer, sight(actor, relations, entrusted=bool(entrusted_of(session, actor, [customer.id])))


def held_customer(session: Session, actor: Reader, name: str, wanted: Hold) -> tuple[Customer, Sight]:
    """As `seen_customer`, for who is about to change something; raises `CustomerHeld` or `CustomerNotYours` too."""
    customer, seen = seen_customer(session, actor, name)
    if not hold(session, actor, customer.id, seen).allows(wanted):
        raise CustomerHeld() if wanted is Hold.EDIT else CustomerNotYours()
    return customer, seen


def customer_page(session: Session, actor: Actor, page: CustomerQuery) -> Rows[CustomerRow]:
    """A page of customers, newest add first."""
    by_number = identities().called(session, page.q) if page.q else {}
    query = _filtered(session, actor, page, by_number)
    rows, cells = pages.page(session, actor, "customer", page, query)
    ids = [customer.id for customer in rows.items]
    matched = _matched(session, actor, page, ids)
    owners, contacts = shown_owners(session, ids), contacts_of(session, ids)
    relations, theirs = relations_of(session, ids), entrusted_of(session, actor, ids)
    seen = {number: sight(actor, relations[number], entrusted=number in theirs) for number in ids}
    staff = staff_by_ids(session, (row.staff_id for one in seen.values() for row in one.relations))
    worn = tags().refs(session, (tag for customer in rows.items for tag in seen[customer.id].tag_ids(customer)))

    def named(staff_id: int) -> str:
        return (staff[staff_id].name or staff[staff_id].userid) if staff_id in staff else ""

    def shown(relation: FollowRelation) -> Callable[[str], str]:
        return shown_to(actor, _staff_names(relation, staff)[0])

    return rows.map(
        lambda customer: CustomerRow(
            id=customer.id,
            kind=CustomerKind(customer.kind),
            external_userid=contacts[customer.id].external_userid,
            name=contacts[customer.id].called(customer.name),
            avatar=contacts[customer.id].avatar,
            type=contacts[customer.id].type,
            gender=contacts[customer.id].gender,
            corp_name=numbers.masked(contacts[customer.id].corp_name),
            tags=[worn[tag] for tag in seen[customer.id].tag_ids(customer) if tag in worn],
            follows=[_follow_row(relation, staff, actor) for relation in seen[customer.id].relations],
            matched=_follow_row(matched[customer.id], staff, actor) if customer.id in matched else None,
            found_by=reason(
                page.q, customer, contacts[customer.id], seen[customer.id].relations, shown=shown, named=named
            )
            or number_found(page.q, by_number.get(customer.id)),
            owner=owners.get(customer.id),
            first_added_at=customer.first_added_at,
            cells=cells.get(customer.id),
        )
    )


def customer_detail(session: Session, actor: Actor, name: str, *, external: bool = False) -> CustomerDetail:
    """One customer with every follow relation that the actor sees; phone numbers are masked."""
    customer, seen = seen_customer(session, actor, name, external=external)
    contact = contacts_of(session, [customer.id])[customer.id]
    staff = staff_by_ids(session, (relation.staff_id for relation in seen.relations))
    given = {tag for relation in seen.relations for tag in relation.tag_ids}
    worn = tags().refs(session, {*seen.tag_ids(customer), *given})
    return CustomerDetail(
        id=customer.id,
        kind=CustomerKind(customer.kind),
        external_userid=contact.external_userid,
        name=contact.called(customer.name),
        avatar=contact.avatar,
        type=contact.type,
        gender=contact.gender,
        position=numbers.masked(contact.position),
        corp_name=numbers.masked(contact.corp_name),
        corp_full_name=numbers.masked(contact.corp_full_name),
        tags=worn_tags(session, customer, seen, worn, staff),
        follows=[_follow_detail(relation, staff, worn, actor) for relation in seen.relations],
        groups=_groups_of(session, contact.external_userid, seen),
        owner=shown_owners(session, [customer.id]).get(customer.id),
        may=hold(session, actor, customer.id, seen),
        version=customer.version,
        first_added_at=customer.first_added_at,
        fetched_at=contact.fetched_at,
    )


def relations_of(session: Session, customer_ids: Sequence[int]) -> dict[int, list[FollowRelation]]:
    """Relations by customer, live ones first, then by date of the add."""
    found: dict[int, list[FollowRelation]] = defaultdict(list)
    if not customer_ids:
        return found
    query = select(FollowRelation).where(FollowRelation.customer_id.in_(customer_ids))
    for relation in session.scalars(query):
        found[relation.customer_id].append(relation)
    for relations in found.values():
        relations.sort(key=lambda relation: (relation.ended_at is not None, relation.added_at))
    return found


def _filtered(session: Session, actor: Actor, page: CustomerQuery, by_number: Collection[int] = ()) -> Select[Customer]:
    query = visible(actor, trusted=any_entrusted(session, actor))
    words = found(actor, page.q, by_number)
    if words is not None:
        query = query.where(words)
    if page.tag_id:
        query = query.where(tagged(actor, list(tags().living(session, page.tag_id).values())))
    if page.kind is not None:
        query = query.where(Customer.kind == page.kind.value)
    if page.type is not None:
        query = query.where(of_type(session, page.type))
    relation = _relation_filter(session, actor, page)
    if relation is not None:
        met = relation.where(FollowRelation.customer_id == Customer.id).correlate(Customer).exists()
        query = query.where(or_(met, Customer.id.in_(left_behind(actor))) if _awaits_alone(page) else met)
    if page.awaiting_handover is False:
        query = query.where(Customer.id.not_in(left_behind(actor)))
        ours = select(FollowRelation).where(related(actor), _awaits(), FollowRelation.customer_id == Customer.id)
        query = query.where(~ours.correlate(Customer).exists())
    if page.lost is False:
        gone = visible_relations(actor).where(FollowRelation.status.in_(LOST))
        query = query.where(~gone.where(FollowRelation.customer_id == Customer.id).correlate(Customer).exists())
    if page.added_from is not None:
        query = query.where(Customer.first_added_at >= _china_midnight(page.added_from))
    if page.added_to is not None:
        query = query.where(Customer.first_added_at < _china_midnight(page.added_to + dt.timedelta(days=1)))
    return query


def _awaits_alone(page: CustomerQuery) -> bool:
    """Whether customers that only an owner left behind are asked for too: nothing is said of a relation."""
    relation = (page.userid, page.status, page.lost, page.lost_from, page.lost_to)
    return page.awaiting_handover is True and relation == (None,) * len(relation)


def _relation_filter(session: Session, actor: Actor, page: CustomerQuery) -> Select[FollowRelation] | None:
    """One relation that is all of what is asked for; losses are the actor's own, as the workbench counts them."""
    lost = page.lost is True or page.lost_from is not None or page.lost_to is not None
    if page.userid is None and page.status is None and not lost and not page.awaiting_handover:
        return None
    query = visible_relations(actor).where(FollowRelation.status.in_(LOST)) if lost else select(FollowRelation)
    query = query.where(related(actor))
    if page.awaiting_handover:
        query = query.where(_awaits())
    if page.userid is not None:
        staff = staff_by_userid(session, page.userid)
        query = query.where(FollowRelation.staff_id == (staff.id if staff is not None else -1))
    if page.status is not None:
        query = query.where(FollowRelation.status == page.status.value)
    if page.lost_from is not None:
        query = query.where(FollowRelation.ended_at >= _china_midnight(page.lost_from))
    if page.lost_to is not None:
        query = query.where(FollowRelation.ended_at < _china_midnight(page.lost_to + dt.timedelta(days=1)))
    return query


def _matched(session: Session, actor: Actor, page: CustomerQuery, ids: Sequence[int]) -> dict[int, FollowRelation]:
    """Of each customer the relation that the filter asked for: a live one, else the one that ended last."""
    query = _relation_filter(session, actor, page)
    if query is None or not ids:
        return {}
    found = session.scalars(query.where(FollowRelation.customer_id.in_(ids)))
    ordered = sorted(found, key=lambda one: (one.ended_at is None, one.ended_at or one.added_at, one.id))
    return {relation.customer_id: relation for relation in ordered}


def _awaits() -> ColumnElement[bool]:
    """A relation that stands although its member has left or is disabled: somebody has to take the customer over."""
    out = select(Staff.id).where(Staff.status.in_(OUT))
    return and_(FollowRelation.status == FollowStatus.ACTIVE, FollowRelation.staff_id.in_(out))


def awaiting(actor: Actor) -> Select[FollowRelation]:
    """Relations of the data scope that wait for a successor."""
    return visible_relations(actor).where(_awaits())


def _china_midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.CHINA)


def _staff_names(relation: FollowRelation, staff: dict[int, Staff]) -> tuple[str, str]:
    member = staff.get(relation.staff_id)
    return (member.userid, member.name or member.userid) if member is not None else ("", "")


def shown_to(actor: Actor, userid: str) -> Callable[[str], str]:
    """How words of this member are shown: whole to the member, to others with numbers of persons masked."""
    return (lambda text: text) if is_own(actor, userid) else numbers.masked


def is_own(actor: Reader, userid: str) -> bool:
    """Whether the actor is this member."""
    return actor.userid is not None and actor.userid.lower() == userid.lower()


def _follow_row(relation: FollowRelation, staff: dict[int, Staff], actor: Actor) -> FollowRow:
    userid, name = _staff_names(relation, staff)
    member = staff.get(relation.staff_id)
    return FollowRow(
        userid=userid,
        staff_name=name,
        status=FollowStatus(relation.status),
        remark=shown_to(actor, userid)(relation.remark),
        add_way=relation.add_way,
        state=relation.state,
        added_at=relation.added_at,
        ended_at=relation.ended_at,
        awaiting_handover=relation.status == FollowStatus.ACTIVE and member is not None and member.status in OUT,
    )


def _follow_detail(
    relation: FollowRelation, staff: dict[int, Staff], worn: dict[int, TagRef], actor: Actor
) -> FollowDetail:
    row = _follow_row(relation, staff, actor)
    shown = shown_to(actor, row.userid)
    return FollowDetail(
        **row.model_dump(),
        description=shown(relation.description),
        remark_corp_name=shown(relation.remark_corp_name),
        remark_mobiles=[numbers.mask(mobile) for mobile in relation.remark_mobiles if mobile],
        tags=[worn[tag] for tag in relation.tag_ids if tag in worn],
        personal_tags=[shown(tag) for tag in relation.personal_tags],
        oper_userid=relation.oper_userid,
    )


def _groups_of(session: Session, external_userid: str | None, seen: Sight) -> list[CustomerGroup]:
    if external_userid is None:
        return []
    memberships = groups().of_customer(session, external_userid, seen.until)
    owners = staff_by_userids(session, {one.owner_userid for one in memberships})
    names = {userid: owner.name for userid, owner in owners.items()}
    return [
        CustomerGroup(
            chat_id=one.chat_id,
            name=one.name,
            owner_name=names.get(one.owner_userid.lower()) or one.owner_userid,
            joined_at=one.joined_at,
        )
        for one in memberships
    ]
