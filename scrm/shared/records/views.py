"""Saved views as a reader sees them: what is gone or hidden is marked, never named."""

from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from scrm.core.errors import AppError
from scrm.core.records.field import Asked
from scrm.identity.actor import Actor
from scrm.shared.records import catalogue
from scrm.shared.records.catalogue import Known
from scrm.shared.records.compiler import of_leaf
from scrm.shared.records.errors import ColumnUnknown, FieldUnknown, SortUnknown, ViewNotFound
from scrm.shared.records.language import Leaf, leaves, read
from scrm.shared.records.models import SavedView, ViewScope
from scrm.shared.records.schemas import ViewProblem, ViewRow

_BLANK = "?"  # in place of what is not told
_GONE = "这里用到的字段已不存在，或你无权查看。", "A field that is used here is gone, or you may not read it."


def visible(actor: Actor) -> Select[SavedView]:
    """One's own and the team's, of kinds that the actor may read."""
    kinds = [known.kind.name for known in catalogue.known_to(actor)]
    mine = or_(SavedView.scope == ViewScope.TEAM, SavedView.account_id == actor.account_id)
    return select(SavedView).where(and_(SavedView.kind.in_(kinds), mine))


def visible_view(session: Session, actor: Actor, view_id: int) -> SavedView:
    """One view, locked for a change; raises `ViewNotFound`."""
    view = session.scalars(visible(actor).where(SavedView.id == view_id).with_for_update()).first()
    if view is None:
        raise ViewNotFound()
    return view


def views_of(session: Session, actor: Actor, kind: str | None) -> list[ViewRow]:
    """The reader's views of one kind, or of all; raises `KindNotFound`."""
    query = visible(actor)
    if kind is not None:
        query = query.where(SavedView.kind == catalogue.of(kind, actor).kind.name)
    found = session.scalars(query.order_by(SavedView.pinned.desc(), SavedView.id))
    return [shown(session, actor, view) for view in found]


def shown(session: Session, actor: Actor, view: SavedView) -> ViewRow:
    """A view as this reader gets it."""
    known, asked = catalogue.of(view.kind, actor), Asked(session, actor)
    problems = [problem for leaf in leaves(read(view.filter)) if (problem := _problem(asked, known, leaf))]
    hidden = {problem.path for problem in problems if problem.code == FieldUnknown.code}
    columns = [key for key in view.columns if key in known.columns]
    sort = view.sort if view.sort is None or view.sort.removeprefix("-") in known.sorts else None
    if sort != view.sort:
        problems.append(_gone("sort", SortUnknown.code))
    if columns != view.columns:
        problems.append(_gone("columns", ColumnUnknown.code))
    return ViewRow(
        id=view.id,
        kind=view.kind,
        name=view.name,
        scope=ViewScope(view.scope),
        pinned=view.pinned,
        mine=view.account_id == actor.account_id,
        filter=_blanked(view.filter, "", hidden),
        sort=sort,
        columns=columns,
        density=view.density,
        problems=problems,
        version=view.version,
    )


def _problem(asked: Asked, known: Known, leaf: Leaf) -> ViewProblem | None:
    part = known.parts.get(leaf.field)
    if part is None or not part.field.operators:
        return _gone(leaf.path, FieldUnknown.code)
    if leaf.op in part.field.operators and part.field.options is None:
        return None  # what else a value may be is read when the list is asked
    try:
        of_leaf(asked, known, leaf)
    except AppError as error:
        return ViewProblem(path=leaf.path, code=error.code, zh=error.message_zh, en=error.message_en)
    return None


def _gone(path: str, code: str) -> ViewProblem:
    return ViewProblem(path=path, code=code, zh=_GONE[0], en=_GONE[1])


def _blanked(node: Any, path: str, hidden: set[str]) -> Any:
    """The filter with nothing of the conditions at these places but that they are there."""
    within = f"{path}." if path else ""
    if path in hidden and "field" in node:
        return {"field": _BLANK, "op": _BLANK}
    for form in ("and", "or"):
        if form in node:
            return {form: [_blanked(one, f"{within}{form}.{place}", hidden) for place, one in enumerate(node[form])]}
    return {"not": _blanked(node["not"], f"{within}not", hidden)} if "not" in node else node
