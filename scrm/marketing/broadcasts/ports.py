"""What marketing asks of other rooms; `scrm.wiring` fills these."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from scrm.identity.actor import Actor

Ids = NDArray[np.int64]


class Edges(Protocol):
    """Follow relations as parallel arrays; times are Unix seconds, ``talked`` is 0 where no conversation was seen."""

    @property
    def customers(self) -> Ids: ...
    @property
    def staff(self) -> Ids: ...
    @property
    def talked(self) -> Ids: ...
    @property
    def added(self) -> Ids: ...


class CustomerName(Protocol):
    """A customer as a list names it."""

    @property
    def external_userid(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class CustomerFile:
    """The customer file, in bulk.

    ``edges`` takes tag ids that a customer must all have, one of which it must have, and none of which it may have;
    ``unknown_tags`` gives back those of the ids that no living tag has.
    """

    edges: Callable[[Session, Sequence[str], Sequence[str], Sequence[str]], Edges]
    unknown_tags: Callable[[Session, Sequence[str]], list[str]]
    tag_names: Callable[[Session, Sequence[str]], dict[str, str]]
    names: Callable[[Session, Sequence[int]], dict[int, Any]]  # CustomerName by id
    external_userids: Callable[[Session, Sequence[int]], dict[int, str]]
    ids: Callable[[Session, Sequence[str]], dict[str, int]]
    # What members call customers, by (external_userid, userid), as the actor may see it.
    remarks: Callable[[Session, Actor, Iterable[tuple[str, str]]], dict[tuple[str, str], str]]


_customer_file: CustomerFile | None = None


def install(customer_file: CustomerFile) -> None:
    """Called by `scrm.wiring`."""
    global _customer_file
    _customer_file = customer_file


def customer_file() -> CustomerFile:
    if _customer_file is None:
        raise RuntimeError("scrm.wiring.wire() has not been called")
    return _customer_file
