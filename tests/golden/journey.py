"""One journey through the whole product, step after step, so that each run leaves the same rows in the same order."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from scrm.core.queue import flights
from scrm.identity.models import Role
from tests.marketing.desk import open_desk
from tests.support.chats import pull, say
from tests.support.company import SPEC, befriend
from tests.support.drawings import drawn
from tests.support.moved_clock import later
from tests.support.service import Console, connect, lent
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Simulator

CORP_ID = "wg0000000000000001"
EPOCH = 1_760_000_000.0
DAY = 86_400
USERIDS = {Role.ADMINISTRATOR: "Anna.Li", Role.SALES: "bob", Role.COMPLIANCE: "frida", Role.MARKETER: "emil"}
RULE = {"name": "私下交易", "severity": "high", "words": "加我微信\n返点\n私下转账"}


@contextmanager
def furnished(sim: Simulator, web: str) -> Iterator[tuple[Corp, dict[Role, Console]]]:
    """The corp after its journey, with a signed-in user of each role."""
    habits = {**SPEC["habits"], "archive_notify_seconds": 0.05, "dispatch_seconds": 0, "group_send_seconds": 0}
    spec = {**SPEC, "archive": True, "habits": habits}
    with (
        pytest.MonkeyPatch.context() as patch,
        lent(connect(sim, web, CORP_ID, untouched=True, epoch=EPOCH, **spec)) as corp,
    ):
        patch.setattr(flights, "PER_CORP", 1)
        patch.setattr(flights, "SLOW_PER_CORP", 0)
        yield corp, _travelled(corp)


def _travelled(corp: Corp) -> dict[Role, Console]:
    customers = _known_at_first(corp)
    users = {role: corp.console(role, userid=userid) for role, userid in USERIDS.items()}
    _won_changed_and_lost(corp, customers, users)
    _talked(corp, customers, users)
    _sent(corp, users)
    _left(corp, users)
    with later(2 * DAY):
        corp.sync()
    return users


def _step(corp: Corp, verb: str, **arguments: Any) -> Any:
    changed = corp.act(verb, **arguments)
    corp.settle()
    return changed


def _known_at_first(corp: Corp) -> dict[str, str]:
    corp.act("add_tag_group", name="等级", tags=["VIP", "普通"], quiet=True)
    corp.act("add_tag_group", name="地区", tags=["北京", "上海"], quiet=True)
    found = {}
    for number in range(1, 13):
        userid = ("bob", "carl", "dora")[number % 3]
        found[f"王{number}"] = befriend(corp, userid, f"王{number}")
    found["张华"] = befriend(corp, "bob", "张华")
    corp.act("create_group", owner="bob", name="老客群", quiet=True)
    corp.act("create_group", owner="carl", name="新品群", quiet=True)
    corp.sync()
    return found


def _won_changed_and_lost(corp: Corp, customers: dict[str, str], users: dict[Role, Console]) -> None:
    customers["李新"] = _step(corp, "add_contact", userid="bob", name="李新", welcome=True)["external_userid"]
    _step(corp, "add_contact", userid="carl", external_userid=customers["李新"])
    _step(corp, "edit_contact", userid="bob", external_userid=customers["王3"], remark="重要客户 13800138000")
    _step(corp, "edit_contact", userid="bob", external_userid=customers["王6"], add_tags=["VIP", "北京"])
    _step(corp, "edit_contact", userid="carl", external_userid=customers["王1"], add_tags=["VIP"])
    _step(corp, "delete_contact", userid="bob", external_userid=customers["王9"])
    _step(corp, "customer_deletes", userid="carl", external_userid=customers["王4"])
    _step(corp, "delete_contact", userid="dora", external_userid=customers["王2"], source="DELETE_BY_TRANSFER")
    _step(corp, "rename_staff", userid="dora", name="朵拉二")
    officer = users[Role.COMPLIANCE]
    alerts = sorted(row["id"] for row in officer.get("/alerts")["items"])
    assert officer.status("POST", f"/alerts/{alerts[0]}/review").status_code == 200


def _talked(corp: Corp, customers: dict[str, str], users: dict[Role, Console]) -> None:
    assert users[Role.COMPLIANCE].status("POST", "/rules", RULE).status_code == 201
    who = customers["张华"]
    say(corp, who, "bob", "能便宜点吗？我的号码是 13900139000", seconds_ago=90)
    say(corp, "bob", who, "加 我👉微信，给您返点", seconds_ago=80)
    say(corp, who, "bob", "好的", seconds_ago=70)
    say(corp, customers["王1"], "carl", "请问什么时候发货", seconds_ago=60)
    say(
        corp, customers["李新"], "bob", "在吗", seconds_ago=50
    )  # bob and carl added them in one second, so this decides
    pull(corp)
    corp.settle()


def _sent(corp: Corp, users: dict[Role, Console]) -> None:
    marketer = users[Role.MARKETER]
    desk = open_desk(corp)
    desk.console = marketer
    picture = {"filename": "一.png", "data": base64.b64encode(drawn(8, 8)).decode()}
    assert marketer.status("POST", "/broadcasts/media", picture).status_code == 201
    number = desk.send()
    desk.confirm()
    desk.poll(number)
    desk.draft(title="草稿", text="还没有发。")


def _left(corp: Corp, users: dict[Role, Console]) -> None:
    corp.act("resign", userid="carl")
    corp.settle()
    with later(10):
        corp.settle()
    console = users[Role.ADMINISTRATOR]
    (case,) = console.get("/handovers")["items"]
    chosen = {"successors": ["dora"], "selection": {}}
    assert console.status("POST", f"/handovers/{case['id']}/assign", chosen).status_code == 200
    corp.drain()
    corp.act("pass_time", seconds=DAY)
    with later(DAY + 120):
        corp.settle()
