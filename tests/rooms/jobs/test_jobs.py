"""Jobs on many records: nothing before they are run, nothing overwritten, each refusal listed, and the way back."""

from typing import Any

import pytest

from scrm.core import clock
from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import in_slices
from scrm.core.queue.leased import Hold, LeaseLost
from scrm.identity import permissions
from scrm.identity import queries as identity_queries
from scrm.identity.models import Role
from scrm.identity.permissions import Permission
from scrm.shared.jobs import asking, running
from scrm.shared.jobs.models import Job, JobItem
from tests.rooms.given import Given
from tests.rooms.house import Answer, Console, House
from tests.support.moved_clock import later

DAY = 86_400


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def marketer(house: House) -> Console:
    return house.console(Role.MARKETER)


@pytest.fixture
def shop(house: House, given: Given, marketer: Console) -> dict[str, Any]:
    """Six customers by name, four of bob's, and two tags of our own; one wears the first already."""
    found: dict[str, Any] = {}
    for name, who in (
        ("王一", "bob"),
        ("李二", "bob"),
        ("张三", "bob"),
        ("赵四", "bob"),
        ("钱五", "carl"),
        ("孙六", "carl"),
    ):
        found[name] = marketer.get(f"/customers/{given.customer(name, of=who)}")["id"]
    groups = marketer.status("POST", "/tags/groups", {"name": "意向", "tags": ["高意向", "低意向"]}).json()["items"]
    (group,) = [one for one in groups if one["name"] == "意向"]
    found["tags"] = [tag["tag_id"] for tag in group["tags"]]
    marketer.status("POST", f"/customers/{found['李二']}/tags", {"add": [found["tags"][0]]})
    return found


def preview(console: Console, selection: dict[str, Any], action: str = "tag_customers", **arguments: Any) -> Answer:
    body = {"action": action, "selection": selection, "arguments": arguments}
    return console.status("POST", "/jobs", body)


def begun(console: Console, selection: dict[str, Any], action: str = "tag_customers", **arguments: Any) -> int:
    answer = preview(console, selection, action, **arguments)
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["id"]
    assert console.status("POST", f"/jobs/{number}/run").status_code == 202
    return number


def work(house: House) -> None:
    """Let the queue of jobs have its turns, on this thread."""
    while claimed := running.QUEUE._claim(house.number, Lane.BULK, 9)[1]:
        for item in claimed:
            running.QUEUE._carry_out(house.number, item)


def worn(console: Console, shop: dict[str, Any]) -> dict[str, list[str]]:
    """Names of the tags of our own by customer."""
    names = [name for name in shop if name != "tags"]
    detail = {name: console.get(f"/customers/{shop[name]}") for name in names}
    return {name: [tag["name"] for tag in row["tags"] if tag["source"] == "own"] for name, row in detail.items()}


def counts(console: Console, number: int) -> dict[str, int]:
    told: dict[str, int] = console.get(f"/jobs/{number}")["counts"]
    return {state: count for state, count in told.items() if count}


ALL: dict[str, Any] = {"filter": {}}


def test_nothing_is_done_before_it_is_run_and_all_of_it_then(
    house: House, marketer: Console, shop: dict[str, Any]
) -> None:
    answer = preview(marketer, ALL, add=[shop["tags"][0]])
    told = answer.json()
    assert (told["state"], told["total"], told["counts"]["waiting"]) == ("previewed", 6, 6), answer.text
    work(house)
    assert sum(map(len, worn(marketer, shop).values())) == 1
    assert marketer.status("POST", f"/jobs/{told['id']}/run").json()["state"] == "running"
    work(house)
    assert all(tags == ["高意向"] for tags in worn(marketer, shop).values())
    done = marketer.get(f"/jobs/{told['id']}")
    assert (done["state"], counts(marketer, told["id"])) == ("done", {"done": 6}) and done["undo_until"]
    said = house.rows(AuditEvent, AuditEvent.subject == f"job:{told['id']}")
    assert [event.verb for event in said] == ["job.started", "job.done"] and said[0].facts["records"] == 6


def test_undo_brings_back_what_stood_and_leaves_what_others_did(
    house: House, marketer: Console, shop: dict[str, Any]
) -> None:
    first, second = shop["tags"]
    number = begun(marketer, ALL, add=[second], remove=[first])
    work(house)
    marketer.status("POST", f"/customers/{shop['王一']}/tags", {"add": [first]})  # somebody goes on with this one
    assert marketer.status("POST", f"/jobs/{number}/undo").json()["state"] == "undoing"
    work(house)
    now = worn(marketer, shop)
    assert sorted(now.pop("王一")) == ["低意向", "高意向"]
    assert now == {"李二": ["高意向"], "张三": [], "赵四": [], "钱五": [], "孙六": []}
    assert counts(marketer, number) == {"undone": 5, "changed": 1}
    assert marketer.get(f"/jobs/{number}")["state"] == "undone"
    (left,) = marketer.get(f"/jobs/{number}/items", state="changed")["items"]
    assert left["record"] == shop["王一"]
    assert marketer.status("POST", f"/jobs/{number}/undo").status_code == 409


