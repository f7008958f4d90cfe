"""Record kinds: which there are, their fields, why a record is in a list; and saved views of lists."""

from collections.abc import Mapping
from typing import Any

from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.operation import Public
from scrm.core.reading import NothingPersonal, Reads, Shown
from scrm.identity.actor import Actor
from scrm.shared.records import catalogue, describing, explaining, saving, views
from scrm.shared.records.schemas import (
    ExplainQuery,
    Explanation,
    KindDetail,
    KindList,
    ViewBody,
    ViewChange,
    ViewList,
    ViewQuery,
    ViewRow,
)

api = Api("records")

_DESCRIPTION = NothingPersonal("what kinds of records there are")


def _explained(arguments: Mapping[str, Any], answer: Explanation) -> Shown:
    own = f"{arguments['record']}:{arguments['query'].id}"
    return Shown(own, frozenset({own} if answer.visible else ()), int(answer.visible))


@api.get("/kinds", permission=Public.ANY_USER, reads=_DESCRIPTION, response=KindList)
def list_kinds(actor: Actor) -> object:
    """The kinds of records that the user may read."""
    return {"items": [describing.row(known) for known in catalogue.known_to(actor)]}


@api.get("/kinds/<record>", permission=Public.ANY_USER, reads=_DESCRIPTION, response=KindDetail)
def get_kind(actor: Actor, record: str) -> object:
    """The fields of one kind that the user may read, with their operators and values."""
    return describing.detail(catalogue.of(record, actor), actor)


@api.get(
    "/kinds/<record>/explain",
    permission=Public.ANY_USER,
    reads=Reads("record.explained", "{record}", _explained),
    query=ExplainQuery,
    response=Explanation,
)
def explain_record(actor: Actor, session: Session, record: str, query: ExplainQuery) -> object:
    """Which conditions of a filter one record meets: the list's own, so that they cannot disagree."""
    return explaining.explain(session, actor, record, query.id, query.filter)


@api.get(
    "/views",
    permission=Public.ANY_USER,
    reads=NothingPersonal("how lists are shown"),
    query=ViewQuery,
    response=ViewList,
    further=(404,),
)
def list_views(actor: Actor, session: Session, query: ViewQuery) -> object:
    """The user's saved views and the team's."""
    return {"items": views.views_of(session, actor, query.kind)}


@api.post("/views", permission=Public.ANY_USER, body=ViewBody, response=ViewRow, status=201, further=(404,))
def save_view(actor: Actor, session: Session, body: ViewBody) -> object:
    """Save how a list is shown, for oneself or the team; each reader sees their own records by it."""
    return saving.save(session, actor, body)


@api.route("PUT", "/views/<int:view_id>", permission=Public.ANY_USER, body=ViewChange, response=ViewRow)
def change_view(actor: Actor, session: Session, view_id: int, body: ViewChange) -> object:
    """Change a view of one's own, or as an administrator one of the team's."""
    return saving.change(session, actor, view_id, body)


@api.delete("/views/<int:view_id>", permission=Public.ANY_USER)
def delete_view(actor: Actor, session: Session, view_id: int) -> None:
    """Delete a view of one's own, or as an administrator one of the team's."""
    saving.delete(session, actor, view_id)
