"""A sync that would shut out too many shuts out nobody, raises an alarm and asks."""

import datetime as dt

import pytest
from sqlalchemy import delete, select, update

from scrm.core import alarms, clock
from scrm.core.db import transaction
from scrm.core.outbox import OutboxRow
from scrm.identity import conclusion, directory
from scrm.identity.models import DepartureHold, Role, Staff, StaffStatus
from scrm.wecom import unread
from scrm.wecom.models import SyncRun, UnreadItem
from scrm.wecom.port.directory import Member
from scrm.wecom.port.unread import Unread
from tests.identity.test_directory import gone, without_contact_sync
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def known(company: Corp) -> Corp:
    company.sync()
    return company


def open_alarms(corp: Corp) -> set[str]:
    return {row.kind for row in corp.scalar(alarms.standing)}


def told(corp: Corp) -> set[str]:
    """Of whom the other rooms have heard that they are gone."""
    return {row.payload["userid"] for row in corp.rows(OutboxRow, OutboxRow.event == "StaffDeparted")}


def in_service(*consoles: Console) -> list[bool]:
    return [console.status("GET", "/me").status_code == 200 for console in consoles]


def hold_of(console: Console) -> dict[str, object] | None:
    items = console.get("/departure-holds")["items"]
    return items[0] if items else None


def test_sync_that_would_shut_out_more_than_a_fifth_asks_and_concludes_nothing(known: Corp) -> None:
    administrator = known.console(Role.ADMINISTRATOR)
    bob, carl, dora = (known.console(Role.SALES, userid=userid) for userid in ("bob", "carl", "dora"))
    known.act("resign", userid="bob", quiet=True)
    known.act("disable_staff", userid="carl")
    known.act("resign", userid="frida", quiet=True)
    known.sync()
    assert in_service(bob, carl, dora) == [True, True, True]
    assert (gone(known), told(known), open_alarms(known)) == (set(), set(), {"departures_held"})
    hold = hold_of(administrator)
    assert hold is not None
    assert (hold["accounts_lost"], hold["accounts_total"], hold["member_count"]) == (2, 3, 3)
    assert {(row["userid"], row["becomes"]) for row in hold["members"]} == {  # type: ignore[attr-defined]
        ("bob", "left"),
        ("carl", "disabled"),
        ("frida", "left"),
    }
    assert administrator.status("POST", f"/departure-holds/{hold['id']}/confirm").status_code == 204
    known.drain()
    assert in_service(bob, carl, dora) == [False, False, True]
    assert (gone(known), open_alarms(known)) == ({"bob", "frida"}, set())
    assert told(known) == {"bob", "carl", "frida"}
    assert administrator.status("POST", f"/departure-holds/{hold['id']}/confirm").json()["code"] == "hold_decided"


def test_rejected_departures_are_looked_at_anew_by_the_next_sync(known: Corp) -> None:
    administrator = known.console(Role.ADMINISTRATOR)
    bob = known.console(Role.SALES, userid="bob")
    known.act("disable_staff", userid="bob")
    known.sync()
    first = hold_of(administrator)
    assert first is not None
    assert administrator.status("POST", f"/departure-holds/{first['id']}/reject").status_code == 204
    assert (in_service(bob), open_alarms(known), hold_of(administrator)) == ([True], set(), None)
    known.sync()
    second = hold_of(administrator)
    assert second is not None and second["id"] != first["id"]
    known.act("disable_staff", userid="bob", enable=True)
    known.sync()
    assert (in_service(bob), open_alarms(known), hold_of(administrator)) == ([True], set(), None)
    assert [row.state for row in known.rows(DepartureHold)] == ["rejected", "superseded"]