def test_record_that_changed_since_the_preview_is_listed_and_not_overwritten(
    house: House, marketer: Console, shop: dict[str, Any]
) -> None:
    first, second = shop["tags"]
    number = preview(marketer, {"filter": {}, "except": [shop["孙六"]]}, add=[first]).json()["id"]
    marketer.status("POST", f"/customers/{shop['王一']}/tags", {"add": [second]})
    marketer.status("POST", f"/jobs/{number}/run")
    work(house)
    assert counts(marketer, number) == {"done": 4, "changed": 1}
    now = worn(marketer, shop)
    assert now["王一"] == ["低意向"] and now["孙六"] == [] and now["张三"] == ["高意向"]


def test_selection_is_what_the_asker_sees(house: House, marketer: Console, shop: dict[str, Any]) -> None:
    bob = house.console(Role.SALES, userid="bob")
    told = preview(bob, {"ids": [shop["王一"], shop["钱五"], 999_999]}, add=[shop["tags"][0]]).json()
    assert told["total"] == 1
    assert preview(bob, {"ids": [shop["钱五"]]}, add=[shop["tags"][0]]).json()["code"] == "selection_empty"
    filtered = preview(bob, {"filter": {"field": "name", "op": "contains", "value": "王"}}, add=[shop["tags"][0]])
    assert filtered.json()["total"] == 1, filtered.text
    assert preview(bob, ALL, add=[shop["tags"][0]]).json()["total"] == 4
    assert marketer.get("/jobs")["items"] == []


def test_scope_is_the_one_of_the_start_and_never_wider(
    house: House, shop: dict[str, Any], marketer: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = house.console(Role.SALES, userid="bob")
    number = begun(bob, ALL, add=[shop["tags"][0]])
    with transaction(house.number) as session:  # as if a record had come in by another way
        session.add(JobItem(job_id=number, record=shop["钱五"], state="waiting", reason=None, before=[], after=None))
    monkeypatch.setattr(identity_queries, "WHOLE_CORP", frozenset(Role))
    work(house)
    assert worn(marketer, shop)["钱五"] == []
    assert counts(bob, number) == {"done": 4, "refused": 1}
    (refused,) = bob.get(f"/jobs/{number}/items", state="refused")["items"]
    assert refused == {"record": shop["钱五"], "state": "refused", "reason": "not_visible"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"action": "nonsense"}, (404, "action_not_found")),
        ({"arguments": {"add": ["nonsense"]}}, (422, "tags_unknown")),
        ({"arguments": {"colour": "red"}}, (422, "validation_failed")),
        ({"selection": {}}, (422, "selection_empty")),
        ({"selection": {"filter": {"field": "nonsense", "op": "is", "value": 1}}}, (422, "field_unknown")),
        ({"selection": {"filter": {"xor": []}}}, (422, "filter_malformed")),
        ({"selection": {"ids": ["王"]}}, (422, "validation_failed")),
    ],
)
def test_wrong_job_is_refused_before_it_begins(
    house: House, marketer: Console, shop: dict[str, Any], body: dict[str, Any], told: tuple[int, str]
) -> None:
    whole = {"action": "tag_customers", "selection": ALL, "arguments": {"add": shop["tags"]}, **body}
    answer = marketer.status("POST", "/jobs", whole)
    assert (answer.status_code, answer.json()["code"]) == told, answer.text
    assert house.rows(Job) == []


