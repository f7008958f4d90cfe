"""Lists: a page of rows, an exact total up to 10,000, and a cursor that survives new rows.

The edge puts before each cursor of which list and filters it is, see `mark_of`, and takes it away again.
"""

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from scrm.core import json_text
from scrm.core.errors import AppError
from scrm.core.search import fold

TOTAL_CAP = 10_000

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class CursorInvalid(AppError):
    code = "cursor_invalid"
    zh = "翻页位置无效，请从第一页重新开始。"
    en = "The cursor is not valid; start again from the first page."


class CursorElsewhere(AppError):
    status = 422
    code = "cursor_elsewhere"
    zh = "翻页位置属于另一个列表或另一组筛选条件，请从第一页重新开始。"
    en = "The cursor belongs to another list or to other filters; start again from the first page."


class SearchEmpty(AppError):
    status = 422
    code = "search_empty"
    zh = "搜索内容只有空格或不可见字符，请输入要搜索的文字，或清空搜索框。"
    en = "The search holds nothing but blanks or invisible characters; type what to look for, or leave it out."


def _visible(words: str) -> str:
    """Words that find something; raises `SearchEmpty`, since a filter that filters nothing shows everything."""
    if words and not fold(words):
        raise SearchEmpty()
    return words


SearchWords = Annotated[str, AfterValidator(_visible)]


class PageQuery(BaseModel):
    """What every list takes: ``limit`` 1 to 200, the ``cursor`` of the page before, a search text ``q``."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=500)
    q: SearchWords = Field(default="", max_length=100)

    def trail(self) -> dict[str, Any]:
        """What the trail keeps of the query beside its plain filters."""
        return {}


_PLACES = {"cursor", "before", "after"}
_NOT_KEPT = {"limit", "q", "filter", "columns", *_PLACES}  # of ``filter`` what `PageQuery.trail` says


def filters(query: BaseModel | None) -> dict[str, Any]:
    """What was asked for beside the defaults, for the audit trail; search words stay out, they may be a name."""
    if query is None:
        return {}
    given = query.model_dump(mode="json", exclude_defaults=True)
    shown = {name: value for name, value in given.items() if name not in _NOT_KEPT}
    further = {"further_page": True} if _PLACES & given.keys() else {}
    told: dict[str, Any] = getattr(query, "trail", dict)()
    return shown | told | ({"searched": True} if given.get("q") else {}) | further


_NO_FILTERS = {"limit", "around", "columns", *_PLACES}
_ADDED = {"filter", "sort"}  # since 0.2: a cursor of before names neither
_MARK = 6  # bytes; a mistake is to be noticed, not a forgery: a cursor shows nothing that its list would not


def mark_of(name: str, arguments: Mapping[str, Any], query: BaseModel) -> str:
    """What a list and its filters have in common: the beginning of all their cursors."""
    given = query.model_dump(mode="json", exclude=_NO_FILTERS)
    asked = {key: value for key, value in given.items() if value or key not in _ADDED}
    text = json.dumps([name, dict(arguments), asked], ensure_ascii=False, sort_keys=True, default=str)
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_MARK).digest()
    return base64.urlsafe_b64encode(digest).decode()


def taken(query: M, mark: str) -> M:
    """The query with bare cursors; raises `CursorInvalid`, or `CursorElsewhere` for one of another list."""
    bare: dict[str, str] = {}
    for name in _PLACES & type(query).model_fields.keys():
        if (given := getattr(query, name)) is not None:
            begins, dot, bare[name] = given.partition(".")
            if not dot or len(begins) != len(mark):
                raise CursorInvalid()
            if begins != mark:
                raise CursorElsewhere()
    return query.model_copy(update=bare) if bare else query


def given_out(answer: BaseModel, mark: str) -> None:
    """Put the mark before the cursors of an answer."""
    for name in ("next_cursor", "before", "after"):
        if name in type(answer).model_fields and (bare := getattr(answer, name)) is not None:
            setattr(answer, name, f"{mark}.{bare}")


class Page(BaseModel, Generic[T]):
    """One page of a list; ``total`` is exact up to 10,000, above that ``total_capped`` is true."""

    items: list[T]
    total: int
    total_capped: bool
    next_cursor: str | None


@dataclass(frozen=True)
class Rows(Generic[T]):
    """A page before it is written out: rows in order, and what `Page` says about them."""

    items: Sequence[T]
    total: int
    total_capped: bool
    next_cursor: str | None

    def map(self, function: Callable[[T], Any]) -> "Rows[Any]":
        return Rows([function(item) for item in self.items], self.total, self.total_capped, self.next_cursor)


def fetch(
    session: Session,
    query: Select[T],
    page: PageQuery,
    *,
    keys: Sequence[Any],
    key_of: Callable[[T], Sequence[Any]],
) -> Rows[T]:
    """One page of entities, newest first by the columns ``keys`` (the last one unique, none of them null).

    ``key_of`` gives a row's values for these columns, JSON-ready; they become the cursor.
    """
    return fetch_rows(session, query, page, keys=keys, key_of=lambda row: key_of(row[0]), make=lambda row: row[0])


def fetch_rows(
    session: Session,
    query: Select[Any],
    page: PageQuery,
    *,
    keys: Sequence[Any],
    key_of: Callable[[Any], Sequence[Any]],
    make: Callable[[Any], T],
    descending: bool = True,
) -> Rows[T]:
    """`fetch` for queries of several columns: ``make`` turns a result row into an item."""
    counted = select(func.count()).select_from(query.order_by(None).limit(TOTAL_CAP + 1).subquery())
    if page.cursor:
        values = decode_cursor(page.cursor, [key.type.python_type for key in keys])
        bound = [literal(value, key.type) for value, key in zip(values, keys, strict=True)]
        here, there = tuple_(*keys), tuple_(*bound)
        query = query.where(here < there if descending else here > there)
    order = (key.desc() if descending else key.asc() for key in keys)
    rows = session.execute(query.order_by(*order).limit(page.limit + 1)).all()
    shown = rows[: page.limit]
    # What ends on its first page has been counted.
    total = len(rows) if page.cursor is None and len(rows) <= page.limit else session.scalar(counted) or 0
    return Rows(
        items=[make(row) for row in shown],
        total=min(total, TOTAL_CAP),
        total_capped=total > TOTAL_CAP,
        next_cursor=encode_cursor(key_of(shown[-1])) if len(rows) > page.limit else None,
    )


def encode_cursor(values: Sequence[Any]) -> str:
    """A place in a list, from a row's values of the sort columns."""
    text = json.dumps(list(values), separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, kinds: list[type]) -> list[Any]:
    """The values of `encode_cursor`; raises `CursorInvalid`."""
    try:
        values = json_text.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise CursorInvalid()
        return [_value(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (binascii.Error, ValueError, TypeError, UnicodeError):
        raise CursorInvalid() from None


def _value(value: Any, kind: type) -> Any:
    if kind is dt.datetime:
        return dt.datetime.fromisoformat(value)
    if type(value) is not kind or (isinstance(value, int) and not -(2**63) <= value < 2**63):
        raise CursorInvalid()
    return value
