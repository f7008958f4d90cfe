"""What an actor sees of a customer: everything while somebody of their scope follows, afterwards what was theirs.

Whoever follows a customer no longer keeps their own relation as it ended, and what happened in it until then; what a
successor writes, tags or does is the successor's.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, CompoundSelect, and_, exists, not_, or_, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import Exists

from scrm.contracts.customers import RECORD, Hold, Reader
from scrm.core import search
from scrm.customers.file.models import LIVE, TEXT_VERSION, Customer, FollowRelation, Owner
from scrm.customers.file.queries.owners import owners_of
from scrm.identity.actor import Actor
from scrm.shared.ownership.models import Level
from scrm.shared.ownership.shares import level, shared_with


@dataclass(frozen=True)
class Sight:
    """The relations that are seen, and until when the rest is; no end while the customer is followed.

    ``known``: all relations, seen or not, for what follows from them.
    """

    known: Sequence[FollowRelation]
    relations: Sequence[FollowRelation]
    until: dt.datetime | None
    scope: frozenset[int]

    def tag_ids(self, customer: Customer) -> list[int]:
        """The customer's tags, or those that stood in the relations that have ended."""
        if self.until is None:
            return customer.tag_ids
        return sorted({tag for relation in self.relations for tag in relation.tag_ids})


def sight(actor: Reader, relations: Sequence[FollowRelation], *, entrusted: bool = False) -> Sight:
    """What of all relations of one customer the actor sees; one of them is in the scope, or it is ``entrusted``."""
    if actor.scope is None:
        return Sight(relations, relations, None, frozenset())
    own = [relation for relation in relations if relation.staff_id in actor.scope]
    if entrusted or any(relation.status in LIVE for relation in own):
        return Sight(relations, relations, None, actor.scope)
    until = max((relation.ended_at or relation.status_at for relation in own), default=None)
    return Sight(relations, own, until, actor.scope)


def found(actor: Actor, words: str, by_number: Collection[int] = ()) -> ColumnElement[bool] | None:
    """Customers that go by these words, as far as the actor sees them; ``None`` for blank words.

    ``by_number``: our ids of those whom a number entered by hand names.
    """
    matched = search.called(words, Customer, TEXT_VERSION)
    if matched is None:
        return None
    numbered = Customer.id.in_(by_number) if by_number else None
    if actor.scope is None:
        return or_(matched, numbered) if numbered is not None else matched
    theirs = or_(
        search.holds(words, search.own_text(Customer.search_text), named=True),
        _own(actor.scope).where(search.holds(words, FollowRelation.search_text, named=True)),
    )
    # A text of an earlier version does not tell whose words it holds.
    called = matched & or_(followed(actor.scope), and_(Customer.text_version == TEXT_VERSION, theirs))
    return or_(called, and_(numbered, followed(actor.scope))) if numbered is not None else called


def tagged(actor: Actor, tag_ids: Sequence[int]) -> ColumnElement[bool]:
    """Customers with one of these tags, as far as the actor sees them."""
    now: ColumnElement[bool] = Customer.tag_ids.overlap(tag_ids)
    if actor.scope is None:
        return now
    then = _own(actor.scope).where(FollowRelation.tag_ids.overlap(tag_ids))
    theirs = followed(actor.scope)
    return or_(and_(theirs, now), and_(not_(theirs), then))


def related(actor: Actor) -> ColumnElement[bool]:
    """Relations that are seen, beside a customer."""
    if actor.scope is None:
        return true()
    other = aliased(FollowRelation)
    follows = exists().where(
        other.customer_id == FollowRelation.customer_id, other.staff_id.in_(actor.scope), other.status.in_(LIVE)
    )
    return or_(FollowRelation.staff_id.in_(actor.scope), follows)


def _own(scope: frozenset[int]) -> Exists:
    return exists().where(FollowRelation.customer_id == Customer.id, FollowRelation.staff_id.in_(scope))


def entrusted(scope: frozenset[int]) -> CompoundSelect[int]:
    """Customers that are somebody's of the scope, or shared with them, whether they follow or not."""
    owned = select(Owner.customer_id).where(Owner.staff_id.in_(scope), Owner.until.is_(None))
    return owned.union_all(shared_with(RECORD, scope))


def any_entrusted(session: Session, actor: Reader) -> bool:
    """Whether anything is entrusted to the actor's scope."""
    return actor.scope is not None and session.scalar(select(entrusted(actor.scope).exists())) is True


def hold(session: Session, actor: Reader, customer_id: int, seen: Sight) -> Hold:
    """What the actor, who sees the customer so, may do with it."""
    if actor.scope is None:
        return Hold.OWN
    owner = owners_of(session, [customer_id]).get(customer_id)
    follows = any(relation.status in LIVE and relation.staff_id in actor.scope for relation in seen.known)
    if follows if owner is None else owner.staff_id in actor.scope:
        return Hold.OWN
    if follows or level(session, RECORD, customer_id, actor.scope) is Level.EDIT:
        return Hold.EDIT
    return Hold.READ


def entrusted_of(session: Session, actor: Reader, ids: Collection[int]) -> frozenset[int]:
    """Those of these customers that are entrusted to the actor's scope."""
    if actor.scope is None or not ids:
        return frozenset()
    theirs = entrusted(actor.scope).subquery()
    column = theirs.c.customer_id
    return frozenset(session.scalars(select(column).where(column.in_(ids))))


def followed(scope: frozenset[int]) -> ColumnElement[bool]:
    """That somebody of the scope follows the customer now, or that it is entrusted to them."""
    return or_(_own(scope).where(FollowRelation.status.in_(LIVE)), Customer.id.in_(entrusted(scope)))
