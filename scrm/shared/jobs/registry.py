"""Which actions there are; rooms declare them in their manifests."""

from collections.abc import Iterable

from scrm.core.errors import NotPermitted
from scrm.core.records.action import Action
from scrm.identity.actor import Actor
from scrm.shared.jobs.errors import ActionNotFound

ACTIONS: dict[str, Action] = {}


def install(actions: Iterable[Action]) -> None:
    """Called by `scrm.wiring`; safe to call again. Raises `ValueError` where a name stands twice."""
    found: dict[str, Action] = {}
    for action in actions:
        if action.name in found:
            raise ValueError(f"action {action.name}: registered twice")
        found[action.name] = action
    ACTIONS.clear()
    ACTIONS.update(found)


def of(name: str, actor: Actor) -> Action:
    """An action that the actor may do; raises `ActionNotFound` or `NotPermitted`."""
    action = ACTIONS.get(name)
    if action is None:
        raise ActionNotFound(action=name[:64])
    if action.permission not in actor.permissions:
        raise NotPermitted()
    return action
