"""Who leaves is out: whatever the role, the session, the token and the way of signing in."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import requests
from sqlalchemy import select

from scrm.core import alarms, clock
from scrm.core.audit import AuditEvent
from scrm.core.db import platform_transaction, transaction
from scrm.identity import accounts, directory
from scrm.identity.errors import AccountNameTaken
from scrm.identity.models import Account, Role, Staff, StaffStatus
from tests.identity.test_oauth import back, begin, choose
from tests.support.company import SPEC
from tests.support.service import Console, connected
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Simulator

PASSWORD = "a-long-test-password"
MEMBERS = {Role.ADMINISTRATOR: "Anna.Li", Role.SALES: "bob", Role.COMPLIANCE: "carl", Role.MARKETER: "dora"}
WAYS = ("session", "token", "password", "wecom")


@dataclass(frozen=True)
class Doors:
    """All the ways in of one account, each used once or about to be."""

    name: str
    console: Console
    token: str
    browser: requests.Session
    from_wecom: str  # where WeCom sent the browser back to

    def opens(self, way: str) -> int:
        """The status that the way answers."""
        web = self.console.web
        if way == "session":
            return self.console.status("GET", "/me").status_code
        if way == "token":
            bearer = {"Authorization": f"Bearer {self.token}"}
            return requests.get(f"{web}/api/v1/me", headers=bearer, timeout=10).status_code
        if way == "password":
            body = {"name": self.name, "password": PASSWORD}
            return requests.post(f"{web}/api/v1/session", json=body, timeout=10).status_code
        return back(self.browser, self.from_wecom).status_code


def doors(corp: Corp, role: Role, userid: str) -> Doors:
    name = f"{role.value}-{userid}-{corp.corp_id}"
    accounts.create_account(name, role=role, corp_id=corp.corp_id, userid=userid, password=PASSWORD)
    browser = requests.Session()
    return Doors(
        name=name,
        console=Console.signed_in(corp.web, name, PASSWORD),
        token=accounts.create_token(name),
        browser=browser,
        from_wecom=choose(begin(corp, browser), userid),
    )


def open_alarms(corp: Corp) -> set[str]:
    return {row.kind for row in corp.scalar(alarms.standing)}


def local_administrator(corp: Corp) -> Console:
    return corp.console(Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def left(service: str, sim: Simulator) -> Iterator[dict[Role, Doors]]:
    """One account of each role whose member has resigned since; every door of it worked until then."""
    with connected(sim, service, "wl", **SPEC) as corp:
        corp.sync()
        local_administrator(corp)
        found = {role: doors(corp, role, userid) for role, userid in MEMBERS.items()}
        assert {found[role].opens(way) for role in Role for way in ("session", "token")} == {200}
        for userid in MEMBERS.values():
            corp.act("resign", userid=userid)
        corp.settle()
        assert open_alarms(corp) == set()
        yield found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("role", Role)
def test_leaver_is_refused(left: dict[Role, Doors], role: Role, way: str) -> None:
    assert left[role].opens(way) == 401


@pytest.fixture
def known(company: Corp) -> Corp:
    company.sync()
    return company


def test_member_whom_a_sync_finds_disabled_is_out_until_a_new_sign_in_after_the_return(known: Corp) -> None:
    """One account of five is no more than a fifth."""
    for userid in ("Anna.Li", "carl", "dora", "emil"):
        known.console(Role.SALES, userid=userid)
    bob = doors(known, Role.MARKETER, "bob")
    known.act("disable_staff", userid="bob")
    known.sync()
    assert [bob.opens(way) for way in WAYS] == [401, 401, 401, 401]
    assert known.rows(Staff, Staff.userid == "bob")[0].status == StaffStatus.DISABLED
    known.act("disable_staff", userid="bob", enable=True)
    known.sync()
    assert [bob.opens(way) for way in ("session", "token")] == [401, 401]
    assert bob.opens("password") == 200


def test_departure_whose_callback_was_lost_is_found_by_asking_wecom_at_sign_in(known: Corp) -> None:
    bob, emil = doors(known, Role.COMPLIANCE, "bob"), doors(known, Role.SALES, "emil")
    known.act("resign", userid="bob", quiet=True)
    known.act("disable_staff", userid="emil")
    assert (bob.opens("wecom"), emil.opens("wecom")) == (401, 401)
    assert emil.opens("session") == 401, "WeCom has said that the member is disabled"


def test_account_of_a_member_whom_nobody_met_is_let_in_until_the_first_sync_is_over(company: Corp) -> None:
    administrator = local_administrator(company)
    ghost = company.console(Role.SALES, userid="nobody-of-this-name")
    for userid in MEMBERS.values():
        company.console(Role.SALES, userid=userid)
    assert ghost.status("GET", "/me").status_code == 200
    company.sync()
    assert ghost.status("GET", "/me").status_code == 401
    assert administrator.status("GET", "/me").status_code == 200
    rows = administrator.get("/accounts", without_member=True)["items"]
    assert {(row["userid"], row["access"]) for row in rows} == {
        (None, "may_sign_in"),
        ("nobody-of-this-name", "not_in_service"),
    }


def test_last_administrator_who_leaves_is_out_and_the_alarm_says_what_to_do(known: Corp) -> None:
    anna = doors(known, Role.ADMINISTRATOR, "Anna.Li")
    known.act("resign", userid="Anna.Li")
    known.settle()
    assert [anna.opens(way) for way in WAYS] == [401, 401, 401, 401]
    assert open_alarms(known) == {"no_administrator"}
    local_administrator(known)
    assert open_alarms(known) == set()


def test_eight_first_sign_ins_of_one_member_are_one_account_and_eight_successes(known: Corp) -> None:
    browsers = [requests.Session() for _ in range(8)]
    addresses = [choose(begin(known, browser), "bob") for browser in browsers]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(back, browsers, addresses))
    assert [answer.status_code for answer in answers] == [302] * 8
    assert {browser.get(f"{known.web}/api/v1/me", timeout=10).json()["userid"] for browser in browsers} == {"bob"}
    with platform_transaction() as session:
        assert len(session.scalars(select(Account).where(Account.corp_no == known.number)).all()) == 1


def test_taken_or_odd_name_gives_way_to_a_free_one(known: Corp) -> None:
    for name in ("frida", f"frida.{known.number}", f"frida.{known.number}-2"):
        try:
            accounts.create_account(name, role=Role.SALES, corp_id=known.corp_id)
        except AccountNameTaken:
            continue
    known.act("hire", userid="o.neil@sales", departments=[3])
    known.settle()
    for userid, name in (("frida", f"frida.{known.number}-3"), ("o.neil@sales", "o.neil-sales")):
        browser = requests.Session()
        answer = back(browser, choose(begin(known, browser), userid))
        assert answer.status_code == 302, answer.text
        assert browser.get(f"{known.web}/api/v1/me", timeout=10).json()["name"].startswith(name)


def test_account_follows_its_members_new_userid(known: Corp) -> None:
    bob = known.console(Role.COMPLIANCE, userid="bob")
    known.act("change_userid", userid="bob", new_userid="robert")
    known.settle()
    known.sync()
    assert bob.get("/me")["userid"] == "robert"


def test_account_made_under_the_new_userid_meanwhile_gives_way_to_the_older_one(known: Corp) -> None:
    bob = known.console(Role.COMPLIANCE, userid="bob")
    with transaction(known.number) as session:
        directory.ensure_staff(session, ["robert"])
        directory.confirm(session, "robert")
    newer = known.console(Role.SALES, userid="robert")
    with transaction(known.number) as session:
        directory.rename(session, "bob", "robert")
    assert (bob.get("/me")["userid"], bob.get("/me")["role"]) == ("robert", "compliance")
    assert newer.status("GET", "/me").status_code == 401


@pytest.mark.parametrize(("seconds_ago", "status"), [(0, 401), (3600, 200)])
def test_callback_that_tells_a_status_holds_at_once_unless_it_is_old(
    known: Corp, seconds_ago: int, status: int
) -> None:
    bob = known.console(Role.MARKETER, userid="bob")
    with transaction(known.number) as session:
        told_at = clock.now() - dt.timedelta(seconds=seconds_ago)
        directory.take_status(session, "bob", 2, told_at=told_at)
    assert bob.status("GET", "/me").status_code == status


def test_refused_sign_in_of_a_leaver_is_in_the_audit_trail(left: dict[Role, Doors]) -> None:
    leaver = left[Role.COMPLIANCE]
    leaver.opens("password")
    with platform_transaction() as session:
        number = session.scalars(select(Account.corp_no).where(Account.name == leaver.name)).one()
    with transaction(number) as session:
        verbs = session.scalars(select(AuditEvent.verb).where(AuditEvent.subject == f"account:{leaver.name}")).all()
    assert {"account.shut_out", "login.refused"} <= set(verbs)
