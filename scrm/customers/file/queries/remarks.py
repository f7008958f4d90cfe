"""What members call customers (备注), for whoever names a customer: many have the same nickname."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.contracts.customers import Reader
from scrm.core import numbers, search
from scrm.customers.file.models import LIVE, FollowRelation
from scrm.customers.file.queries.contacts import customer_ids
from scrm.customers.file.queries.people import is_own
from scrm.identity.queries import staff_by_ids

ANYBODY = ""  # in place of a member: the reader's own remark, else that of who follows


def called_by(session: Session, staff_id: int, words: str) -> list[int]:
    """Our ids of customers whom a member's own words name: remark, company, a whole number or its last four digits."""
    mine = FollowRelation.staff_id == staff_id
    query = select(FollowRelation.customer_id).where(mine, search.holds(words, FollowRelation.search_text, named=True))
    return list(session.scalars(query))


def remarks(session: Session, actor: Reader, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """`remarks_of` by (external_userid, userid)."""
    wanted = set(pairs)
    known = customer_ids(session, {customer for customer, _ in wanted}) if wanted else {}
    found = remarks_of(session, actor, {(known[customer], userid) for customer, userid in wanted if customer in known})
    ours = {(customer, userid): (known.get(customer, 0), userid) for customer, userid in wanted}
    return {pair: found[own] for pair, own in ours.items() if own in found}


def remarks_of(session: Session, actor: Reader, pairs: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """Remarks by (our id, userid), of members in the actor's data scope; numbers of persons are masked.

    Pairs without a remark are left out. The reader's own words stay as they were written.
    """
    wanted = set(pairs)
    if not wanted:
        return {}
    ids = {customer for customer, _ in wanted}
    query = select(FollowRelation).where(FollowRelation.customer_id.in_(ids), FollowRelation.remark != "")
    if actor.scope is not None:
        query = query.where(FollowRelation.staff_id.in_(actor.scope))
    relations: dict[int, list[FollowRelation]] = defaultdict(list)
    for relation in session.scalars(query):
        relations[relation.customer_id].append(relation)
    staff = staff_by_ids(session, {relation.staff_id for some in relations.values() for relation in some})
    userids = {number: member.userid for number, member in staff.items()}

    def chosen(customer: int, userid: str) -> FollowRelation | None:
        some = relations.get(customer, [])
        if userid != ANYBODY:
            return next((one for one in some if userids.get(one.staff_id, "").lower() == userid.lower()), None)
        return max(
            some,
            key=lambda one: (is_own(actor, userids.get(one.staff_id, "")), one.status in LIVE, one.added_at),
            default=None,
        )

    found: dict[tuple[int, str], str] = {}
    for pair in wanted:
        one = chosen(*pair)
        if one is not None:
            own = is_own(actor, userids.get(one.staff_id, ""))
            found[pair] = one.remark if own else numbers.masked(one.remark)
    return found
