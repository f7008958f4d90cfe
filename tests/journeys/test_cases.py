"""Inputs that once went wrong, each run as it lies in `tests/data/cases`, and its neighbours."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func

from scrm.customers.file.models import Customer, FollowRelation
from scrm.customers.groups.models import GroupChat
from scrm.identity.models import Role, Staff
from scrm.wecom.client.session import WorkSession
from scrm.wecom.models import CallState, InboxRow, SyncRun, SyncState, WecomCall
from tests.conftest import POPULATION
from tests.support import foreign
from tests.support.foreign import ForeignApp
from tests.support.service import Console, connected
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Simulator

CASES = Path(__file__).parents[1] / "data" / "cases"
GONE = object()  # in place of a value: the field is not there
Changes = dict[str, Any]


def case(name: str) -> Any:
    return json.loads((CASES / name).read_text())


NUL = case("nul-in-remark.json")["change"]
ODD = case("one-odd-value-in-a-page.json")["change"]
NULLS = case("null-becomes-the-word-none.json")
PHONES = case("search-phone.json")
SEARCHES = case("search-invisible.json")
FORMER = case("former-follower.json")
CARD = case("name-in-a-card.json")
CALLBACK = (CASES / "control-char-in-name.xml").read_text().strip()


@pytest.fixture(scope="module")
def corp(service: str, sim: Simulator) -> Iterator[Corp]:
    with connected(sim, service, "wz", population=POPULATION) as found:
        found.sync()
        yield found


@pytest.fixture(scope="module")
def console(corp: Corp) -> Console:
    return corp.console(Role.ADMINISTRATOR)


def pairs(corp: Corp) -> list[dict[str, str]]:
    """Members and their customers, as many as stand."""
    rows = corp.sim.call("GET", f"/corps/{corp.corp_id}/relations")["items"]
    return [{"userid": row["userid"], "external_userid": row["external_userid"]}
            for row in rows if row["status"] == "following"]  # fmt: skip


def spoil(patch: pytest.MonkeyPatch, changes: Changes, *, only: str) -> None:
    """Let WeCom answer with these values where it tells of one customer or group."""
    ask = WorkSession._request

    def spoilt(self: WorkSession, method: str, endpoint: str, **options: Any) -> Any:
        answer = ask(self, method, endpoint, **options)
        rows = [answer, *answer.get("external_contact_list", [])]
        for row in rows:
            if only not in (row.get("external_contact") or row.get("group_chat") or {}).values():
                continue
            for path, value in changes.items():
                place, _, field = path.partition(".")
                told = row.get("follow_user" if place.startswith("follow") else place) or row.get("follow_info") or []
                for item in told if isinstance(told, list) else [told]:
                    item[field] = value
                    if value is GONE:
                        del item[field]
        return answer

    patch.setattr(WorkSession, "_request", spoilt)


def quiet(corp: Corp) -> None:
    """Nothing waits, is on its way or was parked, and the last sync is done."""
    left = [CallState.PARKED, CallState.LEASED, CallState.READY, CallState.ANSWERED]
    assert [row.reason for row in corp.rows(WecomCall, WecomCall.state.in_(left))] == []
    assert corp.rows(SyncRun)[-1].state == SyncState.DONE


def edited(corp: Corp, pair: dict[str, str]) -> None:
    """A callback has the customer asked for, then a sync has it listed."""
    corp.act("edit_contact", **pair, description=f"edited {time.monotonic_ns()}")
    corp.settle()
    quiet(corp)
    corp.sync()
    quiet(corp)


def stored(corp: Corp, pair: dict[str, str]) -> tuple[Customer, FollowRelation]:
    (customer,) = corp.rows(Customer, Customer.external_userid == pair["external_userid"])
    (staff,) = corp.rows(Staff, func.lower(Staff.userid) == pair["userid"].lower())  # others may follow them too
    (relation,) = corp.rows(
        FollowRelation, FollowRelation.customer_id == customer.id, FollowRelation.staff_id == staff.id
    )
    return customer, relation


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        (NUL, {"remark": "王总\ufffd仓库"}),
        ({"follow_info.description": "半个\ud83c字"}, {"description": "半个\ufffd字"}),
        ({"external_contact.name": "\0", "follow_info.remark_corp_name": "\udc00\0"}, {"name": "\ufffd"}),
    ],
)
def test_nul_in_a_remark(corp: Corp, monkeypatch: pytest.MonkeyPatch, changes: Changes, kept: dict[str, str]) -> None:
    """More of its kind: the tests of odd answers."""
    pair = pairs(corp)[0]
    with monkeypatch.context() as patch:
        spoil(patch, changes, only=pair["external_userid"])
        edited(corp, pair)
    rows = stored(corp, pair)
    assert {name: getattr(rows[not hasattr(rows[0], name)], name) for name in kept} == kept


@pytest.mark.parametrize(
    "byte",
    [b"\x10", b"\0", b"\xe9\x9f", b"&#16;", b"\xef\xbf\xbf"],
    ids=["as given", "nul", "cut character", "reference", "no character"],
)
def test_control_character_in_a_name(corp: Corp, byte: bytes) -> None:
    """The event is read though one of its values holds what XML forbids."""
    said = CALLBACK.replace("CORP", corp.corp_id).replace("NOW", str(int(time.time())))
    (app,) = (item for item in corp.sim.corp_file(corp.corp_id)["apps"] if item.get("kind") == "contact_sync")
    message = said.encode().replace(b"@@BYTE 10@@", byte)
    sealed = ForeignApp(corp.corp_id, app["token"], app["aes_key"]).seal(message)
    assert foreign.post(corp.callback_address(app["key"]), sealed).status_code == 200
    asked = len(corp.sim.ledger(corp.corp_id, "user/get"))
    corp.drain()
    row = corp.rows(InboxRow)[-1]
    assert (row.state, row.known, row.change_type, row.userid) == ("done", True, "update_user", "Staff002")
    assert len(corp.sim.ledger(corp.corp_id, "user/get")) == asked + 1


@pytest.mark.parametrize(
    "changes",
    [
        ODD,
        {"follow_info.createtime": 2**62, "follow_info.add_way": 2**40},
        {"external_contact.type": [], "external_contact.gender": None, "follow_info.remark_mobiles": "138"},
    ],
)
def test_one_odd_value_in_a_page(corp: Corp, monkeypatch: pytest.MonkeyPatch, changes: Changes) -> None:
    """The others of its page are taken, and it keeps what is known of it."""
    odd, *others = pairs(corp)
    before = [getattr(stored(corp, odd)[1], name) for name in ("add_way", "added_at", "remark_mobiles")]
    for number, other in enumerate(others[:5]):
        corp.act("edit_contact", **other, remark=f"{len(repr(changes))}-{number}", quiet=True)
    with monkeypatch.context() as patch:
        spoil(patch, changes, only=odd["external_userid"])
        corp.sync()
    quiet(corp)
    assert [stored(corp, other)[1].remark for other in others[:5]] == [f"{len(repr(changes))}-{n}" for n in range(5)]
    assert [getattr(stored(corp, odd)[1], name) for name in ("add_way", "added_at", "remark_mobiles")] == before


ODD_VALUES = [None, {}, 1.5, GONE]


@pytest.mark.parametrize("value", ODD_VALUES, ids=["as given", "object", "number", "gone"])
def test_null_becomes_no_word(corp: Corp, monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    """What the answer does not tell stays known; only of what WeCom leaves out where there is none, gone is none."""
    # A customer each: one is not read more than a few times a minute.
    pair = pairs(corp)[10 + ODD_VALUES.index(value)]
    corp.act("edit_contact", **pair, remark="老客户", description="常来")
    corp.settle()
    customer, relation = stored(corp, pair)
    fields = [path.partition(".")[2] for path in NULLS["change"]]
    before = {name: getattr(customer, name, getattr(relation, name, "")) for name in fields}
    with monkeypatch.context() as patch:
        spoil(patch, dict.fromkeys(NULLS["change"], value), only=pair["external_userid"])
        edited(corp, pair)
    customer, relation = stored(corp, pair)
    after = {name: getattr(customer, name, getattr(relation, name, "")) for name in fields}
    assert after == (before | {"state": "", "remark_corp_name": ""} if value is GONE else before)


@pytest.mark.parametrize("value", [None, [], 7.5], ids=["as given", "list", "number"])
def test_null_notice_of_a_group(corp: Corp, monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    group = next(row for row in corp.rows(GroupChat) if row.notice)
    (changes,) = NULLS["also"].values()
    with monkeypatch.context() as patch:
        spoil(patch, dict.fromkeys(changes, value), only=group.chat_id)
        corp.sync()
    quiet(corp)
    assert [row.notice for row in corp.rows(GroupChat, GroupChat.id == group.id)] == [group.notice]


def test_former_follower(corp: Corp) -> None:
    """Two more that shared or lost a customer: the tests of former followers."""
    for verb, arguments in FORMER["steps"]:
        corp.act(verb, **arguments)
        corp.settle()
    former = corp.console(Role.SALES, userid="Staff003")
    answers = []
    for asked in FORMER["ask"]:
        method, path, *body = asked.replace("…", "回访客户").split(" ", 2)
        answer = former.status(method, path.removeprefix("/api/v1"), json.loads(body[0]) if body else None)
        assert answer.status_code in {200, 404}
        answers.append(answer.text)
    successor = FORMER["steps"][-1][1]
    secrets = [successor["remark"], successor["description"], *successor["remark_mobiles"]]
    assert [secret for secret in secrets if any(secret in answer for answer in answers)] == []
    assert json.loads(answers[2])["total"] == 0
    now = corp.console(Role.SALES, userid="Staff004")
    assert now.get("/customers", q=successor["remark"])["total"] == 1


def test_phones_in_any_spelling(corp: Corp, console: Console) -> None:
    """More spellings, and what finds nobody: `tests/data/phones.json`."""
    corp.act("edit_contact", **pairs(corp)[2], remark_mobiles=PHONES["remark_mobiles"])
    corp.settle()
    assert [console.get("/customers", q=words)["total"] for words in PHONES["q"]] == [PHONES["expect_total"]] * 4


def test_invisible_characters(corp: Corp, console: Console) -> None:
    """More names and words: `tests/data/searches.json`."""
    (member, *_) = pairs(corp)
    names = dict.fromkeys(row["name"] for row in SEARCHES if "name" in row)
    for name in names:
        corp.act("add_contact", userid=member["userid"], name=name)
    corp.settle()
    for row in SEARCHES:
        answer = console.http.get(f"{corp.web}/api/v1/customers", params={"q": row["q"]}, timeout=10)
        assert answer.status_code == row.get("expect_status", 200), row
        if "name" in row:
            found = [item["name"] for item in answer.json()["items"]]
            assert found.count(row["name"]) == row["expect_total"], row


def test_name_in_a_card(corp: Corp) -> None:
    """More names and every other card: the tests of cards."""
    member = pairs(corp)[0]["userid"]
    added = corp.act("add_contact", userid=member, name=CARD["name"])
    corp.settle()
    corp.act("delete_contact", userid=member, external_userid=added["external_userid"])
    corp.settle()
    told = corp.sim.call("GET", f"/corps/{corp.corp_id}/messages")["items"][-1]["content"]
    assert "删除" in told["title"] and not set("<>") & set(told["description"])
    assert "已处理" not in told["title"] and "\n时间：2020" not in told["description"]
