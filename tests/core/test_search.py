"""Bigrams of a whole page are those of each text."""

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
