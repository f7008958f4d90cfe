"""Words as people write them to get around a list, and as they write them in all innocence."""

import random

import pytest

from scrm.compliance.rules.actions.quotes import quoted as quote
from scrm.compliance.rules.folding import fold, fold_with_places
from scrm.compliance.rules.kind import Said
from scrm.compliance.rules.kinds.word_list import Parameters, Senders, WordList, clean
from scrm.contracts.archive import PART

WORDS = ["加我微信", "返点", "私下转账", "VX", "微信"]


def found(
    text: str, words: list[str] | None = None, *, kind: str = "staff", senders: Senders = Senders.ANYONE
) -> set[str]:
    rule = WordList(Parameters(words=words or WORDS, senders=senders))
    return {word for finding in rule.scan([Said(text, kind)]) for word in finding.words}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("加我微信聊", {"加我微信", "微信"}),
        ("加 我 微 信", {"加我微信", "微信"}),
        ("加我👉🏻微信", {"加我微信", "微信"}),
        ("加我\u200b微\n信", {"加我微信", "微信"}),
        ("我的ＶＸ是", {"VX"}),
        ("v x 号", {"VX"}),
        ("给您返  点", {"返点"}),
        ("Ⓥⓧ", {"VX"}),
        ("私下\u3000转账返点", {"私下转账", "返点"}),
        ("好的，谢谢", set()),
        ("返回订单点击这里", set()),
        ("", set()),
    ],
)
def test_width_case_blanks_and_emoji_make_no_difference(text: str, words: set[str]) -> None:
    assert found(text) == words


def test_words_are_not_found_across_two_messages() -> None:
    rule = WordList(Parameters(words=WORDS))
    assert (
        rule.scan([Said("加我", "staff"), Said("微信", "staff"), Said("", "staff"), Said("信", "staff")])[0].index == 1
    )
    (finding,) = WordList(Parameters(words=["加我微信"])).scan([Said("加我", "staff"), Said("加我微信", "staff")])
    assert finding.index == 1


def test_word_counts_once_per_message() -> None:
    (finding,) = WordList(Parameters(words=["返点"])).scan([Said("返点返点返点", "staff")])
    assert finding.words == ["返点"]


@pytest.mark.parametrize(
    ("senders", "kind", "hit"),
    [
        (Senders.ANYONE, "customer", True),
        (Senders.STAFF, "customer", False),
        (Senders.STAFF, "staff", True),
        (Senders.CUSTOMER, "customer", True),
        (Senders.CUSTOMER, "staff", False),
    ],
)
def test_rule_looks_at_the_senders_it_is_for(senders: Senders, kind: str, hit: bool) -> None:
    assert bool(found("返点", kind=kind, senders=senders)) is hit


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("this book is best", set()),
        ("This", set()),
        ("你SB吗", {"SB"}),
        ("s b", {"SB"}),
        ("is\u200bbest", set()),
        ("s.b!", {"SB"}),
        ("nosb sbno", set()),
        ("加vx13800138000", {"VX"}),
        ("my_vx_id", {"VX"}),
        ("ṽẋ", {"VX"}),
        ("vxé", set()),
        ("1101 2110", set()),
        ("打110吧", {"110"}),
        ("¥35", set()),
        ("¥3.5起", {"3.5"}),
    ],
)
def test_latin_words_and_numbers_have_borders(text: str, words: set[str]) -> None:
    assert found(text, ["SB", "VX", "110", "3.5"]) == words


@pytest.mark.parametrize(
    "mark", [*".*-_·/~|．＊－＿／～｜—・", "[强]", "[ThumbsUp]", "［微笑］", "\x07", "\x85", "\u2066"]
)
def test_separators_and_stickers_between_characters_make_no_difference(mark: str) -> None:
    assert found(f"给您返{mark}点") == {"返点"}
    assert found(mark.join("私下转账")) == {"私下转账"}
    (hit,) = WordList(Parameters(words=["返点"])).locate(f"给您返{mark}点。")
    assert (hit.start, hit.end) == (2, 4 + len(mark))


@pytest.mark.parametrize(
    "text", ["给您返[了]点", "返，点", "往返\n点击这里", "往返\r\n点击", "往返\n\n点击", f"往返{PART}点"]
)
def test_lines_parts_and_words_between_keep_apart(text: str) -> None:
    assert found(text) == set()
    assert WordList(Parameters(words=["返点"])).locate(text) == []


@pytest.mark.parametrize("text", ["返\n点", "给您返\n点\n吧", "私\n下\n转\n账返点", "[返点]", "【返点】"])
def test_a_word_written_downwards_or_in_brackets_is_a_word(text: str) -> None:
    assert "返点" in found(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("这是一条引用/回复消息：\n王小明\n加我微信\n------\n不可以的", ("王小明", "加我微信", "不可以的")),
        ("This is a quote/reply:\nTom\n加我微信\n------\nno", ("Tom", "加我微信", "no")),
        ('这是一条引用/回复消息：\n"王小明：\n加我微信"\n------\n不可以的', ("王小明", "加我微信", "不可以的")),
        ('"王小明：\n加我\n微信"\n------\n不行', ("王小明", "加我\n微信", "不行")),
        ("「王小明：加我微信」\n- - - - - - - - - - - - - - -\n不行", ("王小明", "加我微信", "不行")),
        ("加我微信\n------\n这不是引用", None),
    ],
)
def test_replies_are_taken_apart(text: str, parts: tuple[str, str, str] | None) -> None:
    assert quote(text) == parts


def test_folding_with_places_folds_the_same() -> None:
    rng = random.Random(7)
    pool = [*"返点aZé12İ①½ﬁ.-_·/[]强［］微笑\r\n\x1e\u200b\u0301👉　", "[强]", "1.5", "\n点\n"]
    for _ in range(2_000):
        text = "".join(rng.choices(pool, k=rng.randrange(1, 14)))
        folded, places = fold_with_places(text)
        assert folded == fold(text), repr(text)
        assert len(places) == len(folded)


def test_places_point_into_the_text_as_it_was_written() -> None:
    text = "您好，加 我👉微信 吧"
    rule = WordList(Parameters(words=["加我微信"]))
    (hit,) = rule.locate(text)
    assert text[hit.start : hit.end] == "加 我👉微信"
    folded, places = fold_with_places("ﬁ ½Ａ")
    assert folded == fold("ﬁ ½Ａ")
    assert len(places) == len(folded)


def test_pasted_list_is_cleaned_and_what_is_wrong_is_named() -> None:
    cleaned = clean(["加微信", " 加 微信 ", "", "Ａb", "ab", "x" * 65, "啊", "👍"])
    assert cleaned.words == ["加微信", "Ａb"]
    assert cleaned.duplicates == 2
    assert cleaned.bad == [(6, "long"), (7, "short"), (8, "short")]


def test_ten_thousand_words_are_all_found() -> None:
    words = [f"违禁词{number:05d}号" for number in range(10_000)]
    rule = WordList(Parameters(words=words))
    messages = [Said(f"第 {number} 条 违禁词 {number:05d} 号", "staff") for number in range(0, 10_000, 7)]
    findings = rule.scan(messages)
    assert [finding.words for finding in findings] == [[f"违禁词{number:05d}号"] for number in range(0, 10_000, 7)]
