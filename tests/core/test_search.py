"""Folding is one and the same wherever it begins; bigrams of a whole page are those of each text."""

import pytest

from scrm.core import search


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["", "", ""],
        ["中"],
        ["甲醛检测报告", "", "a", "报告报告报告", "👉加微信", "ab"],
        ["同一句话", "同一句话"],
        ["\U0010ffff\U0010ffff", "\0\0", "😀"],
    ],
)
def test_bigrams_of_a_page_are_those_of_each_text(texts: list[str]) -> None:
    codes, counts = search.bigrams_of_each(texts)
    left = codes.tolist()
    found = []
    for count in counts.tolist():
        found.append(left[:count])
        left = left[count:]
    assert found == [search.bigrams(text) for text in texts]
    assert left == []


@pytest.mark.parametrize(
    ("spelt", "folded"),
    [
        ("ＶＸ　１２３", "vx 123"),
        ("R\u00e9mi", "remi"),
        ("Re\u0301mi", "remi"),
        ("\u0130STANBUL", "istanbul"),
        ("小\u200b明\u2060", "小明"),
        ("❤\ufe0f阿玲", "❤阿玲"),
        ("が한국", "が한국"),
        ("\u3164\u2800\ue00a", ""),
    ],
)
def test_folding_makes_equal_what_reads_equal_and_is_done_once(spelt: str, folded: str) -> None:
    assert search.fold(spelt) == folded == search.fold(folded)


@pytest.mark.parametrize(
    ("spelt", "number"),
    [
        ("138-0013 8002", "13800138002"),
        ("＋８６ 138 0013 8002", "13800138002"),
        ("0086 (0)10-8765 4321", "1087654321"),
        ("861380013", "861380013"),
        ("1234", None),
        ("加我13800138002", None),
        ("2026-01-01 12:00", None),
    ],
)
def test_phone_in_any_spelling_is_one_number(spelt: str, number: str | None) -> None:
    assert search.phone(spelt) == number
