"""Rows for COPY … FORMAT BINARY, packed by hand.

psycopg's ``write_row`` spends half of its time on arrays, element by element; a page of messages is half arrays.
"""

import datetime as dt
import struct
from collections.abc import Iterable, Sequence

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_INT8_OID = 20
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_LENGTH = struct.Struct(">i").pack
_INT4 = struct.Struct(">ii").pack
_INT8 = struct.Struct(">iq").pack
_EMPTY_ARRAY = struct.pack(">iiii", 12, 0, 0, _INT8_OID)


def text(value: str) -> bytes:
    data = value.encode()
    return _LENGTH(len(data)) + data


def raw(data: bytes) -> bytes:
    """A bytea."""
    return _LENGTH(len(data)) + data


def jsonb(data: bytes) -> bytes:
    """JSON as it is written, UTF-8."""
    return _LENGTH(len(data) + 1) + b"\x01" + data


def boolean(value: bool) -> bytes:
    return _LENGTH(1) + (b"\x01" if value else b"\x00")


def int4(value: int) -> bytes:
    return _INT4(4, value)


def int8(value: int) -> bytes:
    return _INT8(8, value)


def moment(value: dt.datetime) -> bytes:
    """A timestamptz."""
    return _INT8(8, (value - _EPOCH) // _MICROSECOND)


def int8_array(values: Sequence[int]) -> bytes:
    """A bigint[] without nulls."""
    if not values:
        return _EMPTY_ARRAY
    count = len(values)
    paired = [part for value in values for part in (8, value)]
    return struct.pack(f">iiiiii{'iq' * count}", 20 + 12 * count, 1, 0, _INT8_OID, count, 1, *paired)


def row(*fields: bytes) -> bytes:
    """One row of a stream that is written piece by piece between `HEADER` and `TRAILER`."""
    return struct.pack(">h", len(fields)) + b"".join(fields)


def rows(columns: int, packed: Iterable[Iterable[bytes]]) -> bytes:
    """The whole stream: ``packed`` gives the fields of each row, made by the functions above."""
    head = struct.pack(">h", columns)
    return b"".join([HEADER, *(head + b"".join(fields) for fields in packed), TRAILER])
