"""What is repeated costs WeCom a bounded number of reads, and the last change is read all the same."""

import time

import pytest

from scrm.customers.groups.models import GroupChat
from scrm.identity.models import Role, Staff
from scrm.wecom import calls
from scrm.wecom.models import CallState, InboxRow, WecomCall
from tests.support.company import befriend
from tests.support.moved_clock import later
from tests.support.service import TestCorp as Corp

CONTACT, GROUP, MEMBER = "externalcontact/get", "externalcontact/groupchat/get", "user/get"
APPS = 2
MINUTE = 61


def reads(corp: Corp, path: str) -> int:
    return len(corp.sim.ledger(corp.corp_id, path))


def test_a_hundred_edits_of_a_minute_are_read_a_few_times(company: Corp) -> None:
    customer = befriend(company, "bob", "甲")
    company.sync()
    before = reads(company, CONTACT)
    for number in range(100):
        company.act("edit_contact", userid="bob", external_userid=customer, remark=f"第{number}次")
        if number % 5 == 0:
            company.settle()
    company.settle()
    assert 0 < reads(company, CONTACT) - before <= APPS * calls.REREADS
    with later(MINUTE):
        company.drain()
        assert reads(company, CONTACT) - before <= APPS * (calls.REREADS + 1)
        (row,) = company.console(Role.COMPLIANCE).get("/customers", q="甲")["items"]
    assert row["follows"][0]["remark"] == "第99次"
    assert company.rows(WecomCall, WecomCall.state == CallState.READY) == []


def test_another_object_does_not_wait(company: Corp) -> None:
    busy, quiet = befriend(company, "bob", "甲"), befriend(company, "bob", "乙")
    company.sync()
    for number in range(20):
        company.act("edit_contact", userid="bob", external_userid=busy, remark=f"第{number}次")
        company.settle()
    company.act("edit_contact", userid="bob", external_userid=quiet, remark="只改一次")
    company.settle()
    (row,) = company.console(Role.COMPLIANCE).get("/customers", q="乙")["items"]
    assert row["follows"][0]["remark"] == "只改一次"


def test_a_hundred_repetitions_of_one_callback_are_read_a_few_times(company: Corp) -> None:
    """WeCom delivers it again and again, as its own repetitions of "read again" events do."""
    customer = befriend(company, "bob", "甲")
    company.sync()
    company.act("edit_contact", userid="bob", external_userid=customer, remark="改过")
    company.settle()
    before = reads(company, CONTACT)
    (row, *_) = company.rows(InboxRow, InboxRow.external_userid == customer)
    for _ in range(100):
        company.scalar(lambda session: _reopen(session.get_one(InboxRow, row.id)))
        company.drain()
    assert reads(company, CONTACT) - before <= APPS * calls.REREADS
    with later(MINUTE):
        company.drain()
        assert reads(company, CONTACT) - before <= APPS * (calls.REREADS + 1)


def _reopen(row: InboxRow) -> None:
    row.state, row.attempts = "ready", 0


def test_a_person_may_replay_an_object_a_few_times_a_minute(company: Corp) -> None:
    customer, other = befriend(company, "bob", "甲"), befriend(company, "bob", "乙")
    company.sync()
    for own in (customer, other):
        company.act("edit_contact", userid="bob", external_userid=own, remark="改过")
    time.sleep(1.1)
    company.act("edit_contact", userid="bob", external_userid=customer, remark="又改")
    company.settle()
    administrator = company.console(Role.ADMINISTRATOR)
    rows = administrator.get("/callbacks", q=customer)["items"]
    assert len({row["id"] for row in rows}) >= 2
    before = reads(company, CONTACT)
    answers = [
        administrator.status("POST", f"/callbacks/{rows[number % len(rows)]['id']}/replay", {}) for number in range(100)
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [200] * calls.REREADS + [429] * (100 - calls.REREADS)
    refused = answers[-1]
    assert 1 <= int(refused.headers["Retry-After"]) <= 60 and refused.json()["code"] == "replayed_too_often"
    company.drain()
    assert reads(company, CONTACT) - before <= APPS * calls.REREADS
    (quiet, *_) = administrator.get("/callbacks", q=other)["items"]
    assert administrator.status("POST", f"/callbacks/{quiet['id']}/replay", {}).status_code == 200
    with later(MINUTE):
        assert administrator.status("POST", f"/callbacks/{rows[0]['id']}/replay", {}).status_code == 200
        company.drain()
        (row,) = administrator.get("/customers", q="甲")["items"]
    assert row["follows"][0]["remark"] == "又改"


def test_a_group_that_changes_a_hundred_times_shows_the_last(corp: Corp) -> None:
    corp.sync()
    corp.sim.call("PUT", f"/corps/{corp.corp_id}/habits", {"group_lag_seconds": 0})
    group = corp.rows(GroupChat)[0].chat_id
    before = reads(corp, GROUP)
    for number in range(100):
        corp.act("update_group", chat_id=group, name=f"群名{number}")
        if number % 10 == 0:
            corp.settle()
            with later(4):
                corp.drain()
    corp.settle()
    for seconds in (4, MINUTE, MINUTE + 4):
        with later(seconds):
            corp.drain()
    assert 0 < reads(corp, GROUP) - before <= 2 * calls.REREADS  # of two minutes
    assert corp.rows(GroupChat, GroupChat.chat_id == group)[0].name == "群名99"


def test_a_member_that_changes_often_is_read_a_few_times(company: Corp) -> None:
    company.sync()
    before = reads(company, MEMBER)
    for number in range(30):
        company.act("rename_staff", userid="bob", name=f"鲍勃{number}")
        company.act("move_department", userid="bob", department=3 + number % 2)  # a rename alone tells nobody
        company.settle()
    with later(MINUTE):
        company.drain()
    assert 0 < reads(company, MEMBER) - before <= calls.REREADS + 1
    assert company.rows(Staff, Staff.userid == "bob")[0].name == "鲍勃29"


@pytest.mark.parametrize("path", ["/callbacks/0/replay"])
def test_no_such_callback_is_a_404(company: Corp, path: str) -> None:
    assert company.console(Role.ADMINISTRATOR).status("POST", path, {}).status_code == 404
