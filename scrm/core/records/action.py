"""What is done with many records of a kind at once; the machine that does it is `scrm.shared.jobs`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from scrm.core.records.field import Asked


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action on records of ``kind``, by number; ``arguments`` are what it needs beside them.

    ``marks`` says of each record what the action changes, JSON-ready, none for a record that has none of it: a record
    whose mark is another than at the preview is left alone, and so is one at undoing whose mark is another than after
    the change. ``apply`` changes one record and raises an `AppError` where that cannot be; ``restore`` brings back a
    mark, and is none where nothing can. ``check`` refuses arguments that fit no record.
    """

    name: str
    kind: str
    zh: str
    en: str
    permission: StrEnum
    arguments: type[BaseModel]
    marks: Callable[[Asked, Sequence[int]], Mapping[int, Any]]
    apply: Callable[[Asked, int, Any], None]
    restore: Callable[[Asked, int, Any], None] | None = None
    check: Callable[[Asked, Any], None] = lambda _asked, _arguments: None
