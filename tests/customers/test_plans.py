"""What a search reads of the database, on twenty thousand customers; `make bench` measures the same on a million."""

import pytest

from tests.bench.searches import fill, most, searches
from tests.support.service import TestCorp as Corp

CUSTOMERS = 20_000


def test_no_search_reads_a_large_table_from_end_to_end(corp: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = fill(corp.number, CUSTOMERS)
    read = {what: (total, seen) for what, total, seen in searches(corp.number, sizes)}
    assert {what: seen for what, (_, seen) in read.items() if seen.scanned} == {}
    assert {
        what: (total, seen.rows) for what, (total, seen) in read.items() if seen.rows > most(what, total, CUSTOMERS)
    } == {}
    found = {what.partition(" /")[0]: total for what, (total, _) in read.items()}
    assert found["完整手机号"] == 1 and found["少见的词"] >= 1 and found["没有的"] == 0
    assert found["一个字"] > 100 and found["拼音首字母"] >= 1
