"""Customer groups: list, one, what happened in it, and its days."""

from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.reading import NothingPersonal, listed, opened
from scrm.customers.groups import queries
from scrm.customers.groups.schemas import (
    GroupDays,
    GroupDaysQuery,
    GroupDetail,
    GroupEventPage,
    GroupEventQuery,
    GroupPage,
    GroupQuery,
)
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission

api = Api("groups")


@api.get(
    "/groups",
    permission=Permission.CUSTOMERS_READ,
    reads=listed("groups", "group:{chat_id}"),
    query=GroupQuery,
    response=GroupPage,
)
def list_groups(actor: Actor, session: Session, query: GroupQuery) -> object:
    """Customer groups that the user may see."""
    return queries.group_page(session, actor, query)


@api.get(
    "/groups/<chat_id>",
    permission=Permission.CUSTOMERS_READ,
    reads=opened("group.read", "group:{chat_id}"),
    response=GroupDetail,
)
def get_group(actor: Actor, session: Session, chat_id: str) -> object:
    """One customer group."""
    return queries.group_detail(session, actor, chat_id)


@api.get(
    "/groups/<chat_id>/events",
    permission=Permission.CUSTOMERS_READ,
    reads=listed("group:{chat_id}:events", "staff:{userid}", "customer:{external_userid}"),
    query=GroupEventQuery,
    response=GroupEventPage,
)
def list_group_events(actor: Actor, session: Session, chat_id: str, query: GroupEventQuery) -> object:
    """What happened in a group, newest first."""
    return queries.event_page(session, actor, chat_id, query)


@api.get(
    "/groups/<chat_id>/days",
    permission=Permission.CUSTOMERS_READ,
    reads=NothingPersonal("counts"),
    query=GroupDaysQuery,
    response=GroupDays,
)
def list_group_days(actor: Actor, session: Session, chat_id: str, query: GroupDaysQuery) -> object:
    """A group day by day."""
    return queries.days(session, actor, chat_id, days=query.days)
