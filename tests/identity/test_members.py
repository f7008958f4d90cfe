"""The page 组织与成员 and its commands: who may sign in, as what, and who may change it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from scrm.core.audit import AuditEvent
from scrm.identity import accounts
from scrm.identity.models import Role
from tests.support.company import SPEC
from tests.support.service import Console, connected
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Simulator


@pytest.fixture(scope="module")
def known(service: str, sim: Simulator) -> Iterator[Corp]:
    with connected(sim, service, "wm", **SPEC) as corp:
        corp.sync()
        yield corp


@pytest.fixture(scope="module")
def administrator(known: Corp) -> Console:
    return known.console(Role.ADMINISTRATOR)


def test_members_and_their_accounts_are_found_by_what_the_page_asks(known: Corp, administrator: Console) -> None:
    known.console(Role.SALES, userid="ANNA.LI")
    page = administrator.get("/members", q="安娜")
    row = page["items"][0]
    assert (page["total"], row["userid"], row["departments"]) == (1, "Anna.Li", ["销售部"])
    assert (row["access"], row["account"]["role"], row["account"]["sessions"]) == ("may_sign_in", "sales", 1)
    assert row["account"]["last_seen_at"] is not None
    assert [row["userid"] for row in administrator.get("/members", role="sales")["items"]] == ["Anna.Li"]
    assert administrator.get("/members", access="no_account")["total"] == 5
    assert administrator.get("/members", access="may_sign_in")["total"] == 1
    assert administrator.get("/members", access="disabled")["total"] == 0
    me = administrator.get("/me")["name"]
    rows = administrator.get("/accounts", without_member=True, q=me)["items"]
    assert [(row["name"], row["userid"]) for row in rows] == [(me, None)]


def test_new_role_holds_from_the_next_request_on(known: Corp, administrator: Console) -> None:
    member = known.console(Role.SALES)
    name = member.get("/me")["name"]
    assert member.status("GET", "/audit").status_code == 403
    assert administrator.status("POST", f"/accounts/{name}/role", {"role": "compliance"}).status_code == 204
    assert (member.get("/me")["role"], member.status("GET", "/audit").status_code) == ("compliance", 200)
    trail = known.rows(AuditEvent, AuditEvent.verb == "account.role_changed")
    assert [(row.subject, row.facts) for row in trail] == [
        (f"account:{name}", {"before": "sales", "after": "compliance"})
    ]
    assert trail[0].actor == f"user:{administrator.get('/me')['name']}"


def test_disabled_account_is_out_and_may_come_back_by_a_new_sign_in(known: Corp, administrator: Console) -> None:
    member = known.console(Role.MARKETER)
    name = member.get("/me")["name"]
    bearer = {"Authorization": f"Bearer {accounts.create_token(name)}"}
    assert administrator.status("POST", f"/accounts/{name}/disable").status_code == 204
    assert member.status("GET", "/me").status_code == 401
    assert requests.get(f"{known.web}/api/v1/me", headers=bearer, timeout=10).status_code == 401
    row = administrator.get("/accounts", q=name)["items"][0]
    assert (row["access"], row["sessions"], row["tokens"]) == ("disabled", 0, 1)
    assert administrator.status("POST", f"/accounts/{name}/enable").status_code == 204
    assert member.status("GET", "/me").status_code == 401
    assert Console.signed_in(known.web, name, "a-long-test-password").get("/me")["name"] == name


def test_all_sessions_of_an_account_can_be_ended(known: Corp, administrator: Console) -> None:
    member = known.console(Role.SALES)
    name = member.get("/me")["name"]
    again = Console.signed_in(known.web, name, "a-long-test-password")
    assert administrator.status("POST", f"/accounts/{name}/end-sessions").json() == {"ended": 2}
    assert [console.status("GET", "/me").status_code for console in (member, again)] == [401, 401]
    assert administrator.get("/accounts", q=name)["items"][0]["last_seen_at"] is not None


@pytest.mark.parametrize("what", ["role", "disable"])
def test_last_administrator_can_neither_step_down_nor_be_disabled(service: str, sim: Simulator, what: str) -> None:
    with connected(sim, service, "wm", **SPEC) as corp:
        last = corp.console(Role.ADMINISTRATOR)
        name = last.get("/me")["name"]
        body = {"role": "sales"} if what == "role" else None
        refused = last.status("POST", f"/accounts/{name}/{what}", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "last_administrator")
        corp.console(Role.ADMINISTRATOR)
        assert last.status("POST", f"/accounts/{name}/{what}", body).status_code == 204


def test_two_administrators_cannot_take_the_role_from_each_other_at_once(service: str, sim: Simulator) -> None:
    with connected(sim, service, "wm", **SPEC) as corp:
        pair = [corp.console(Role.ADMINISTRATOR) for _ in range(2)]
        names = [console.get("/me")["name"] for console in pair]
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda console, name: console.status("POST", f"/accounts/{name}/role", {"role": "sales"}),
                    pair,
                    reversed(names),
                )
            )
        assert sorted(answer.status_code for answer in answers)[0] == 204
        assert [console.get("/me")["role"] for console in pair].count("administrator") == 1


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.SALES, Role.MARKETER])
def test_only_administrators_change_accounts_and_only_they_and_compliance_see_them(known: Corp, role: Role) -> None:
    console = known.console(role)
    name = console.get("/me")["name"]
    for path in ("role", "disable", "enable", "end-sessions"):
        body = {"role": "administrator"} if path == "role" else None
        assert console.status("POST", f"/accounts/{name}/{path}", body).status_code == 403
    for path in ("/departure-holds/1/confirm", "/departure-holds/1/reject"):
        assert console.status("POST", path).status_code == 403
    for path in ("/members", "/accounts", "/departure-holds"):
        assert console.status("GET", path).status_code == (200 if role is Role.COMPLIANCE else 403)


def test_accounts_of_another_corp_are_neither_seen_nor_changed(
    known: Corp, administrator: Console, shared: Corp
) -> None:
    theirs = shared.console(Role.SALES, userid="Staff001")
    name = theirs.get("/me")["name"]
    assert administrator.get("/accounts", q=name)["items"] == []
    assert administrator.get("/members", q="Staff001")["items"] == []
    for path, body in (("role", {"role": "sales"}), ("disable", None), ("end-sessions", None)):
        refused = administrator.status("POST", f"/accounts/{name}/{path}", body)
        assert (refused.status_code, refused.json()["code"]) == (404, "account_unknown")
    assert theirs.status("GET", "/me").status_code == 200


@pytest.mark.parametrize("body", [{}, {"role": "king"}, {"role": None}, {"role": "sales", "more": 1}])
def test_role_that_is_none_is_refused(administrator: Console, body: dict[str, object]) -> None:
    assert administrator.status("POST", "/accounts/nobody/role", body).status_code == 422
