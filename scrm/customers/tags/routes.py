"""Tags and their groups, how many customers wear them, and which of our own a customer wears."""

from scrm.contracts.customers import wearers
from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.reading import NothingPersonal
from scrm.customers.tags.actions import own, worn
from scrm.customers.tags.queries import tag_groups, tag_ids
from scrm.customers.tags.schemas import (
    CustomerTags,
    CustomerTagsChange,
    GroupOrder,
    NewTagGroup,
    OwnTagName,
    TagGroupChange,
    TagGroupList,
    TagWearersList,
)
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission

api = Api("tags")


@api.get("/tags", permission=Permission.CUSTOMERS_READ, reads=NothingPersonal("the corp's tags"), response=TagGroupList)
def list_tags(session: Session) -> object:
    """The corp's tag groups with their tags: its own, then WeCom's."""
    return {"items": tag_groups(session)}


@api.get(
    "/tags/wearers",
    permission=Permission.CUSTOMERS_READ,
    reads=NothingPersonal("how many wear each tag"),
    response=TagWearersList,
)
def count_wearers(actor: Actor, session: Session) -> object:
    """How many customers that the user may see wear each tag, as the list finds them."""
    counts = wearers().counts(session, actor)
    ids = tag_ids(session, counts.keys())
    return {"items": [{"tag_id": ids[one], "customers": counts[one]} for one in sorted(ids)]}


@api.post("/tags/groups", permission=Permission.TAGS_WRITE, body=NewTagGroup, response=TagGroupList, status=201)
def create_tag_group(actor: Actor, session: Session, body: NewTagGroup) -> object:
    """A group of the corp's own, with its first tags; all groups."""
    own.create_group(session, actor, body)
    return {"items": tag_groups(session)}


@api.post("/tags/order", permission=Permission.TAGS_WRITE, body=GroupOrder, response=TagGroupList)
def order_tag_groups(actor: Actor, session: Session, body: GroupOrder) -> object:
    """The order of the corp's own groups."""
    own.order_groups(session, actor, body.order)
    return {"items": tag_groups(session)}


@api.post(
    "/tags/groups/<group_id>",
    permission=Permission.TAGS_WRITE,
    body=TagGroupChange,
    response=TagGroupList,
    further=(404, 409),
)
def change_tag_group(actor: Actor, session: Session, group_id: str, body: TagGroupChange) -> object:
    """Rename a group of the corp's own, or order its tags."""
    own.change_group(session, actor, group_id, body)
    return {"items": tag_groups(session)}


@api.delete("/tags/groups/<group_id>", permission=Permission.TAGS_WRITE)
def remove_tag_group(actor: Actor, session: Session, group_id: str) -> None:
    """Delete a group of the corp's own: its tags leave all customers."""
    own.remove_group(session, actor, group_id)


@api.post(
    "/tags/groups/<group_id>/tags",
    permission=Permission.TAGS_WRITE,
    body=OwnTagName,
    response=TagGroupList,
    status=201,
    further=(404, 409),
)
def create_tag(actor: Actor, session: Session, group_id: str, body: OwnTagName) -> object:
    """One more tag of a group of the corp's own; all groups."""
    own.create(session, actor, group_id, body.name)
    return {"items": tag_groups(session)}


@api.post(
    "/tags/<tag_id>", permission=Permission.TAGS_WRITE, body=OwnTagName, response=TagGroupList, further=(404, 409)
)
def change_tag(actor: Actor, session: Session, tag_id: str, body: OwnTagName) -> object:
    """Rename a tag of the corp's own."""
    own.change(session, actor, tag_id, body.name)
    return {"items": tag_groups(session)}


@api.delete("/tags/<tag_id>", permission=Permission.TAGS_WRITE)
def remove_tag(actor: Actor, session: Session, tag_id: str) -> None:
    """Delete a tag of the corp's own: it leaves all customers."""
    own.remove(session, actor, tag_id)


@api.post(
    "/customers/<customer>/tags",
    permission=Permission.CUSTOMERS_TAG,
    body=CustomerTagsChange,
    response=CustomerTags,
    further=(404,),
)
def tag_customer(actor: Actor, session: Session, customer: str, body: CustomerTagsChange) -> object:
    """Put tags of the corp's own on a customer, and take some off."""
    return {"items": worn.change(session, actor, customer, body)}
