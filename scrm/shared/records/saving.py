"""Saving, changing and deleting views."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.db import lock_subject
from scrm.core.records.field import Asked
from scrm.identity.actor import Actor
from scrm.identity.models import Role
from scrm.shared.records import catalogue
from scrm.shared.records.cells import chosen
from scrm.shared.records.compiler import condition
from scrm.shared.records.errors import ViewChanged, ViewNotYours, ViewsFull
from scrm.shared.records.language import read
from scrm.shared.records.models import SavedView, ViewScope
from scrm.shared.records.pages import sorted_by
from scrm.shared.records.schemas import ViewBody, ViewChange, ViewRow
from scrm.shared.records.views import shown, visible_view

MOST = 200  # views of a kind and a person, and of a kind and the team


def save(session: Session, actor: Actor, body: ViewBody) -> ViewRow:
    """A new view of the actor's; raises what its filter, sort or columns get, `ViewsFull`, and of a name taken."""
    _check(session, actor, body)
    lock_subject(session, f"views:{body.kind}:{actor.account_id if body.scope is ViewScope.OWN else 'team'}")
    kept = select(func.count()).where(SavedView.kind == body.kind, SavedView.scope == body.scope.value)
    if body.scope is ViewScope.OWN:
        kept = kept.where(SavedView.account_id == actor.account_id)
    if (session.scalar(kept) or 0) >= MOST:
        raise ViewsFull(most=MOST)
    now = clock.now()
    view = SavedView(account_id=actor.account_id, version=1, created_at=now, updated_at=now, **_told(body))
    session.add(view)
    session.flush()
    audit.record(session, actor, "view.saved", f"view:{view.id}", _facts(view))
    return shown(session, actor, view)


def change(session: Session, actor: Actor, view_id: int, body: ViewChange) -> ViewRow:
    """The view anew; raises `ViewNotFound`, `ViewNotYours`, `ViewChanged` with what stands, and as `save`."""
    view = _held(session, actor, view_id)
    if body.version != view.version:
        raise ViewChanged(standing=shown(session, actor, view).model_dump(mode="json"))
    if body.kind != view.kind or (body.scope is ViewScope.OWN and view.account_id != actor.account_id):
        raise ViewNotYours()
    _check(session, actor, body)
    for name, value in _told(body).items():
        setattr(view, name, value)
    view.version += 1
    view.updated_at = clock.now()
    session.flush()
    audit.record(session, actor, "view.changed", f"view:{view.id}", _facts(view))
    return shown(session, actor, view)


def delete(session: Session, actor: Actor, view_id: int) -> None:
    """Raises `ViewNotFound` and `ViewNotYours`."""
    view = _held(session, actor, view_id)
    audit.record(session, actor, "view.deleted", f"view:{view.id}", _facts(view))
    session.delete(view)


def _held(session: Session, actor: Actor, view_id: int) -> SavedView:
    view = visible_view(session, actor, view_id)
    if view.account_id != actor.account_id and actor.role is not Role.ADMINISTRATOR:
        raise ViewNotYours()
    return view


def _check(session: Session, actor: Actor, body: ViewBody) -> None:
    """As the list would read it."""
    known = catalogue.of(body.kind, actor)
    condition(Asked(session, actor), known, read(body.filter))
    sorted_by(known, body.sort)
    chosen(known, body.columns)


def _told(body: ViewBody) -> dict[str, Any]:
    return body.model_dump(mode="json", include=set(ViewBody.model_fields))


def _facts(view: SavedView) -> dict[str, Any]:
    return {"record": view.kind, "name": view.name, "scope": view.scope}