def test_too_many_are_refused_with_the_number(
    marketer: Console, shop: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST", 5)
    answer = preview(marketer, ALL, add=shop["tags"])
    assert (answer.status_code, answer.json()["code"]) == (422, "selection_too_large")


def test_who_may_not_do_it_once_may_not_do_it_to_many(house: House, shop: dict[str, Any]) -> None:
    officer = house.console(Role.COMPLIANCE)
    answer = preview(officer, ALL, add=shop["tags"])
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


def test_permission_lost_on_the_way_stops_the_rest(
    house: House, marketer: Console, shop: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = begun(marketer, ALL, add=shop["tags"])
    less = permissions.ROLE_PERMISSIONS[Role.MARKETER] - {Permission.CUSTOMERS_TAG}
    with monkeypatch.context() as patch:
        patch.setitem(permissions.ROLE_PERMISSIONS, Role.MARKETER, less)
        work(house)
    told = marketer.get(f"/jobs/{number}")
    assert (told["state"], told["reason"], counts(marketer, number)) == ("stopped", "not_permitted", {"waiting": 6})


def test_job_is_its_askers_alone(house: House, marketer: Console, shop: dict[str, Any]) -> None:
    number = preview(marketer, ALL, add=shop["tags"]).json()["id"]
    other = house.console(Role.ADMINISTRATOR)
    for method, path in (("GET", ""), ("GET", "/items"), ("POST", "/run"), ("POST", "/undo"), ("POST", "/cancel")):
        answer = other.status(method, f"/jobs/{number}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "job_not_found"), path


def test_cancelled_one_leaves_the_rest_and_gives_back_what_is_done(
    house: House, marketer: Console, shop: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_SLICE", 2)
    monkeypatch.setattr(running, "_SECONDS", 0.000001)  # a slice a turn
    number = begun(marketer, ALL, add=[shop["tags"][1]])
    (item,) = running.QUEUE._claim(house.number, Lane.BULK, 9)[1]
    running.QUEUE._carry_out(house.number, item)
    assert marketer.status("POST", f"/jobs/{number}/cancel").json()["state"] == "cancelled"
    work(house)
    assert counts(marketer, number) == {"done": 2, "waiting": 4}
    marketer.status("POST", f"/jobs/{number}/undo")
    work(house)
    assert counts(marketer, number) == {"undone": 2, "waiting": 4}
    assert sum(map(len, worn(marketer, shop).values())) == 1


def test_who_takes_over_does_nothing_twice(
    house: House, marketer: Console, shop: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process dies within a slice, after it has changed some: that slice is undone as a whole, and done once."""
    monkeypatch.setattr(running, "_SLICE", 3)
    number = begun(marketer, ALL, add=[shop["tags"][1]])
    done, looked = running._one, []

    class Killed(BaseException):
        pass

    def dying(*given: Any, **more: Any) -> Any:
        looked.append(given)
        if len(looked) == 5:
            raise Killed()
        return done(*given, **more)

    monkeypatch.setattr(running, "_one", dying)
    (item,) = running.QUEUE._claim(house.number, Lane.BULK, 9)[1]
    with pytest.raises(Killed):
        running.QUEUE._carry_out(house.number, item)
    assert counts(marketer, number) == {"done": 3, "waiting": 3}
    with pytest.raises(LeaseLost):
        running._slice(house.number, number, Hold(Job, house.number, number, "another", in_slices.LEASE))
    with transaction(house.number) as session:  # as `look_after` does once the holder is gone
        session.get_one(Job, number).due_at = clock.now()
    work(house)
    assert counts(marketer, number) == {"done": 6}
    said = house.rows(AuditEvent, AuditEvent.verb == "customer.tagged")
    assert len(said) == 1 + 6


def test_alerts_are_closed_and_what_cannot_be_is_said(house: House, given: Given) -> None:
    officer = house.console(Role.COMPLIANCE)
    open_one, begun_one, closed = (given.alert(name, of="bob") for name in ("甲", "乙", "丙"))
    for number in (begun_one, closed):
        officer.status("POST", f"/alerts/{number}/review")
    officer.status("POST", f"/alerts/{closed}/close", {"reason": "other", "note": "误会"})
    number = begun(officer, {"ids": [open_one, begun_one, closed]}, "close_alerts", reason="other", note="统一处理")
    work(house)
    assert counts(officer, number) == {"done": 2, "refused": 1}
    (refused,) = officer.get(f"/jobs/{number}/items", state="refused")["items"]
    assert (refused["record"], refused["reason"]) == (closed, "alert_state_wrong")
    told = officer.get(f"/jobs/{number}")
    assert told["undo_until"] is None and told["kind"] == "alert"
    assert officer.status("POST", f"/jobs/{number}/undo").json()["code"] == "job_not_undoable"
    assert {row["state"] for row in officer.get("/alerts")["items"]} == {"closed"}


def test_previews_and_old_jobs_are_forgotten(house: House, marketer: Console, shop: dict[str, Any]) -> None:
    kept = begun(marketer, ALL, add=shop["tags"])
    work(house)
    preview(marketer, ALL, add=shop["tags"])
    with later(2 * DAY), transaction(house.number) as session:
        assert asking.forget(session, {}) is False
    assert [job.id for job in house.rows(Job)] == [kept]
    with later(93 * DAY), transaction(house.number) as session:
        asking.forget(session, {})
    assert house.rows(Job) == []
    with transaction(house.number) as session:
        assert session.query(JobItem).count() == 0
