"""Two people for a higher approval limit, and for each broadcast above it."""

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import Any

import requests
from click.testing import CliRunner

from scrm.cli import main
from scrm.core import clock
from scrm.core.audit import AuditEvent
from scrm.identity import accounts
from scrm.identity.models import Role
from tests.marketing.desk import Desk
from tests.support.service import Console
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Json

PASSWORD = "a-long-test-password"


def put(console: Console, **changes: Any) -> Json:
    answer = console.status("PUT", "/broadcasts/policy", changes)
    assert answer.status_code == 200, answer.text
    now: Json = answer.json()
    return now


def decide(console: Console, change: Json, step: str) -> tuple[int, str]:
    answer = console.status("POST", f"/broadcasts/policy/changes/{change['id']}/{step}", {})
    return answer.status_code, answer.json().get("code", "")


def policy_events(corp: Corp) -> list[str]:
    return [row.verb for row in corp.rows(AuditEvent, AuditEvent.verb.startswith("broadcast_policy."))]


def test_a_higher_limit_waits_for_another_administrator(desk: Desk) -> None:
    asker, other = desk.corp.console(Role.ADMINISTRATOR), desk.corp.console(Role.ADMINISTRATOR)
    waiting = put(asker, approval_above=5_000)
    assert waiting["approval_above"] == 1_000 and waiting["confirmers"] == 1
    change = waiting["pending"]
    assert (change["approval_before"], change["approval_above"]) == (1_000, 5_000)
    assert change["may_withdraw"] and not change["may_decide"]
    assert asker.get("/broadcasts/summary")["limits_to_confirm"] == 0
    assert other.get("/broadcasts/summary")["limits_to_confirm"] == 1
    assert desk.console.get("/broadcasts/summary")["limits_to_confirm"] == 0
    assert decide(asker, change, "confirm") == (403, "second_confirmer_needed")
    assert decide(asker, change, "reject") == (403, "second_confirmer_needed")
    assert decide(other, change, "withdraw") == (403, "only_asker_withdraws")
    assert decide(desk.console, change, "confirm")[0] == 403  # no administrator
    assert decide(other, change, "confirm") == (200, "")
    now = asker.get("/broadcasts/policy")
    assert now["approval_above"] == 5_000 and now["pending"] is None
    assert decide(other, change, "confirm") == (409, "limit_change_decided")
    assert policy_events(desk.corp) == ["broadcast_policy.asked", "broadcast_policy.confirmed"]


