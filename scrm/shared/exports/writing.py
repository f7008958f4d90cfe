"""The file of an export, which grows slice by slice.

What a slice adds stands behind what the row says has been written: who died between the two left a tail that the next
one cuts off. Rows are kept as lines of JSON and become CSV or a workbook at the end, in one go.
"""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from scrm.core import sheets, storage
from scrm.shared.exports.models import Format

MOST_IN_A_WORKBOOK = 100_000  # rows: a workbook is made in one go, a CSV of any length as well
_STEP = 1_000  # rows between two signs of life
_WIDE = 24  # characters of a column
_NUMBERED = re.compile(r"export-(\d+)[.-]")
Row = Sequence[str | int]


def append(corp: int, number: int, size: int, rows: Sequence[Row]) -> int:
    """Write rows behind the first ``size`` bytes, safe on the disk; how many bytes there are then."""
    with _rows_of(corp, number).open("r+b" if size else "w+b") as file:
        file.truncate(size)
        file.seek(size)
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def finish(
    corp: int, number: int, kind: Format, size: int, heads: Sequence[str], alive: Callable[[], None]
) -> tuple[Path, bytes, int]:
    """Make the file that is given out, under a name that nobody else has yet; with its SHA-256 and its size.

    ``alive`` is called as it goes on.
    """
    made = storage.growing(corp, f"export-{number}-{secrets.token_hex(4)}.{kind}")
    rows = _read(_rows_of(corp, number), size, alive)
    (_workbook if kind is Format.XLSX else _csv)(made, heads, rows)
    with made.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        os.fsync(file.fileno())
    return made, digest, made.stat().st_size


def put_in_place(corp: int, number: int, kind: Format, made: Path) -> None:
    """The file has been made: give it its name, and forget the rows."""
    made.replace(_file_of(corp, number, kind))
    _rows_of(corp, number).unlink(missing_ok=True)


def opened(corp: int, number: int, kind: Format) -> BinaryIO | None:
    """The finished file, if it is there."""
    path = _file_of(corp, number, kind)
    return path.open("rb") if path.is_file() else None


def numbers(corp: int) -> set[int]:
    """Exports of which something stands on the disk."""
    there = storage.growing(corp, "").glob("export-*")
    return {int(found[1]) for path in there if (found := _NUMBERED.match(path.name))}


def remove(corp: int, number: int) -> None:
    """Remove all that there is of an export."""
    folder = storage.growing(corp, "")
    for path in [*folder.glob(f"export-{number}.*"), *folder.glob(f"export-{number}-*")]:
        path.unlink(missing_ok=True)


def _csv(made: Path, heads: Sequence[str], rows: Iterator[Row]) -> None:
    with made.open("wb") as file:
        file.write(sheets.csv_head(heads))
        for row in rows:
            file.write(sheets.csv_rows([row]))


def _workbook(made: Path, heads: Sequence[str], rows: Iterator[Row]) -> None:
    with xlsxwriter.Workbook(made, {"constant_memory": True, "in_memory": False}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heads) - 1, _WIDE)
        bold = book.add_format({"bold": True})
        for place, head in enumerate(heads):
            sheet.write_string(0, place, head, bold)
        for line, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                # As text, whatever it begins with: a workbook runs formulas alone.
                if isinstance(value, int):
                    sheet.write_number(line, place, value)
                else:
                    sheet.write_string(line, place, sheets.plain(value)[:32_767])


def _read(path: Path, size: int, alive: Callable[[], None]) -> Iterator[Row]:
    if not size:
        return
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if file.tell() > size:
                return
            if number % _STEP == 0:
                alive()
            yield json.loads(line)


def _rows_of(corp: int, number: int) -> Path:
    return storage.growing(corp, f"export-{number}.rows")


def _file_of(corp: int, number: int, kind: Format) -> Path:
    return storage.growing(corp, f"export-{number}.{kind}")
