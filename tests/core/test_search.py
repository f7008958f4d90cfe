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


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("wangxiaoming", True),
        ("wang xiao ming", True),
        ("WXM", True),
        ("wx", True),
        ("xm", True),
        ("xiaom", True),
        ("m", True),
        ("王小明", True),
        ("angxiao", False),
        ("iaoming", False),
        ("wm", False),
        ("xia明", False),
    ],
)
def test_names_are_found_by_pinyin_and_initials_from_a_syllable_on(words: str, found: bool) -> None:
    assert search.goes_by(words, "王小明") is found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("曾巧", "zengqiao"),
        ("曾巧", "cengqiao"),
        ("单雄", "shanx"),
        ("張偉", "zhangwei"),
        ("A王总", "awz"),
        ("Mr李🍌", "mrli"),
        ("吕布", "lvbu"),
        ("王\u200b小👉明", "xiaoming"),
        ("王👉小明", "王小明"),
        ("\u0130nci", "INC\u0130"),
        ("臺灣", "台湾"),
        ("台湾", "臺灣"),
    ],
)
def test_names_are_found_as_people_type_them(name: str, words: str) -> None:
    assert search.goes_by(words, name)


def test_folding_keeps_to_one_script_and_changes_nothing_twice() -> None:
    everything = "".join(map(chr, range(0x3400, 0xA000)))
    folded = search.fold(everything)
    assert search.fold(folded) == folded
    assert search.fold("國灣發髮後") == "国湾发发后"
