"""What stands on a customer because of its relations: tags, search text, first add, and by what else it is known."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.contracts.identities import Noted, noting
from scrm.contracts.tags import OwnTag, tags
from scrm.core import clock, numbers, search
from scrm.customers.file.models import LIVE, TEXT_VERSION, Customer, FollowRelation, WecomContact
from scrm.customers.file.queries.contacts import Contact, contacts_of

Told = Contact | WecomContact


def derive(session: Session, customers: Sequence[Customer], contacts: Mapping[int, Told] | None = None) -> None:
    """Bring tags, search text and first add up to date with the relations; ``contacts`` where the caller has them."""
    session.flush()
    ids = [customer.id for customer in customers]
    told = contacts if contacts is not None else contacts_of(session, ids)
    held(session, ids)
    owned = tags().own(session, ids)
    relations: dict[int, list[FollowRelation]] = defaultdict(list)
    query = select(FollowRelation).where(FollowRelation.customer_id.in_(ids))
    # In one order: else the same remarks are another text, and an index is written for nothing.
    for relation in session.scalars(query.order_by(FollowRelation.id).execution_options(populate_existing=True)):
        relations[relation.customer_id].append(relation)
    now = clock.now()
    noted = {}
    for customer in customers:
        own = relations[customer.id]
        customer.tag_ids = _worn(own, owned.get(customer.id, ()))
        refold(customer, told[customer.id], own)
        noted[customer.id] = known_by(told[customer.id], own)
        if own:
            customer.first_added_at = min(relation.added_at for relation in own)
        customer.updated_at = now
    session.flush()
    noting().note(session, noted)


def held(session: Session, customer_ids: Sequence[int]) -> None:
    """Of two who derive what stands on one customer, the second reads what the first has left."""
    these = select(Customer.id).where(Customer.id.in_(customer_ids)).order_by(Customer.id)
    session.execute(these.with_for_update(key_share=True))


def retag(session: Session, customer: Customer) -> None:
    """The tags alone, of a customer that is held."""
    session.flush()
    query = select(FollowRelation).where(FollowRelation.customer_id == customer.id)
    relations = session.scalars(query.execution_options(populate_existing=True)).all()
    customer.tag_ids = _worn(relations, tags().own(session, [customer.id]).get(customer.id, ()))
    customer.updated_at = clock.now()
    session.flush()


def _worn(relations: Sequence[FollowRelation], own: Sequence[OwnTag]) -> list[int]:
    """Those that members who follow gave, or that stood when the last one went, and our own."""
    living = [relation for relation in relations if relation.status in LIVE]
    given = {tag for relation in living or relations for tag in relation.tag_ids}
    return sorted(given | {one.number for one in own})


def known_by(contact: Told, relations: Sequence[FollowRelation]) -> Noted:
    """What WeCom says of how else the customer is known."""
    phones = {relation.staff_id: relation.remark_mobiles for relation in relations if relation.remark_mobiles}
    return Noted(unionid=contact.unionid, phones=phones)


def refold(customer: Customer, contact: Told, relations: Sequence[FollowRelation]) -> None:
    """What the customer is found by: its own words, and per member what that member wrote."""
    for relation in relations:
        written = [numbers.without(text) for text in (relation.remark, relation.remark_corp_name)]
        words = search.text_of(*(part for parts, _ in written for part in parts))
        known = [*relation.remark_mobiles, *(number for _, found in written for number in found)]
        spelt = search.pinyin_of(*(part for parts, _ in written[:1] for part in parts))
        relation.search_text = "\n".join(filter(None, [words, *search.phones_of(known), *spelt]))
    names = search.text_by([customer.name], ids=[contact.external_userid or ""])
    firms = search.text_by([contact.corp_name, contact.corp_full_name])
    own = "\n".join(filter(None, [names, firms]))
    customer.search_text = search.text_of_both(own, [relation.search_text for relation in relations])
    customer.bigrams = search.grams(customer.search_text)
    customer.text_version = TEXT_VERSION
