"""Groups of one member go to new owners within WeCom's daily number; the rest goes tomorrow by itself."""

import pytest

from scrm.compliance.handovers.actions import slices, successors
from scrm.compliance.handovers.models import HandoverItem
from scrm.identity.models import Role
from tests.support.moved_clock import later
from tests.support.service import TestCorp as Corp

DAY = 86_400


def owners(corp: Corp) -> list[str]:
    groups = corp.sim.call("GET", f"/corps/{corp.corp_id}/state", limit=1)["groups"]
    return sorted(str(group["owner"]) for group in groups)


def test_groups_beyond_the_daily_number_go_on_the_next_day(company: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "GROUPS_PER_DAY", 3)
    monkeypatch.setattr(successors, "PER_CALL", 2)
    for name in ("甲", "乙", "丙", "丁", "戊"):
        company.act("create_group", owner="bob", name=f"{name}群", quiet=True)
    company.sync()
    company.act("resign", userid="bob")
    company.settle()
    console = company.console(Role.ADMINISTRATOR)
    (case,) = console.get("/handovers")["items"]
    answer = console.status("POST", f"/handovers/{case['id']}/assign", {"successors": ["dora"]})
    assert answer.status_code == 200, answer.text
    company.drain()
    assert owners(company) == ["bob", "bob", "dora", "dora", "dora"]
    waiting = [row for row in console.get(f"/handovers/{case['id']}")["slices"] if row["not_before"]]
    assert [row["size"] for row in waiting] == [2]
    with later(DAY):
        company.settle()
        assert owners(company) == ["dora"] * 5
        assert {item.state for item in company.rows(HandoverItem)} == {"done"}
        assert console.get(f"/handovers/{case['id']}")["state"] == "done"
