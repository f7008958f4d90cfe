"""Search texts of an earlier folding are derived anew, a few customers at a time, behind everything else."""

from sqlalchemy import exists, select

from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue.registry import OwnWay, Waiting
from scrm.core.queue.rows import BATCH
from scrm.customers.actions.states import refold
from scrm.customers.models import TEXT_VERSION, Customer
from scrm.customers.queries.people import relations_of

_STALE = Customer.text_version < TEXT_VERSION


def drain_batch(corp: int, lane: Lane) -> int:
    """Up to 100 customers in one transaction; how many there were."""
    if lane is not Lane.BULK:
        return 0
    with transaction(corp) as session:
        query = select(Customer).where(_STALE).order_by(Customer.id).limit(BATCH)
        customers = session.scalars(query.with_for_update(skip_locked=True)).all()
        relations = relations_of(session, [customer.id for customer in customers])
        for customer in customers:
            refold(customer, sorted(relations[customer.id], key=lambda relation: relation.id))
        return len(customers)


QUEUE = OwnWay(
    name="search_texts",
    waiting=Waiting(model=Customer, where=_STALE, due_at=None),
    parked=None,
    batch=drain_batch,
    is_due=lambda _corp, lane: exists().where(_STALE) if lane is Lane.BULK else None,
)
