"""By what a customer is known: list, enter, take back."""

from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.reading import opened
from scrm.customers.identities import actions, queries
from scrm.customers.identities.schemas import IdentityList, NewIdentity
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission

api = Api("identities")


@api.get(
    "/customers/<customer>/identities",
    permission=Permission.CUSTOMERS_READ,
    reads=opened("identities.read", "customer:{customer}"),
    response=IdentityList,
)
def list_identities(actor: Actor, session: Session, customer: str) -> object:
    """Phone numbers, addresses and codes of a customer, masked."""
    return queries.identities_of(session, actor, customer)


@api.post(
    "/customers/<customer>/identities",
    permission=Permission.CUSTOMERS_WRITE,
    body=NewIdentity,
    response=IdentityList,
    status=201,
    further=(404, 409),
)
def add_identity(actor: Actor, session: Session, customer: str, body: NewIdentity) -> object:
    """Enter one more."""
    actions.add(session, actor, customer, body)
    return queries.identities_of(session, actor, customer)


@api.delete("/customers/<customer>/identities/<int:identity_id>", permission=Permission.CUSTOMERS_WRITE)
def remove_identity(actor: Actor, session: Session, customer: str, identity_id: int) -> None:
    """Take back one that was entered by hand."""
    actions.remove(session, actor, customer, identity_id)
