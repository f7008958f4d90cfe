"""Cells of a table: what outsiders wrote is words in a spreadsheet, never a formula, a row or a cell of its own."""

import csv
import io

import pytest

from scrm.core.sheets import csv_head, csv_rows


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("＝cmd", "'＝cmd"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("−1", "'−1"),
        ("＠SUM(A1)", "'＠SUM(A1)"),
        ("\t=1", "'=1"),
        ("\n=1", "'=1"),
        ("\r\n@a", "'@a"),
        ("\u200b=1", "'=1"),
        ("\u3000=1", "'=1"),
        ("一行\n=两行\t三行", "一行 =两行 三行"),
        ("倒\u202e过来", "倒过来"),
        ("普通客户", "普通客户"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        (-3, "-3"),
        (None, ""),
    ],
)
def test_cells_are_one_line_of_words(outside: object, shown: str) -> None:
    table = (csv_head(["名称", "数"]) + csv_rows([[outside, 1]])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(table))) == [["名称", "数"], [shown, "1"]]
    assert table.count("\n") == 2
