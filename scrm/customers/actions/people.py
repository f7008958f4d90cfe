"""What is derived of a customer from its relations, and tags by WeCom's ids."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.customers import search
from scrm.customers.models import Customer, FollowRelation, FollowStatus, Tag


def derive(session: Session, customer: Customer) -> None:
    """Bring tags, search text and first add up to date with the relations."""
    session.flush()
    relations = session.scalars(select(FollowRelation).where(FollowRelation.customer_id == customer.id)).all()
    living = [relation for relation in relations if relation.status in {FollowStatus.ACTIVE, FollowStatus.HALF}]
    customer.tag_ids = sorted({tag for relation in living or relations for tag in relation.tag_ids})
    customer.search_text = search.text_of(
        customer.name,
        customer.corp_name,
        customer.corp_full_name,
        customer.external_userid,
        *(part for relation in relations for part in (relation.remark, relation.remark_corp_name)),
    )
    customer.bigrams = search.bigrams(customer.search_text)
    if relations:
        customer.first_added_at = min(relation.added_at for relation in relations)
    customer.updated_at = clock.now()


def tag_ids_of(session: Session, wecom_ids: Iterable[str]) -> list[int]:
    """Our ids of WeCom's tags; unknown ones are left out until the tags are fetched again."""
    wanted = set(wecom_ids)
    if not wanted:
        return []
    return sorted(session.scalars(select(Tag.id).where(Tag.tag_id.in_(wanted))))


def tag_names(session: Session, ids: Iterable[int]) -> list[str]:
    wanted = set(ids)
    if not wanted:
        return []
    return list(session.scalars(select(Tag.name).where(Tag.id.in_(wanted)).order_by(Tag.name)))
