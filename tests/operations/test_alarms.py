"""Alarms: told once, shown until they are mended, to whoever may deal with them."""

import requests

from scrm.core import alarms
from scrm.core.db import transaction
from scrm.identity.models import Role
from scrm.shared.notices.models import Notice
from tests.support.service import TestCorp

_BROKEN = alarms.kind("test_broken", zh="第 {count} 次出错", en="broken {count} times", path="/tasks")


def test_state_is_told_once_shown_until_mended_and_told_again_when_it_comes_back(company: TestCorp) -> None:
    company.sync()
    boss = company.console(Role.ADMINISTRATOR, userid="dora")

    for count in (1, 2):
        with transaction(company.number) as session:
            alarms.raise_alarm(session, _BROKEN, "a", count=count)
        company.drain()
    (row,) = boss.get("/alarms")["items"]
    assert (row["zh"], row["en"], row["path"]) == ("第 2 次出错", "broken 2 times", "/tasks")
    assert row["notices"] == [{"kind": "alarm_raised", "state": "sent", "people": 1}]
    assert _cards(company) == ["第 1 次出错"]
    assert f'scrm_alarms{{corp="{company.corp_id}",kind="test_broken"}} 1.0' in _metrics(company)

    with transaction(company.number) as session:
        alarms.clear(session, _BROKEN, "a")
    assert boss.get("/alarms")["items"] == []
    with transaction(company.number) as session:
        alarms.raise_alarm(session, _BROKEN, "a", count=3)
    company.drain()
    assert _cards(company) == ["第 1 次出错", "第 3 次出错"]
    told = company.rows(Notice, Notice.record == "alarm")
    assert [(row.kind, row.userid, row.state) for row in told] == [("alarm_raised", "dora", "sent")] * 2


def test_only_who_may_read_alarms_sees_those_of_the_own_corp(company: TestCorp, shared: TestCorp) -> None:
    with transaction(company.number) as session:
        alarms.raise_alarm(session, _BROKEN, count=1)
    assert company.console(Role.SALES).status("GET", "/alarms").status_code == 403
    assert company.console(Role.MARKETER).status("GET", "/alarms").status_code == 403
    assert shared.console(Role.ADMINISTRATOR).get("/alarms")["items"] == []
    assert len(company.console(Role.COMPLIANCE).get("/alarms")["items"]) == 1


def _cards(corp: TestCorp) -> list[str]:
    messages = corp.sim.call("GET", f"/corps/{corp.corp_id}/messages")["items"]
    return sorted(item["content"]["description"] for item in messages)


def _metrics(corp: TestCorp) -> str:
    return requests.get(f"{corp.web}/metrics", timeout=10).text
