"""What a sync finds of a member who is out of service: all of it enters the one case, whenever it is found."""

from collections import Counter
from typing import Any

import pytest

from scrm.compliance.handovers.models import Handover, HandoverItem
from scrm.core.audit import System
from scrm.core.db import transaction
from scrm.identity.models import Role
from scrm.shared.notices.models import Notice
from scrm.wecom import sync
from scrm.wecom.models import SyncRun
from tests.support.company import befriend
from tests.support.moved_clock import later
from tests.support.service import TestCorp as Corp


@pytest.fixture
def away(company: Corp) -> Corp:
    """Bob, with a customer and a group, is disabled before the first sync."""
    befriend(company, "bob", "王一")
    company.act("create_group", owner="bob", name="老客群", quiet=True)
    company.act("disable_staff", userid="bob", quiet=True)
    return company


def items(corp: Corp) -> Counter[tuple[str, str]]:
    return Counter((item.kind, item.state) for item in corp.rows(HandoverItem))


def case_of(corp: Corp) -> Any:
    (case,) = corp.rows(Handover)
    return case


def told(corp: Corp) -> list[str]:
    """What the messages to supervisors say."""
    return [call["args"]["textcard"]["description"] for call in corp.sim.ledger(corp.corp_id, "message/send")]


def assigned(corp: Corp) -> None:
    """All of the case is taken over by dora, in the customer file too."""
    console, case = corp.console(Role.ADMINISTRATOR), case_of(corp)
    body = {"successors": ["dora"], "selection": {}}
    assert console.status("POST", f"/handovers/{case.id}/assign", body).ok
    corp.drain()
    for item in corp.rows(HandoverItem, HandoverItem.kind == "customer"):
        corp.act("accept_transfer", external_userid=item.wecom_id)
    corp.settle()
    with later(10):
        corp.drain()


def test_first_sync_opens_the_case_with_customers_and_groups_and_tells_of_both(away: Corp) -> None:
    away.sync()
    assert items(away) == {("customer", "unassigned"): 1, ("group", "unassigned"): 1}
    (words,) = told(away)
    assert "1 位客户、1 个客户群" in words


def test_owner_of_a_group_alone_has_a_case_too(company: Corp) -> None:
    company.act("create_group", owner="bob", name="老客群", quiet=True)
    company.act("disable_staff", userid="bob", quiet=True)
    company.sync()
    assert items(company) == {("group", "unassigned"): 1}


def test_unfinished_case_takes_in_what_is_found_later_and_tells_nobody_again(away: Corp) -> None:
    away.sync()
    before = case_of(away)
    befriend(away, "bob", "王二")
    away.act("create_group", owner="bob", name="新客群", quiet=True)
    away.sync()
    assert items(away) == {("customer", "unassigned"): 2, ("group", "unassigned"): 2}
    case = case_of(away)
    assert (case.state, case.due_at, case.departed_at) == ("open", before.due_at, before.departed_at)
    assert len(told(away)) == len(away.rows(Notice, Notice.record == "handover")) == 1


def test_case_that_is_under_way_is_open_again_for_what_is_found_later(away: Corp) -> None:
    away.sync()
    console, body = away.console(Role.ADMINISTRATOR), {"successors": ["dora"], "selection": {}}
    assert console.status("POST", f"/handovers/{case_of(away).id}/assign", body).ok
    away.drain()
    assert case_of(away).state == "running" and case_of(away).escalate_at is None
    away.act("create_group", owner="bob", name="新客群", quiet=True)
    away.sync()
    assert items(away) == {("customer", "waiting"): 1, ("group", "done"): 1, ("group", "unassigned"): 1}
    assert case_of(away).state == "open" and case_of(away).escalate_at is not None


def test_sync_that_fails_at_the_groups_opens_the_case_and_its_resumption_fills_it(away: Corp) -> None:
    path = "externalcontact/groupchat/list"
    away.sim.misfortunes({"match": path, "kind": "errcode", "errcode": 48002, "corp_id": away.corp_id})
    away.sync()
    away.sim.misfortunes()
    (run,) = away.rows(SyncRun)
    assert run.state == "failed" and items(away) == {("customer", "unassigned"): 1}
    with transaction(away.number) as session:
        sync.resume(session, System.SYNC, run.id)
    away.drain()
    assert items(away) == {("customer", "unassigned"): 1, ("group", "unassigned"): 1}
    assert len(told(away)) == 1


def test_done_case_is_open_again_for_what_is_found_later(away: Corp) -> None:
    away.sync()
    assigned(away)
    away.sync()
    assert case_of(away).state == "done" and items(away) == {("customer", "done"): 1, ("group", "done"): 1}
    away.act("create_group", owner="bob", name="新客群", quiet=True)
    away.sync()
    assert case_of(away).state == "open" and items(away)["group", "unassigned"] == 1
    assert len(told(away)) == 1


def test_case_that_a_person_closed_stays_closed(away: Corp) -> None:
    away.sync()
    console = away.console(Role.ADMINISTRATOR)
    assert console.status("POST", f"/handovers/{case_of(away).id}/close", {"note": "月底回来"}).ok
    away.act("create_group", owner="bob", name="新客群", quiet=True)
    away.sync()
    assert case_of(away).state == "closed" and items(away)["group", "unassigned"] == 1
