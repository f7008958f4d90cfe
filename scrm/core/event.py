"""What an event is: a frozen dataclass that says from which moment on something is true."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import TypeAdapter

from scrm.core.doorbell import Lane
from scrm.core.storable import cleaned


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of everything that one room tells another through the outbox."""

    lane: ClassVar[Lane] = Lane.DEFAULT

    @property
    def subject(self) -> str:
        """What the event is about; events on one subject are handled one at a time."""
        raise NotImplementedError

    @property
    def hurried(self) -> bool:
        """Whether who says ``first`` must hear it within seconds, ahead of what merely came earlier."""
        return False


_adapters: dict[type[Event], TypeAdapter[Event]] = {}


def _adapter(kind: type[Event]) -> TypeAdapter[Event]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_json(event: Event) -> dict[str, Any]:
    """The event as JSON that PostgreSQL holds, whatever text came into it."""
    payload: dict[str, Any] = cleaned(_adapter(type(event)).dump_python(event, mode="json"))
    return payload


def from_json(kind: type[Event], payload: dict[str, Any]) -> Event:
    return _adapter(kind).validate_python(payload)
