"""The filter language: a tree of conditions, read from JSON; its page is ``docs/filter-language.md``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scrm.core import json_text
from scrm.core.storable import storable
from scrm.shared.records.errors import FilterMalformed, FilterTooLarge

LEVELS, CONDITIONS, VALUES = 5, 50, 1_000  # levels of and, or and not; values of all conditions together
TEXT = 100_000  # characters of the JSON
FORMS = ("and", "or", "not", "field")
_NAME = 64  # characters of a name that is said again


@dataclass(frozen=True)
class Leaf:
    """One condition; ``path`` is its place, like ``and.0.not``, the whole filter's is empty."""

    path: str
    field: str
    op: str
    value: Any


@dataclass(frozen=True)
class Group:
    """``form`` is and, or, not; a filter that asks nothing is an ``and`` of nothing."""

    path: str
    form: str
    nodes: tuple["Node", ...]


Node = Group | Leaf


def parse(text: str | None) -> Node:
    """The tree; raises `FilterMalformed` and `FilterTooLarge`. Nothing, or ``{}``, asks nothing."""
    if not text:
        return Group("", "and", ())
    try:
        given = json_text.loads_strictly(text.encode("utf-8", "strict"))
    except (ValueError, UnicodeError):
        raise FilterMalformed(at="", known=list(FORMS)) from None
    if not storable(given):
        raise FilterMalformed(at="", known=list(FORMS))
    return read(given)


def read(given: Any) -> Node:
    """The same from JSON that has been read."""
    tree = _node(given, "", 0)
    found = list(leaves(tree))
    if len(found) > CONDITIONS:
        raise _too_large(found[CONDITIONS].path, "conditions")
    values = 0
    for leaf in found:
        values += len(leaf.value) if isinstance(leaf.value, list) else 1
        if values > VALUES:
            raise _too_large(leaf.path, "values")
    return tree


def leaves(tree: Node) -> Iterator[Leaf]:
    """The conditions in the order in which they stand."""
    if isinstance(tree, Leaf):
        yield tree
    else:
        for node in tree.nodes:
            yield from leaves(node)


def _node(given: Any, path: str, level: int) -> Node:
    match given:
        case {"and": list(inner), **rest} if not rest:
            return _group("and", inner, path, level)
        case {"or": list(inner), **rest} if not rest:
            return _group("or", inner, path, level)
        case {"not": inner, **rest} if not rest:
            _look_at(path, level)
            return Group(path, "not", (_node(inner, _within(path, "not"), level + 1),))
        case {"field": str(field), "op": str(op), **rest} if not rest.keys() - {"value"}:
            return Leaf(path, field[:_NAME], op[:_NAME], rest.get("value"))
        case Mapping() if not given:
            return Group(path, "and", ())
    raise FilterMalformed(at=path, known=list(FORMS))


def _group(form: str, inner: list[Any], path: str, level: int) -> Group:
    _look_at(path, level)
    if len(inner) > CONDITIONS:
        raise _too_large(path, "conditions")
    return Group(path, form, tuple(_node(one, _within(path, f"{form}.{i}"), level + 1) for i, one in enumerate(inner)))


def _look_at(path: str, level: int) -> None:
    if level >= LEVELS:
        raise _too_large(path, "levels")


def _too_large(path: str, what: str) -> FilterTooLarge:
    return FilterTooLarge(at=path, of=what, known=[f"{LEVELS} levels", f"{CONDITIONS} conditions", f"{VALUES} values"])


def _within(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step
