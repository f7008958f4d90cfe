"""What happened to a customer, told once."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.customers.file.kinds import KINDS
from scrm.customers.file.models import TimelineEntry, TimelineSubject


def tell(
    session: Session,
    kind: str,
    *,
    customer_id: int,
    staff_id: int | None,
    at: dt.datetime,
    key: str,
    facts: dict[str, Any] | None = None,
    actor: str | None = None,
    reference: str | None = None,
    also: Collection[int] = (),
) -> bool:
    """Add an entry unless one with this semantic key is there; True if it is new.

    ``actor`` did it, as the trail names them, where the kind does not say who. ``reference`` is the record (its kind
    and id), ``also`` are further customers that it is about.

    Of a kind that nobody has declared, or with a fact that it does not tell, nothing is added: that is an error.
    """
    _check(kind, facts or {})
    more = {"actor": actor} if actor is not None else {}
    more |= {"reference": reference} if reference is not None else {}
    added = session.scalars(
        insert(TimelineEntry)
        .values(customer_id=customer_id, staff_id=staff_id, kind=kind, at=at, key=key, facts=facts or {}, **more)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(TimelineEntry.id)
    ).first()
    others = set(also) - {customer_id}
    if added is not None and others:
        rows = [{"customer_id": other, "at": at, "entry_id": added} for other in sorted(others)]
        session.execute(insert(TimelineSubject), rows)
    return added is not None


def tell_all(session: Session, entries: Sequence[dict[str, Any]]) -> None:
    """Add many entries at once, each unless one with its key is there."""
    for entry in entries:
        _check(entry["kind"], entry["facts"])
    if entries:
        session.execute(insert(TimelineEntry).on_conflict_do_nothing(index_elements=["key"]), list(entries))


def pair_key(kind: str, userid: str, external_userid: str, at: dt.datetime) -> str:
    """The semantic key of something between two people: one event may come through two apps, twice, or late."""
    return f"{kind}:{userid.lower()}:{external_userid}:{int(at.timestamp())}"


def _check(kind: str, facts: dict[str, Any]) -> None:
    foreign = facts.keys() - set(KINDS[kind].facts)
    if foreign:
        raise ValueError(f"an entry of kind {kind} tells no {', '.join(sorted(foreign))}")