def test_last_administrator_is_held_however_few_that_is(known: Corp) -> None:
    """One of six accounts is less than a fifth."""
    anna = known.console(Role.ADMINISTRATOR, userid="Anna.Li")
    others = [known.console(Role.SALES, userid=userid) for userid in ("bob", "carl", "dora", "emil", "frida")]
    known.act("resign", userid="Anna.Li", quiet=True)
    known.sync()
    hold = hold_of(anna)
    assert hold is not None and hold["last_administrator"] is True
    assert in_service(anna, *others) == [True] * 6
    refused = anna.status("POST", f"/departure-holds/{hold['id']}/confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "last_administrator")
    known.console(Role.ADMINISTRATOR)
    known.sync()
    assert (in_service(anna), gone(known), open_alarms(known)) == ([False], {"Anna.Li"}, set())


def test_visible_range_that_was_narrowed_by_mistake_locks_nobody_out(known: Corp) -> None:
    """Without a contact-sync secret the app's own range is all that tells who is there."""
    without_contact_sync(known)
    known.sync()
    administrator = known.console(Role.ADMINISTRATOR)
    dora, bob = (known.console(Role.SALES, userid=userid) for userid in ("dora", "bob"))
    for key in ("customer", "assistant"):
        known.sim.call("PUT", f"/corps/{known.corp_id}/apps/{key}", {"visible_parties": [2]})
    known.sync()
    assert in_service(dora, bob) == [True, True]
    hold = hold_of(administrator)
    assert hold is not None
    assert {row["becomes"] for row in hold["members"]} == {"unseen"}  # type: ignore[attr-defined]
    administrator.status("POST", f"/departure-holds/{hold['id']}/confirm")
    assert in_service(dora, bob) == [False, True]
    assert (gone(known), told(known)) == (set(), set()), "out of sight is no departure"


def test_member_of_whom_wecom_told_since_the_hold_is_spared_when_it_is_confirmed(known: Corp) -> None:
    administrator = known.console(Role.ADMINISTRATOR)
    bob = known.console(Role.SALES, userid="bob")
    known.act("disable_staff", userid="bob")
    known.sync()
    hold = hold_of(administrator)
    assert hold is not None
    known.act("disable_staff", userid="bob", enable=True)
    known.act("move_department", userid="bob", department=4)
    known.settle()
    administrator.status("POST", f"/departure-holds/{hold['id']}/confirm")
    assert in_service(bob) == [True]
    assert known.rows(Staff, Staff.userid == "bob")[0].status == StaffStatus.ACTIVE


def test_first_sync_does_not_shut_out_the_administrator_whose_userid_was_mistyped(company: Corp) -> None:
    mistyped = company.console(Role.ADMINISTRATOR, userid="ana.li")
    company.sync()
    assert (in_service(mistyped), open_alarms(company)) == ([True], {"departures_held"})


def test_nobody_is_out_of_sight_in_a_sync_that_could_not_read_everything(known: Corp) -> None:
    without_contact_sync(known)
    known.sync()
    members = [known.console(Role.SALES, userid=userid) for userid in ("bob", "carl", "dora", "emil", "frida")]
    with transaction(known.number) as session:
        session.execute(update(Staff).where(Staff.userid == "bob").values(seen_in_sync=None, updated_at=LONG_AGO))
        run = session.scalars(select(SyncRun).order_by(SyncRun.id.desc())).first()
        assert run is not None
        odd = [Unread(kind="member", id="", reason="odd")]
        unread.note(session, "directory.list_members", odd)
        conclusion.conclude(session, run.id, asked_before=run.started_at, whole=False)
    assert in_service(*members) == [True] * 5
    with transaction(known.number) as session:
        session.execute(delete(UnreadItem))
        conclusion.conclude(session, run.id, asked_before=run.started_at, whole=False)
    assert in_service(*members) == [False, True, True, True, True], "one of five is no more than a fifth"


@pytest.mark.parametrize("in_sync", [True, False])
def test_answer_without_a_status_leaves_the_known_one(known: Corp, in_sync: bool) -> None:
    silent = Member(
        userid="bob",
        name=None,
        alias=None,
        position=None,
        status=None,
        departments=None,
        main_department=None,
        leads=None,
        direct_leader=None,
    )
    with transaction(known.number) as session:
        session.execute(update(Staff).where(Staff.userid == "bob").values(status=StaffStatus.DISABLED.value))
        run_id = 1 if in_sync else None
        directory.take_members(session, [silent], asked_at=clock.now(), run_id=run_id)
    row = known.rows(Staff, Staff.userid == "bob")[0]
    assert (row.status, row.name, row.reported) == (StaffStatus.DISABLED, "鲍勃", None)
