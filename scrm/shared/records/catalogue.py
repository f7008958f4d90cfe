"""Which kinds there are, with the fields that other rooms add, and what of them a reader knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scrm.core.records.field import Field
from scrm.core.records.kind import Extends, RecordKind
from scrm.identity.actor import Actor
from scrm.shared.records.errors import KindNotFound


@dataclass(frozen=True)
class Part:
    """A field of a kind; ``room`` names the one that adds it, where it is another's than the kind's."""

    field: Field
    room: str | None = None


@dataclass(frozen=True)
class Known:
    """A kind as one reader knows it: a field that they may not read is not there."""

    kind: RecordKind
    parts: Mapping[str, Part]

    @property
    def filters(self) -> list[str]:
        return [key for key, part in self.parts.items() if part.field.operators]

    @property
    def sorts(self) -> list[str]:
        return [key for key, part in self.parts.items() if part.field.sort is not None]

    @property
    def columns(self) -> list[str]:
        return [key for key, part in self.parts.items() if part.field.is_column]

    @property
    def default_columns(self) -> list[str]:
        return [key for key in self.kind.default_columns if key in self.parts]


KINDS: dict[str, Known] = {}  # every kind with every field, by name


def install(rooms: Iterable[tuple[str, Iterable[RecordKind], Iterable[Extends]]]) -> None:
    """Called by `scrm.wiring`, with each room's name and what it declares; safe to call again.

    Raises `ValueError` where a name stands twice, or where a default or an extension names what is not there.
    """
    given = [(room, list(kinds), list(extends)) for room, kinds, extends in rooms]
    found: dict[str, tuple[RecordKind, dict[str, Part]]] = {}
    for _, kinds, _ in given:
        for kind in kinds:
            if kind.name in found:
                raise ValueError(f"record kind {kind.name}: registered twice")
            found[kind.name] = kind, {}
            for field in kind.fields:
                _add(found[kind.name], Part(field))
    for room, _, extends in given:
        for more in extends:
            if more.kind not in found:
                raise ValueError(f"{room} extends {more.kind}, which is no record kind")
            for field in more.fields(found[more.kind][0].key):
                _add(found[more.kind], Part(field, room))
    KINDS.clear()
    KINDS.update((name, _checked(Known(kind, parts))) for name, (kind, parts) in found.items())


def known_to(actor: Actor) -> list[Known]:
    """The kinds that this reader may read."""
    return [_seen(known, actor) for known in KINDS.values() if known.kind.read in actor.permissions]


def of(name: str, actor: Actor) -> Known:
    """One kind, as this reader knows it; raises `KindNotFound`, too where they may not read it."""
    known = KINDS.get(name)
    if known is None or known.kind.read not in actor.permissions:
        raise KindNotFound()
    return _seen(known, actor)


def word(name: str, language: str) -> str:
    """What a kind is called, in Chinese (``zh``) or English; its name where there is none of it any more."""
    known = KINDS.get(name)
    if known is None:
        return name
    return known.kind.zh if language == "zh" else known.kind.en


def _seen(known: Known, actor: Actor) -> Known:
    allowed = {
        key: part
        for key, part in known.parts.items()
        if part.field.permission is None or part.field.permission in actor.permissions
    }
    return Known(known.kind, allowed)


def _add(found: tuple[RecordKind, dict[str, Part]], part: Part) -> None:
    kind, parts = found
    if part.field.key in parts:
        raise ValueError(f"record kind {kind.name}: the field {part.field.key} stands twice")
    parts[part.field.key] = part


def _checked(known: Known) -> Known:
    name, kind = known.kind.name, known.kind
    if kind.default_sort.removeprefix("-") not in known.sorts:
        raise ValueError(f"record kind {name}: cannot be sorted by {kind.default_sort}")
    if missing := set(kind.default_columns) - set(known.columns):
        raise ValueError(f"record kind {name}: no columns {sorted(missing)}")
    return known
