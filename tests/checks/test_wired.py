"""What a room has and no list names would be met by nobody: handlers, routes, permissions, kinds of notices."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, get_type_hints

import scrm
from scrm import wiring
from scrm.core.event import Event
from scrm.core.http import Api
from scrm.identity.permissions import ROLE_PERMISSIONS, Permission
from scrm.shared.notices.kind import Kind
from scrm.wiring.listeners import LISTENERS


def _modules(*endings: str) -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(scrm.__path__, "scrm."):
        parts = module.name.split(".")
        if parts[-1] in endings or parts[-2] in endings:
            yield importlib.import_module(module.name)


def _hears(function: Callable[..., Any]) -> bool:
    """Whether this takes a session and an event."""
    hints = [hint for name, hint in get_type_hints(function).items() if name != "return"]
    return len(hints) == 2 and inspect.isclass(hints[1]) and issubclass(hints[1], Event)


def _handlers(module: ModuleType) -> set[Any]:
    """The handlers of events that stand in this module."""
    own = [value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__]
    return {value for value in own if inspect.isfunction(value) and _hears(value)}


def test_every_handler_of_an_event_has_its_line_in_the_listeners() -> None:
    handlers = set().union(*map(_handlers, _modules("handlers")))
    wired = {handler for _, _, handler in LISTENERS}
    assert len(handlers) > 20
    assert sorted(f"{handler.__module__}.{handler.__name__}" for handler in handlers - wired) == []


def test_a_handler_that_is_not_wired_is_found() -> None:
    planted = ModuleType("planted")

    def contact_planted(_session: object, _event: Event) -> None: ...

    contact_planted.__module__ = "planted"
    vars(planted).update(contact_planted=contact_planted)
    assert _handlers(planted) == {contact_planted}


def test_every_api_is_in_the_manifest_of_a_room() -> None:
    apis = [value for module in _modules("routes") for value in vars(module).values() if isinstance(value, Api)]
    assert apis
    assert {api.name for api in apis} - {api.name for api in wiring.APIS} == set()


def test_every_permission_is_held_by_a_role_and_asked_for_by_a_route() -> None:
    held = set[Permission]().union(*ROLE_PERMISSIONS.values())
    asked: set[object] = {operation.permission for api in wiring.APIS for operation in api.operations}
    asked |= {kind.export for room in wiring.ROOMS for kind in room.kinds}
    assert set(Permission) - held == set()
    assert set(Permission) - asked == set()


def test_every_kind_of_notice_is_in_the_manifest_of_a_room() -> None:
    found = [kind for module in _modules("notices") for kind in getattr(module, "KINDS", {}).values()]
    kinds = {kind.name for kind in found if isinstance(kind, Kind)}
    assert kinds
    assert kinds == {kind.name for room in wiring.ROOMS for kind in room.notices}
