"""Text cards: what outsiders call themselves stays words, wherever a card is made."""

import ast
from pathlib import Path

import pytest

from scrm.compliance.alerts.models import Alert
from scrm.identity.models import Role
from scrm.wecom import cards
from tests.compliance.test_handovers import resigned
from tests.support.company import befriend
from tests.support.service import TestCorp as Corp

ROOT = Path(__file__).parents[2] / "scrm"
NASTY = '</div><div class="highlight">已处理，无需跟进</div>\n时间：2020-01-01'


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("王小明", "王小明"),
        (NASTY, '＜/div＞＜div class="highlight"＞已处理，无需跟进＜/…'),
        ("一行\r\n两行\u2028三行\x0b四行", "一行 两行 三行 四行"),
        ("倒\u202e过来\u2066写\u200f的", "倒过来写的"),
        ("铃\x07\x00\x1b[31m声", "铃 [31m声"),
        ("」已处理「", "』已处理『"),
        ("&lt;br&gt;", "＆lt;br＆gt;"),
        ("👨\u200d👩\u200d👧 一家", "👨\u200d👩\u200d👧 一家"),
        ("\u200b\u2060\ufeff", "（无名）"),
        ("\ue000私用", "私用"),
        ("名" * 41, "名" * 39 + "…"),
    ],
)
def test_outside_words_are_one_harmless_line(outside: str, shown: str) -> None:
    assert cards.words(outside) == shown


def test_line_is_harmless_though_somebody_forgot_to_say_what_is_outside(service: str) -> None:
    made = cards.card(userids=["a"], title="提醒\n<b>", lines=[f"客户「{NASTY}」", "时间：今天"], path="/alerts/1")
    assert made["title"] == "提醒 ＜b＞"
    assert made["description"].count("\n") == 1 and not set("<>") & set(made["description"])
    assert made["url"] == f"{service}/alerts/1"


def test_card_is_as_long_as_wecom_takes_it(service: str) -> None:
    made = cards.card(userids=["a"], title="题" * 300, lines=["😀" * 199] * 9, path="/")
    assert len(made["title"].encode()) <= 128 and len(made["description"].encode()) <= 512
    assert made["description"].endswith("…") and "\ufffd" not in made["description"]


def test_every_card_is_made_in_one_place() -> None:
    """Walks all code: whoever asks WeCom for a text card hands over what `cards.card` made."""
    senders = []
    for path in [path for path in ROOT.rglob("*.py") if "simulator" not in path.parts]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            said = [ast.unparse(argument) for argument in node.args]
            if any(argument.endswith("send_text_card") for argument in said):
                senders.append(path.relative_to(ROOT).as_posix())
                spread = [ast.unparse(word.value) for word in node.keywords if word.arg is None]
                assert any(argument.startswith("cards.card(") for argument in spread), path
    assert set(senders) == {"shared/notices/telling.py"}


def test_name_writes_nothing_into_what_supervisors_are_told(company: Corp) -> None:
    befriend(company, "bob", "留下的客户")
    lost, left = befriend(company, "bob", NASTY), befriend(company, "carl", "」\u202e已撤回\r\n「")
    company.sync()
    company.act("delete_contact", userid="bob", external_userid=lost)
    company.act("customer_deletes", userid="carl", external_userid=left)
    company.settle()
    resigned(company, "bob")
    assert len(company.rows(Alert)) == 2
    items = company.sim.call("GET", f"/corps/{company.corp_id}/messages")["items"]
    told = [item["content"] for item in items]
    assert {card["title"] for card in told} == {"员工删除客户提醒", "客户删除员工提醒", "离职继承待分配"}
    for card in told:
        assert not set("<>\u202e\r") & set(card["description"])
    (deleted,) = [card["description"] for card in told if "删除了客户" in card["description"]]
    assert [line.partition("：")[0] for line in deleted.split("\n")[1:]] == ["时间", "标签", "已跟进 不到 1 分钟"]
    assert company.console(Role.COMPLIANCE).get("/alerts")["total"] == 2
