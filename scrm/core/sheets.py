"""Tables for a spreadsheet program: CSV that opens in Excel with its characters, and runs nothing there."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

# Full-width forms too: Excel in Chinese and Japanese takes them for the same.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－﹣−＠﹫﹦﹢]")
_BLANK = {"Cc", "Zl", "Zp"}  # line feeds and tabs, which begin a new row or cell when a table is pasted
_HIDDEN = {"Cf", "Cs", "Co", "Cn"}
_JOINER = "\u200d"  # between the parts of one emoji


def csv_head(heads: Sequence[str]) -> bytes:
    """The beginning of a table: UTF-8 with a byte order mark."""
    return b"\xef\xbb\xbf" + csv_rows([heads])


def csv_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """Further rows of it; see `cell` for what outsiders wrote."""
    out = io.StringIO()
    csv.writer(out).writerows([cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def cell(value: object) -> str:
    """A value as one line without controls, directions and hidden characters.

    What Excel would take for a formula begins with an apostrophe (OWASP); numbers of our own stay numbers.
    """
    if value is None or isinstance(value, int | float):
        return "" if value is None else str(value)
    text = plain(str(value))
    return f"'{text}" if _FORMULA.match(text) else text


def plain(text: str) -> str:
    """The same, for a workbook whose cells say that they are text."""
    return "".join(map(_drawn, text)).strip()


def _drawn(character: str) -> str:
    category = unicodedata.category(character)
    if category in _BLANK:
        return " "
    return "" if category in _HIDDEN and character != _JOINER else character
