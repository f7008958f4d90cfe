"""Rows for COPY … FORMAT BINARY, packed by hand.

psycopg's ``write_row`` spends half of its time on arrays, element by element; a page of messages is half arrays.
"""

import datetime as dt
import struct
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_INT8_OID = 20
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_LENGTH = struct.Struct(">i").pack
_INT4 = struct.Struct(">ii").pack
_INT8 = struct.Struct(">iq").pack
_ARRAY = struct.Struct(">iiiiii").pack
_ELEMENT = np.dtype([("length", ">i4"), ("value", ">i8")])
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


def int8_arrays(values: npt.NDArray[np.int64], counts: Sequence[int]) -> list[bytes]:
    """Many bigint[] without nulls: the values of all, array after array, and how many belong to each."""
    elements = np.empty(len(values), _ELEMENT)
    elements["length"], elements["value"] = 8, values
    packed = elements.tobytes()
    size = _ELEMENT.itemsize
    places = accumulate((size * count for count in counts), initial=0)
    return [
        _ARRAY(20 + end - start, 1, 0, _INT8_OID, (end - start) // size, 1) + packed[start:end]
        if end > start
        else _EMPTY_ARRAY
        for start, end in pairwise(places)
    ]


def row(*fields: bytes) -> bytes:
    """One row of a stream that is written piece by piece between `HEADER` and `TRAILER`."""
    return struct.pack(">h", len(fields)) + b"".join(fields)


def rows(columns: int, packed: Iterable[Iterable[bytes]]) -> bytes:
    """The whole stream: ``packed`` gives the fields of each row, made by the functions above."""
    head = struct.pack(">h", columns)
    return b"".join([HEADER, *(head + b"".join(fields) for fields in packed), TRAILER])
