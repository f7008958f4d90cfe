"""The line above each method of the port: who may call it and what a repetition does."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from scrm.wecom.models import AppKind

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class MethodSpec:
    """``family`` and ``name`` find the method on a `scrm.wecom.port.Wecom`; ``credential`` names the secret it needs.

    ``mutating``: a second call may have a second effect, so a call without an answer is never repeated blindly, unless
    WeCom itself drops the second of two that are the same, for as long as ``dropped_within``.
    """

    family: str
    name: str
    credential: AppKind
    mutating: bool
    function: Callable[..., Any]
    dropped_within: dt.timedelta | None = None

    @property
    def path(self) -> str:
        return f"{self.family}.{self.name}"


METHODS: dict[str, MethodSpec] = {}


def wecom_method(
    family: str,
    *,
    credential: AppKind = AppKind.APP,
    mutating: bool = False,
    dropped_within: dt.timedelta | None = None,
) -> Callable[[F], F]:
    """Register a method of a Protocol under ``family.name``."""

    def register(function: F) -> F:
        spec = MethodSpec(family, function.__name__, credential, mutating, function, dropped_within)
        METHODS[spec.path] = spec
        return function

    return register


def spec_of(function: Callable[..., Any]) -> MethodSpec:
    """The spec of a Protocol's method, so that callers name methods by reference and mypy knows them."""
    for spec in METHODS.values():
        if spec.function is function:
            return spec
    raise LookupError(f"{function!r} is not a method of the port")
