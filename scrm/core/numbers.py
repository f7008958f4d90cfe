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
_BETWEEN = r"[^\S\r\n]|[\-‐-―−－.．·•・_/／()（）*＊~～、|｜\u00ad\u200b-\u200f\u2060\ufe0f\u20e3\ufeff]"
_RUN = re.compile(rf"[0-9](?:(?:{_BETWEEN}){{0,3}}[0-9])*(?:(?:{_BETWEEN})?[xX](?![A-Za-z]))?")
_GROUP = re.compile(r"[0-9]+|[xX]")
_GROUPS = 15  # into which one number is cut, at most: a mobile digit by digit, with its country code
_GROUPS_OF_OTHERS = 8
_GROUPS_OF_MOBILES = 5  # if not digit by digit: 1 3 5 7 9 11 13 15 is a list
_LONGEST = 21
_MOBILE = re.compile(r"(?:(?:00)?86)?0?(1[3-9][0-9]{9})")
# A mobile with an extension or a code right behind it. Twelve digits are an order number as often, thirteen a moment in
# milliseconds, seventeen and more the number of a post or an order.
_MOBILE_AND_MORE = re.compile(r"(1[3-9][0-9]{9})[0-9]{3,5}")
_MICROSECONDS = re.compile(r"1[67][0-9]{14}")
_MOBILES = re.compile(r"1[3-9][0-9]{9}1[3-9][0-9]{9}")
# Said to be a phone, whatever is glued to it.
_CALLED = re.compile(
    r"(?:电话|手机|號碼|号码|致电|联系方式|联系|微信|薇信|威信|tel|phone|mobile|mob|vx|wx|☎|📱|📞)[^\w\r\n]{0,3}$", re.I
)
_GLUED = re.compile(r"1[3-9][0-9]{9}")
# Digits as words, and letters for digits: a mobile spelt with them is one, anything else is a word.
_SPELT = str.maketrans("零〇○oO一壹幺lI二贰三叁四肆五伍六陆七柒八捌九玖", "00000111112233445566778899")
_SPELT_MOBILE = re.compile(
    rf"(?<![0-9A-Za-z])(?:(?:00)?86(?:{_BETWEEN}){{0,3}})?1(?:(?:{_BETWEEN}){{0,3}}[0-9]){{10}}(?![0-9A-Za-z])"
)
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
    found = list(_in_digits(plain))
    spelt = plain.translate(_SPELT)
    if spelt != plain:
        taken = [(number.start, number.end) for number in found]
        found += [one for one in _in_words(spelt) if all(one.end <= start or end <= one.start for start, end in taken)]
        found.sort(key=lambda number: number.start)
    yield from found


def _in_digits(plain: str) -> Iterator[Number]:
    for run in _RUN.finditer(plain):
        groups = [(run.start() + found.start(), found.group()) for found in _GROUP.finditer(run.group())]
        first = 0
        while first < len(groups):
            numbers, behind = _longest(plain, groups, first)
            yield from numbers
            first = behind


def _in_words(spelt: str) -> Iterator[Number]:
    for found in _SPELT_MOBILE.finditer(spelt):
        digits = _number("".join(_GROUP.findall(found.group())), [], abroad=False)
        if digits is not None:
            yield Number(found.start(), found.end(), digits)


def _longest(plain: str, groups: list[tuple[int, str]], first: int) -> tuple[list[Number], int]:
    """The longest number that begins with this group, two where they are glued; and which group comes after it."""
    start = groups[first][0]
    before = plain[max(start - 2, 0) : start].rstrip("(（ ")
    abroad = before.endswith("+")
    for last in range(min(first + _GROUPS, len(groups)) - 1, first - 1, -1):
        cut = [group for _, group in groups[first : last + 1]]
        digits = _number("".join(cut).upper(), [len(group) for group in cut], abroad=abroad)
        if digits is not None:
            end = groups[last][0] + len(groups[last][1])
            return [Number(plain.rindex("+", 0, start) if abroad else start, end, digits)], last + 1
    return _glued(plain, start, groups[first][1]), first + 1


def _glued(plain: str, start: int, digits: str) -> list[Number]:
    """Mobiles in one row of digits with others right before or behind them."""
    behind = start + len(digits)
    if _MOBILES.fullmatch(digits):
        return [Number(start, start + 11, digits[:11]), Number(start + 11, behind, digits[11:])]
    if _MOBILE_AND_MORE.fullmatch(digits) and not _MICROSECONDS.fullmatch(digits):
        return [Number(start, start + 11, digits[:11])]
    if 12 <= len(digits) <= _LONGEST and _CALLED.search(plain[max(start - 8, 0) : start]):
        found = _GLUED.match(digits) or _GLUED.match(digits, len(digits) - 11)
        return [Number(start + found.start(), start + found.end(), found.group())] if found is not None else []
    return []


def _number(digits: str, cut: list[int], *, abroad: bool) -> str | None:
    """The digits of a person's number, if it is one."""
    if not 8 <= len(digits) <= _LONGEST:
        return None
    found = _MOBILE.fullmatch(digits)
    if found is not None and (len(cut) <= _GROUPS_OF_MOBILES or set(cut[-11:]) == {1}):
        return found[1]
    if len(cut) > _GROUPS_OF_OTHERS:
        return None
    found = _LANDLINE.fullmatch(digits)
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
