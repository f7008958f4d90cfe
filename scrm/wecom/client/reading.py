"""Reading WeCom's answers: one typed reader for every field, so that an odd value costs itself and nothing else.

A field that is null, missing, or of a kind that cannot be read is absent (None): what is known of it stays. An item
whose own id cannot be read is set aside, and the others of its page are taken.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from scrm.core.storable import fit_for_id
from scrm.wecom.port.errors import OutcomeUnknown
from scrm.wecom.port.unread import Unread, set_aside

T = TypeVar("T")
Json = dict[str, Any]

_BIGGEST = 2**63  # of a bigint column
_SMALL = 2**31  # of an integer column
_DIGITS = 20
_LAST_MOMENT = 10**11  # Unix seconds of the year 5138; a calendar ends not long after


class Odd(Exception):
    """Something without which the item says nothing cannot be read; the text names the field."""


def text(item: Json, name: str) -> str | None:
    """A field's text; a number is taken as its digits, since WeCom's pages and answers differ there."""
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def number(item: Json, name: str) -> int | None:
    """A whole number of 64 bits, also where it comes as digits; a flag may come as true or false."""
    return _number(item.get(name))


def small(item: Json, name: str) -> int | None:
    """A number that stands for a kind, a status or a code: 32 bits hold them all."""
    found = number(item, name)
    return found if found is not None and -_SMALL <= found < _SMALL else None


def moment(item: Json, name: str) -> int | None:
    """Unix seconds of a time that a calendar has; 0 is none."""
    found = number(item, name)
    return found if found is not None and 0 < found < _LAST_MOMENT else None


def flag(item: Json, name: str) -> bool:
    """Whether the field says 1 or true."""
    return _number(item.get(name)) == 1


def needed(item: Json, name: str) -> str:
    """A text without which the item says nothing; raises `Odd` where it is absent or empty."""
    found = text(item, name)
    if not found:
        raise Odd(name)
    return found


def needed_id(item: Json, name: str) -> str:
    """The text of an id, as it can be kept and compared; raises `Odd`."""
    found = needed(item, name)
    if not fit_for_id(found):
        raise Odd(name)
    return found


def needed_small(item: Json, name: str) -> int:
    """A kind, status or code without which the item says nothing; raises `Odd`."""
    found = small(item, name)
    if found is None:
        raise Odd(name)
    return found


def needed_number(item: Json, name: str) -> int:
    """A number without which the item says nothing; raises `Odd`."""
    found = number(item, name)
    if found is None:
        raise Odd(name)
    return found


def thing(item: Json, name: str) -> Json:
    """An object within an object; an empty one where there is none."""
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def needed_thing(item: Json, name: str) -> Json:
    """An object without which the item says nothing; raises `Odd`."""
    value = item.get(name)
    if not isinstance(value, dict):
        raise Odd(name)
    return value


def texts(item: Json, name: str) -> list[str] | None:
    """A list of texts without the empty ones; None if there is no list, or not all of it can be read.

    Whoever is not in such a list has not been taken out of it.
    """
    value = item.get(name)
    if not isinstance(value, list):
        return None
    found = [text({"": entry}, "") for entry in value]
    return [entry for entry in found if entry] if None not in found else None


def texts_of(item: Json, name: str, field: str) -> list[str] | None:
    """The text that each object of a list has in a field; None if there is no list, or not all of it can be read."""
    value = item.get(name)
    if not isinstance(value, list):
        return None
    found = [text(one, field) if isinstance(one, dict) else None for one in value]
    return [entry for entry in found if entry] if all(found) else None


def numbers(item: Json, name: str) -> list[int] | None:
    """A list of numbers; None if there is no list, or not all of it can be read."""
    value = item.get(name)
    if not isinstance(value, list):
        return None
    found = list(map(_number, value))
    return [entry for entry in found if entry is not None] if None not in found else None


def things(item: Json, name: str) -> list[Any]:
    """A list of items, odd ones included; empty if there is none."""
    value = item.get(name)
    return value if isinstance(value, list) else []


def told_things(answer: Json, name: str, *, kind: str, of: str = "") -> list[Any]:
    """A list that may be empty; where the answer lacks it, it is set aside by what it is ``of``: there may be some."""
    value = answer.get(name)
    if not isinstance(value, list):
        set_aside(Unread(kind=kind, id=of, reason=f"the answer has no {name}"))
        return []
    return value


def needed_things(item: Json, name: str) -> list[Any]:
    """A list without which the answer has told nothing, least of all that everybody is gone: it is asked for again."""
    value = item.get(name)
    if not isinstance(value, list):
        raise OutcomeUnknown(f"the answer has no {name}")
    return value


def id_in(name: str) -> Callable[[Json], str | None]:
    """For `each`: an item's id stands in this field."""
    return lambda item: text(item, name)


def each(items: Iterable[Any], read: Callable[[Json], T], *, kind: str, id_of: Callable[[Json], str | None]) -> list[T]:
    """Read item by item; what cannot be read is set aside by its id, where that can be read."""
    taken: list[T] = []
    for item in items:
        if not isinstance(item, dict):
            set_aside(Unread(kind=kind, id="", reason="no object"))
            continue
        try:
            taken.append(read(item))
        except Odd as odd:
            set_aside(Unread(kind=kind, id=id_of(item) or "", reason=f"{odd} cannot be read"))
    return taken


def each_text(items: Iterable[Any], *, kind: str) -> list[str]:
    """Items that are bare ids."""
    taken = []
    for item in items:
        found = text({"": item}, "")
        if found and fit_for_id(found):
            taken.append(found)
        else:
            set_aside(Unread(kind=kind, id=found or "", reason="no id"))
    return taken


def whole(read: Callable[[Json], T], answer: Json) -> T:
    """An answer that is about one thing; raises `OutcomeUnknown` where it cannot be read: it has told nothing."""
    try:
        return read(answer)
    except Odd as odd:
        raise OutcomeUnknown(f"the answer cannot be read: {odd}") from None


def cursor(answer: Json, *, asked: str) -> str:
    """Where the next page begins; empty at the end, however that is said.

    Raises `OutcomeUnknown` where it is the page that was ``asked`` for: its pages would never end.
    """
    found = text(answer, "next_cursor") or ""
    if found and found == asked:
        raise OutcomeUnknown("the next page is this one again")
    return found


def _number(value: Any) -> int | None:
    if isinstance(value, str):
        digits = value.strip()
        if len(digits) > _DIGITS or not digits.isascii() or not digits.removeprefix("-").isdigit():
            return None
        value = int(digits)
    elif isinstance(value, float):
        if not value.is_integer():  # nor NaN, nor infinity
            return None
        value = int(value)
    if not isinstance(value, int):
        return None
    return int(value) if -_BIGGEST <= value < _BIGGEST else None
