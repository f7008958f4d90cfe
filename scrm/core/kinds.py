"""Kinds as a folder: one file each, named like its kind, which holds all that the service must know of it.

A kind is added by its file alone. What else it needs (a view, words, a test) is looked for by `tests.checks.kinds`,
which names whatever is missing.
"""

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Named(Protocol):
    """What every kind has: the name that rows keep, and what it is called."""

    @property
    def name(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


K = TypeVar("K", bound=Named)


def collect(package: str, path: Iterable[str], of: type[K]) -> dict[str, K]:
    """The ``KIND`` of each file of a folder, by name; a file without one, or with another's name, is an error."""
    found: dict[str, K] = {}
    for module in sorted(pkgutil.iter_modules(path), key=lambda module: module.name):
        kind = getattr(importlib.import_module(f"{package}.{module.name}"), "KIND", None)
        if not isinstance(kind, of) or kind.name != module.name:
            raise TypeError(f"{package}.{module.name}: KIND must be a {of.__name__} named {module.name!r}")
        found[kind.name] = kind
    return found


def members(kinds: Iterable[str]) -> dict[str, str]:
    """Names as an enumeration takes them."""
    return {name.upper(): name for name in kinds}
