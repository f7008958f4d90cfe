"""Customers, their timeline, and the figures of the workbench."""

from collections.abc import Mapping
from typing import Any

from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.reading import NothingPersonal, Reads, Shown, listed, opened
from scrm.customers.file.actions import entries
from scrm.customers.file.actions.reveal import reveal_mobiles as reveal
from scrm.customers.file.queries.people import customer_detail, customer_page
from scrm.customers.file.queries.summary import summary
from scrm.customers.file.queries.timeline import timeline_page
from scrm.customers.file.schemas import (
    CustomerChange,
    CustomerDetail,
    CustomerPage,
    CustomerQuery,
    CustomerSummary,
    NewCustomer,
    RevealedMobiles,
    RevealRequest,
    SummaryQuery,
    TimelinePage,
    TimelineQuery,
)
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission

api = Api("customers")


def _revealed(arguments: Mapping[str, Any], answer: Any) -> Shown:
    subject = _REVEALED.format(**arguments)
    facts = {"reason": arguments["body"].reason, "count": len(answer["mobiles"])}
    return Shown(subject, frozenset({subject}), len(answer["mobiles"]), facts)


_REVEALED = "customer:{customer}"
_REVEALS = Reads("customer.mobiles_revealed", _REVEALED, _revealed)


@api.get(
    "/customers",
    permission=Permission.CUSTOMERS_READ,
    reads=listed("customers", "customer:{id}"),
    query=CustomerQuery,
    response=CustomerPage,
)
def list_customers(actor: Actor, session: Session, query: CustomerQuery) -> object:
    """Customers that the user may see, newest first."""
    return customer_page(session, actor, query)


@api.get(
    "/customers/summary",
    permission=Permission.DASHBOARD_READ,
    reads=NothingPersonal("counts, and how many each member added"),
    query=SummaryQuery,
    response=CustomerSummary,
)
def summarise_customers(actor: Actor, session: Session, query: SummaryQuery) -> object:
    """Counts, daily growth and ranking for the workbench."""
    return summary(session, actor, days=query.days)


@api.post("/customers", permission=Permission.CUSTOMERS_WRITE, body=NewCustomer, response=CustomerDetail, status=201)
def create_customer(actor: Actor, session: Session, body: NewCustomer) -> object:
    """Enter a company, or a person whom WeCom does not know."""
    return customer_detail(session, actor, str(entries.create(session, actor, body).id))


@api.route(
    "PUT",
    "/customers/<customer>",
    permission=Permission.CUSTOMERS_WRITE,
    body=CustomerChange,
    response=CustomerDetail,
    further=(403, 404, 409),
)
def change_customer(actor: Actor, session: Session, customer: str, body: CustomerChange) -> object:
    """Change the name of what was entered by hand, or whose customer it is."""
    return customer_detail(session, actor, str(entries.change(session, actor, customer, body).id))


@api.get(
    "/customers/<customer>",
    permission=Permission.CUSTOMERS_READ,
    reads=opened("customer.read", "customer:{customer}"),
    response=CustomerDetail,
)
def get_customer(actor: Actor, session: Session, customer: str) -> object:
    """One customer with every follow relation; by our number, or by its external_userid as in 0.1."""
    return customer_detail(session, actor, customer)


@api.get(
    "/customers/by-external/<external_userid>",
    permission=Permission.CUSTOMERS_READ,
    reads=opened("customer.read", "customer:{external_userid}"),
    response=CustomerDetail,
)
def get_customer_by_external(actor: Actor, session: Session, external_userid: str) -> object:
    """The customer whose chat is open: the sidebar knows WeCom's id alone."""
    return customer_detail(session, actor, external_userid, external=True)


@api.get(
    "/customers/<customer>/timeline",
    permission=Permission.CUSTOMERS_READ,
    reads=opened("timeline.read", "customer:{customer}"),
    query=TimelineQuery,
    response=TimelinePage,
)
def list_timeline(actor: Actor, session: Session, customer: str, query: TimelineQuery) -> object:
    """What happened to the customer, newest first."""
    return timeline_page(session, actor, customer, query)


@api.post(
    "/customers/<customer>/reveal",
    permission=Permission.CUSTOMERS_REVEAL,
    reads=_REVEALS,
    body=RevealRequest,
    response=RevealedMobiles,
)
def reveal_mobiles(actor: Actor, session: Session, customer: str, body: RevealRequest) -> object:  # noqa: ARG001
    """Show the phone numbers in full; the reason goes into the trail of readings, by `_revealed`."""
    return {"mobiles": reveal(session, actor, customer)}
