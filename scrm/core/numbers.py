"""Numbers of persons in free text: phone, bank card and identity numbers, found in any spelling, and masked.

Ours instead of a library: those that know phone numbers know neither cards nor identity numbers, and take Chinese
order numbers for phones.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# What people write between digits. No line feed: lists have one number a line.
_BETWEEN = r"[^\S\r\n]|[\-‐-―−－.．·•・_/／()（）\u00ad\u200b-\u200f\u2060\ufeff]"
_RUN = re.compile(rf"[0-9](?:(?:{_BETWEEN}){{0,3}}[0-9])*(?:(?:{_BETWEEN})?[xX](?![A-Za-z]))?")
_GROUP = re.compile(r"[0-9]+|[xX]")
_GROUPS = 8  # into which one number is cut, at most
_LONGEST = 21
_MOBILE = re.compile(r"(?:(?:00)?86)?0?(1[3-9][0-9]{9})")
_AREA = "(?:10|2[0-9]|[3-9][0-9]{2})"
_LANDLINE = re.compile(rf"(?:(?:00)?86)?(0{_AREA}[0-9]{{7,8}})")
_ABROAD = re.compile(r"(?:00)?([1-9][0-9]{7,14})")
_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_IDENTITY = re.compile(rf"[1-9][0-9]{{5}}(?:18|19|20)[0-9]{{2}}{_DAY}[0-9]{{3}}[0-9X]")  # GB 11643
_OLD_IDENTITY = re.compile(rf"[1-9][0-9]{{5}}[0-9]{{2}}{_DAY}[0-9]{{3}}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: characters ``start`` to ``end``, its digits without country code."""

    start: int
    end: int
    digits: str


def mask(number: str) -> str:
    """``13800000001`` as ``138****0001``; short numbers keep their last two digits."""
    if len(number) >= 7:
        return f"{number[:3]}****{number[-4:]}"
    return "*" * max(len(number) - 2, 0) + number[-2:]


def masked(text: str) -> str:
    """The text with every number of a person masked."""
    for number in reversed(list(numbers_in(text))):
        text = f"{text[: number.start]}{mask(number.digits)}{text[number.end :]}"
    return text


def masked_in(value: Any) -> Any:
    """The same for all texts in parsed JSON."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [masked_in(one) for one in value]
    return {name: masked_in(one) for name, one in value.items()} if isinstance(value, dict) else value


def without(text: str) -> tuple[list[str], list[str]]:
    """The parts of a text between its numbers, and the numbers."""
    parts, place, digits = [], 0, []
    for number in numbers_in(text):
        parts.append(text[place : number.start])
        digits.append(number.digits)
        place = number.end
    return [*parts, text[place:]], digits


def numbers_in(text: str) -> Iterator[Number]:
    """Every phone, card and identity number, from left to right; the longest where several would do."""
    plain = "".join(map(_plain, text))
    for run in _RUN.finditer(plain):
        groups = [(run.start() + found.start(), found.group()) for found in _GROUP.finditer(run.group())]
        first = 0
        while first < len(groups):
            number, behind = _longest(plain, groups, first)
            if number is not None:
                yield number
            first = behind


def _longest(plain: str, groups: list[tuple[int, str]], first: int) -> tuple[Number | None, int]:
    """The longest number that begins with this group, and which group comes after it."""
    start = groups[first][0]
    before = plain[max(start - 2, 0) : start].rstrip("(（ ")
    abroad = before.endswith("+")
    for last in range(min(first + _GROUPS, len(groups)) - 1, first - 1, -1):
        cut = [group for _, group in groups[first : last + 1]]
        digits = _number("".join(cut).upper(), [len(group) for group in cut], abroad=abroad)
        if digits is not None:
            end = groups[last][0] + len(groups[last][1])
            return Number(plain.rindex("+", 0, start) if abroad else start, end, digits), last + 1
    return None, first + 1


def _number(digits: str, cut: list[int], *, abroad: bool) -> str | None:
    """The digits of a person's number, if it is one."""
    if not 8 <= len(digits) <= _LONGEST:
        return None
    for known in (_MOBILE, _LANDLINE):
        found = known.fullmatch(digits)
        if found is not None:
            return found[1]
    if abroad or digits.startswith("00"):
        found = _ABROAD.fullmatch(digits)
        if found is not None:
            return found[1]
    if _IDENTITY.fullmatch(digits) and _has_check_digit(digits):
        return digits
    if _OLD_IDENTITY.fullmatch(digits) and len(cut) <= 3:
        return digits
    return digits if _is_card(digits, cut) else None


def _has_check_digit(digits: str) -> bool:
    return (
        "10X98765432"[sum(weight * int(one) for weight, one in zip(_WEIGHTS, digits, strict=False)) % 11] == digits[17]
    )


def _is_card(digits: str, cut: list[int]) -> bool:
    """By ISO 7812, written in one or in fours as on the card: other rows of numbers pass the check one time in ten."""
    in_fours = all(length == 4 for length in cut[:-1]) and cut[-1] <= 4
    if not (15 <= len(digits) <= 19 and digits.isdecimal() and (len(cut) == 1 or in_fours or cut == [6, 13])):
        return False
    doubled = (int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _plain(character: str) -> str:
    """A digit of any script and style as 0 to 9; every character stays one."""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return {"＋": "+", "ｘ": "x", "Ｘ": "X"}.get(character, character)
