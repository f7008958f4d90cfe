"""What tags answer: names by our numbers, and by the ids under which WeCom and the API know them."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from scrm.core.port import Port


class TagSource(StrEnum):
    """Whose a tag is: WeCom's (企业标签), given by members, or of our own (自建标签), which never leaves."""

    WECOM = "wecom"
    OWN = "own"


@dataclass(frozen=True, kw_only=True)
class TagRef:
    """A tag as a page shows it."""

    tag_id: str
    name: str
    group_name: str
    source: TagSource


@dataclass(frozen=True, kw_only=True)
class OwnTag:
    """That a customer wears a tag of our own, by its number; who put it on, as the trail names them."""

    number: int
    at: dt.datetime
    by: str


class Tags(Protocol):
    """Tags; deleted ones are on nobody any more, whatever still stands on a customer."""

    def refs(self, session: Session, numbers: Iterable[int], /) -> dict[int, TagRef]:
        """Living ones, by our numbers."""
        ...

    def called(self, session: Session, numbers: Iterable[int], /) -> list[str]:
        """Names of these numbers in order, of deleted ones too."""
        ...

    def living(self, session: Session, tag_ids: Collection[str], /) -> dict[str, int]:
        """Our numbers of those of the ids that are not deleted."""
        ...

    def names(self, session: Session, tag_ids: Collection[str], /) -> dict[str, str]:
        """By id, of deleted ones too."""
        ...

    def listed(self, session: Session, wecom_ids: Collection[str], /) -> dict[str, int]:
        """Our numbers of those that WeCom's list has ever named."""
        ...

    def own(self, session: Session, customer_ids: Collection[int], /) -> dict[int, list[OwnTag]]:
        """Living tags of our own by customer; of customers who wear some."""
        ...


class TagLists(Protocol):
    """WeCom's list of tags."""

    def fetch_for(self, session: Session, external_userid: str, /, *, app: str | None, sought: Iterable[str]) -> None:
        """Ask for it since a customer, fetched by ``app``, has tags ``sought`` it has never named; then for them."""
        ...


tags: Port[Tags] = Port("tags")
tag_lists: Port[TagLists] = Port("tags.lists")
