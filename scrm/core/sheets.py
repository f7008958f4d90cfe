"""Tables for a spreadsheet program: CSV that opens in Excel with its characters, and runs nothing there."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a byte order mark; a cell that Excel would take for a formula begins with an apostrophe (OWASP)."""
    return csv_head(heads) + csv_rows(rows)


def csv_head(heads: Sequence[str]) -> bytes:
    """The beginning of a table that is sent in parts."""
    return b"\xef\xbb\xbf" + csv_rows([heads])


def csv_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """Further rows of it."""
    out = io.StringIO()
    csv.writer(out).writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