def test_another_session_or_token_of_who_asked_is_the_same_person(desk: Desk) -> None:
    name = f"boss-{desk.corp.corp_id}"
    accounts.create_account(name, role=Role.ADMINISTRATOR, corp_id=desk.corp.corp_id, userid=None, password=PASSWORD)
    first, second = (Console.signed_in(desk.corp.web, name, PASSWORD) for _ in range(2))
    change = put(first, approval_above=9_000)["pending"]
    assert decide(second, change, "confirm") == (403, "second_confirmer_needed")
    token = accounts.create_token(name)
    answer = requests.post(
        f"{desk.corp.web}/api/v1/broadcasts/policy/changes/{change['id']}/confirm",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert answer.status_code == 403
    assert first.get("/broadcasts/policy")["approval_above"] == 1_000


def test_lowering_holds_at_once_and_ends_what_waits(desk: Desk) -> None:
    asker, other = desk.corp.console(Role.ADMINISTRATOR), desk.corp.console(Role.ADMINISTRATOR)
    change = put(asker, approval_above=5_000)["pending"]
    lowered = put(other, approval_above=100)
    assert lowered["approval_above"] == 100 and lowered["pending"] is None
    assert decide(other, change, "confirm") == (409, "limit_change_decided")
    assert other.get("/broadcasts/policy")["approval_above"] == 100


def test_one_change_waits_at_a_time(desk: Desk) -> None:
    asker, other = desk.corp.console(Role.ADMINISTRATOR), desk.corp.console(Role.ADMINISTRATOR)
    first = put(asker, approval_above=5_000)["pending"]
    refused = other.status("PUT", "/broadcasts/policy", {"approval_above": 6_000})
    assert refused.status_code == 409 and refused.json()["code"] == "limit_change_waits"
    second = put(asker, approval_above=7_000)["pending"]  # one's own is replaced
    assert second["id"] != first["id"]
    assert decide(other, first, "confirm") == (409, "limit_change_decided")
    assert decide(asker, second, "withdraw") == (200, "")
    third = put(asker, approval_above=8_000)["pending"]
    path = f"/broadcasts/policy/changes/{third['id']}/reject"
    assert other.status("POST", path, {"note": "先试三个月"}).status_code == 200
    told = asker.get("/broadcasts/policy")["rejected"]
    assert (told["approval_above"], told["reason"]) == (third["approval_above"], "先试三个月")
    assert asker.get("/broadcasts/policy")["approval_above"] == 1_000
    assert policy_events(desk.corp) == [
        "broadcast_policy.asked",
        "broadcast_policy.withdrawn",
        "broadcast_policy.asked",
        "broadcast_policy.withdrawn",
        "broadcast_policy.asked",
        "broadcast_policy.rejected",
    ]


def test_of_two_that_decide_at_once_one_wins(desk: Desk) -> None:
    asker = desk.corp.console(Role.ADMINISTRATOR)
    others = [desk.corp.console(Role.ADMINISTRATOR) for _ in range(4)]
    for above in (2_000, 3_000, 4_000):
        change = put(asker, approval_above=above)["pending"]
        with ThreadPoolExecutor(len(others)) as pool:
            answers = list(pool.map(decide, others, repeat(change), repeat("confirm")))
        assert sorted(status for status, _ in answers) == [200, 409, 409, 409]
        assert asker.get("/broadcasts/policy")["approval_above"] == above


def test_quota_holds_at_once_beside_a_limit_that_waits(desk: Desk) -> None:
    asker = desk.corp.console(Role.ADMINISTRATOR)
    now = put(asker, quota="day", approval_above=2_000)
    assert (now["quota"], now["approval_above"], now["pending"]["approval_above"]) == ("day", 1_000, 2_000)
    assert now["confirmers"] == 0  # nobody else could confirm, and the page says so


def test_the_operator_is_the_second_person_of_a_single_administrator(desk: Desk) -> None:
    asker = desk.corp.console(Role.ADMINISTRATOR)
    change = put(asker, approval_above=2_000)["pending"]
    shown = CliRunner().invoke(main, ["corp", "approval-limit", desk.corp.corp_id])
    assert shown.exit_code == 0 and f"{change['id']}\t2000" in shown.output
    done = CliRunner().invoke(main, ["corp", "approval-limit", desk.corp.corp_id, "--confirm", str(change["id"])])
    assert done.exit_code == 0, done.output
    assert asker.get("/broadcasts/policy")["approval_above"] == 2_000
    told = asker.get("/audit", what="action")["items"][0]
    assert told["verb"] == "broadcast_policy.confirmed" and "2000" in told["zh"]


def test_a_change_of_another_corp_is_not_there(desk: Desk, shared: Corp) -> None:
    change = put(desk.corp.console(Role.ADMINISTRATOR), approval_above=2_000)["pending"]
    stranger = shared.console(Role.ADMINISTRATOR)
    for step in ("confirm", "reject", "withdraw"):
        assert decide(stranger, change, step) == (404, "limit_change_not_found")
    assert stranger.get("/broadcasts/policy")["pending"] is None


def test_nonsense_is_refused(desk: Desk) -> None:
    administrator = desk.corp.console(Role.ADMINISTRATOR)
    bodies: list[Any] = [{"approval_above": -1}, {"approval_above": "viele"}, {"quota": "year"}, {"limit": 1}, []]
    for body in bodies:
        assert administrator.status("PUT", "/broadcasts/policy", body).status_code == 422, body
    assert administrator.status("POST", "/broadcasts/policy/changes/0/confirm", {}).status_code == 404


def test_a_limit_raised_after_submission_does_not_help_it(desk: Desk) -> None:
    """The worker plans after the limit was raised, and still the broadcast waits for a second pair of eyes."""
    one, two = desk.corp.console(Role.ADMINISTRATOR), desk.corp.console(Role.ADMINISTRATOR)
    put(one, approval_above=5)
    number = desk.draft()["id"]
    desk.ask(f"/broadcasts/{number}/submit")
    change = put(one, approval_above=1_000)["pending"]
    assert decide(two, change, "confirm") == (200, "")
    desk.corp.drain()
    assert desk.detail(number)["state"] == "waiting_approval"
    # What is handed in under the new limit goes.
    assert desk.detail(desk.send(title="之后的"))["state"] == "collecting"


def test_a_limit_lowered_after_submission_counts(desk: Desk) -> None:
    number = desk.draft()["id"]
    desk.ask(f"/broadcasts/{number}/submit")
    put(desk.corp.console(Role.ADMINISTRATOR), approval_above=5)
    desk.corp.drain()
    assert desk.detail(number)["state"] == "waiting_approval"


def test_who_submits_cannot_approve_though_another_wrote(desk: Desk) -> None:
    put(desk.corp.console(Role.ADMINISTRATOR), approval_above=5)
    submitter, third = desk.corp.console(Role.MARKETER), desk.corp.console(Role.MARKETER)
    number = desk.draft()["id"]
    assert submitter.status("POST", f"/broadcasts/{number}/submit", {}).status_code == 200
    desk.corp.drain()
    for console in (submitter, desk.console):
        assert not console.get(f"/broadcasts/{number}")["may_approve"]
        assert console.status("POST", f"/broadcasts/{number}/approve", {}).json()["code"] == "second_person_needed"
    assert third.status("POST", f"/broadcasts/{number}/approve", {}).status_code == 200


def test_an_approval_is_gone_once_the_words_can_change(desk: Desk) -> None:
    """Approved for later, given back, rewritten by the approver, handed in: another one has to approve."""
    put(desk.corp.console(Role.ADMINISTRATOR), approval_above=5)
    colleague = desk.corp.console(Role.MARKETER)
    later = clock.now().replace(year=clock.now().year + 1, month=1, day=2).isoformat()
    number = desk.send(send_at=later)
    assert colleague.status("POST", f"/broadcasts/{number}/approve", {}).status_code == 200
    assert desk.console.status("PUT", f"/broadcasts/{number}", {"text": "换了内容"}).status_code == 409
    assert colleague.status("POST", f"/broadcasts/{number}/reject", {"note": "再改改"}).status_code == 200
    assert colleague.status("PUT", f"/broadcasts/{number}", {"text": "换了内容"}).status_code == 200
    assert colleague.status("POST", f"/broadcasts/{number}/submit", {}).status_code == 200
    desk.corp.drain()
    assert desk.detail(number)["state"] == "waiting_approval" and desk.detail(number)["approver_name"] is None
    assert colleague.status("POST", f"/broadcasts/{number}/approve", {}).status_code == 403
    assert desk.console.status("POST", f"/broadcasts/{number}/approve", {}).status_code == 200


def test_what_is_not_given_of_a_draft_stays(desk: Desk) -> None:
    attachment = {"kind": "link", "title": "新品", "url": "https://example.com/"}
    number = desk.draft(text="原来的", attachments=[attachment])["id"]
    changed = desk.console.status("PUT", f"/broadcasts/{number}", {"title": "新名称"}).json()
    assert (changed["title"], changed["text"], len(changed["attachments"])) == ("新名称", "原来的", 1)
    colleague = desk.corp.console(Role.MARKETER)
    untouched = colleague.status("PUT", f"/broadcasts/{number}", {}).json()
    assert untouched["author_name"] == changed["author_name"]  # who changes nothing is no author
    cleared = desk.console.status("PUT", f"/broadcasts/{number}", {"attachments": []}).json()
    assert cleared["attachments"] == [] and cleared["text"] == "原来的"


def test_saving_what_stands_is_no_event(desk: Desk) -> None:
    administrator = desk.corp.console(Role.ADMINISTRATOR)
    deadlines = administrator.get("/handovers/policy")
    for path, body in (("/handovers/policy", deadlines), ("/handovers/policy", {**deadlines, "due_hours": 48})):
        assert administrator.status("POST", path, body).status_code == 200
    put(administrator, quota="month", approval_above=1_000)
    verbs = [row.verb for row in desk.corp.rows(AuditEvent, AuditEvent.verb.contains("policy"))]
    assert verbs == ["handover_policy.changed"]
