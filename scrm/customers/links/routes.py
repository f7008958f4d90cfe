"""Links of a customer: list, add, change, take back."""

from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.reading import opened
from scrm.customers.links import actions, queries
from scrm.customers.links.schemas import LinkList, NewLink, Post
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission

api = Api("links")


@api.get(
    "/customers/<customer>/links",
    permission=Permission.CUSTOMERS_READ,
    reads=opened("links.read", "customer:{customer}"),
    response=LinkList,
)
def list_links(actor: Actor, session: Session, customer: str) -> object:
    """Where somebody works, who works there, and what companies are to each other."""
    return queries.links_of(session, actor, customer)


@api.post(
    "/customers/<customer>/links",
    permission=Permission.CUSTOMERS_WRITE,
    body=NewLink,
    response=LinkList,
    status=201,
    further=(403, 404, 409),
)
def add_link(actor: Actor, session: Session, customer: str, body: NewLink) -> object:
    """Link two customers that the user sees."""
    actions.add(session, actor, customer, body)
    return queries.links_of(session, actor, customer)


@api.route(
    "PUT",
    "/customers/<customer>/links/<int:link_id>",
    permission=Permission.CUSTOMERS_WRITE,
    body=Post,
    response=LinkList,
    further=(403, 404),
)
def change_link(actor: Actor, session: Session, customer: str, link_id: int, body: Post) -> object:
    """Title, department, superior, and whether one turns to them first."""
    actions.change(session, actor, customer, link_id, body)
    return queries.links_of(session, actor, customer)


@api.delete("/customers/<customer>/links/<int:link_id>", permission=Permission.CUSTOMERS_WRITE)
def remove_link(actor: Actor, session: Session, customer: str, link_id: int) -> None:
    """Take a link back."""
    actions.remove(session, actor, customer, link_id)
