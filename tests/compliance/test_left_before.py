"""Members who left before the corp was connected: their customers and groups reach their case all the same."""

from collections import Counter

import pytest

from scrm.compliance.handovers.models import Handover, HandoverItem
from scrm.customers.groups.handlers import sync as groups_sync
from tests.support.company import befriend
from tests.support.moved_clock import later
from tests.support.service import TestCorp as Corp
from tests.support.weather import answers_without

LEAVERS = ("bob", "carl", "frida")


def owned(corp: Corp) -> Counter[tuple[str, str, str]]:
    cases = {case.id: case.userid for case in corp.rows(Handover)}
    return Counter((cases[item.handover_id], item.kind, item.state) for item in corp.rows(HandoverItem))


def test_groups_of_those_who_left_before_reach_their_cases(company: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups_sync, "_OWNERS", 2)  # owners in one question
    for userid in ("Anna.Li", "dora", *LEAVERS):
        befriend(company, userid, f"{userid} 的客户")
        for number in range(3):
            company.act("create_group", owner=userid, name=f"{userid} 群{number}", quiet=True)
    for userid in LEAVERS:
        company.act("resign", userid=userid, quiet=True)
    company.sync()
    found = owned(company)
    assert found == {
        (userid, kind, "unassigned"): count for userid in LEAVERS for kind, count in (("customer", 1), ("group", 3))
    }
    with answers_without("externalcontact/get_unassigned_list", "info"), later(3_700):
        company.sync()  # which tells nothing, least of all that they have been assigned
    assert owned(company) == found
