"""With whom a customer is shared: list, share, take back."""

from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.reading import opened
from scrm.customers.shares import actions, queries
from scrm.customers.shares.schemas import NewShare, ShareList
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission

api = Api("shares")


@api.get(
    "/customers/<customer>/shares",
    permission=Permission.CUSTOMERS_READ,
    reads=opened("shares.read", "customer:{customer}"),
    response=ShareList,
    further=(403,),
)
def list_shares(actor: Actor, session: Session, customer: str) -> object:
    """Members who see the customer beyond their data scope."""
    return queries.shares_of(session, actor, customer)


@api.post(
    "/customers/<customer>/shares",
    permission=Permission.CUSTOMERS_WRITE,
    body=NewShare,
    response=ShareList,
    status=201,
    further=(403, 404),
)
def share_customer(actor: Actor, session: Session, customer: str, body: NewShare) -> object:
    """Let a member see the customer, or change it too."""
    actions.add(session, actor, customer, body)
    return queries.shares_of(session, actor, customer)


@api.delete("/customers/<customer>/shares/<userid>", permission=Permission.CUSTOMERS_WRITE, further=(403, 404))
def unshare_customer(actor: Actor, session: Session, customer: str, userid: str) -> None:
    """Take a share back."""
    actions.remove(session, actor, customer, userid)
