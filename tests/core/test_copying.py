"""Rows packed by hand are read by PostgreSQL as what they were."""

import datetime as dt

import numpy as np

from scrm.core import copying
from tests.support.database import owner


def test_packed_rows_come_back_as_they_were(service: str) -> None:
    at = dt.datetime(1969, 12, 31, 23, 59, 59, 999_999, dt.UTC)
    wanted = [
        ("甲醛 😀", at, -7, 2**62, b'{"a": "\xe4\xb8\xad"}', [1, 2**42, -3], b"\0\xff"),
        ("", dt.datetime(2026, 11, 23, 1, 2, 3, 456_000, dt.UTC), 0, 0, b"[]", [], b""),
    ]
    arrays = copying.int8_arrays(np.array([1, 2**42, -3]), [3, 0])
    packed = [
        (
            copying.text(row[0]),
            copying.moment(row[1]),
            copying.int4(row[2]),
            copying.int8(row[3]),
            copying.jsonb(row[4]),
            array,
            copying.raw(row[6]),
        )
        for row, array in zip(wanted, arrays, strict=True)
    ]
    with owner() as connection:
        connection.execute(
            "CREATE TEMP TABLE packed (a text, b timestamptz, c int4, d int8, e jsonb, f int8[], g bytea)"
        )
        with connection.cursor() as cursor, cursor.copy("COPY packed FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(copying.rows(7, packed))
        found = connection.execute("SELECT a, b, c, d, e, f, g FROM packed").fetchall()
    assert found == [(*row[:4], value, *row[5:]) for row, value in zip(wanted, ({"a": "中"}, []), strict=True)]
