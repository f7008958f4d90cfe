"""Lists as files: who may take them, what stands in them, and that nothing is lost or written twice on the way."""

import csv
import hashlib
import io
import zipfile
from typing import Any
from urllib.parse import quote

import pytest

from scrm.core import clock, storage
from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import in_slices
from scrm.core.queue.leased import Hold, LeaseLost
from scrm.core.reading import Reading
from scrm.identity import permissions
from scrm.identity import queries as identity_queries
from scrm.identity.models import Role
from scrm.identity.permissions import Permission
from scrm.shared.exports import asking, running, writing
from scrm.shared.exports.models import Export
from tests.rooms.given import Given
from tests.rooms.house import Answer, Console, House
from tests.support.moved_clock import later

COLUMNS = ["customer", "kind", "member", "event_at", "state"]
DAY = 86_400


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def officer(house: House) -> Console:
    return house.console(Role.COMPLIANCE)


@pytest.fixture
def lost(given: Given) -> list[int]:
    """Five alerts, one of a customer whose name Excel would take for a formula."""
    names = [("王一", "bob"), ("李二", "bob"), ("=1+1", "bob"), ("张三", "carl"), ("赵四", "carl")]
    return [given.alert(name, of=who) for name, who in names]


def ask(console: Console, **values: Any) -> dict[str, Any]:
    answer = console.status("POST", "/exports", {"kind": "alert", "columns": COLUMNS, **values})
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    return told


def work(house: House) -> int:
    """Let the queue of exports have its turns, on this thread; how many there were."""
    turns = 0
    while claimed := running.QUEUE._claim(house.number, Lane.BULK, 9)[1]:
        for item in claimed:
            running.QUEUE._carry_out(house.number, item)
            turns += 1
    return turns


def taken(console: Console, number: int) -> Answer:
    return console.status("GET", f"/exports/{number}/file")


def table(answer: Answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.text[:300]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_file_holds_what_the_list_shows_in_its_order(house: House, officer: Console, lost: list[int]) -> None:
    of_bob = {"field": "member", "op": "is", "value": "bob"}
    asked = ask(officer, filter=of_bob, sort="event_at", columns=["member", "customer", "kind"])
    assert (asked["state"], asked["rows"], asked["total"], asked["size"]) == ("waiting", 0, 3, None)
    work(house)
    answer = taken(officer, asked["id"])
    heads, *rows = table(answer)
    assert heads == ["员工", "客户", "类型"]
    assert [row[1] for row in rows] == ["王一", "李二", "'=1+1"] and {row[2] for row in rows} == {"员工删除客户"}
    assert all(row[0].endswith("(bob)") for row in rows)
    done = officer.get(f"/exports/{asked['id']}")
    assert (done["state"], done["rows"], done["size"]) == ("done", 3, len(answer.content))
    assert done["sha256"] == hashlib.sha256(answer.content).hexdigest() == answer.headers["X-Content-SHA256"]
    assert done["name"].startswith("风险提醒-") and quote(done["name"]) in answer.headers["Content-Disposition"]
    assert len(lost) == 5


def test_trail_says_who_asked_what_was_written_and_who_took_it(house: House, officer: Console, lost: list[int]) -> None:
    asked = ask(officer, filter={"field": "customer", "op": "contains", "value": "王一"})
    work(house)
    taken(officer, asked["id"])
    said = house.rows(AuditEvent, AuditEvent.subject == f"export:{asked['id']}")
    assert [event.verb for event in said] == ["export.asked", "export.done"]
    assert said[0].facts["filter"] == ["customer contains"] and said[0].facts["columns"] == COLUMNS
    assert "王一" not in str(said[0].facts) and said[0].actor == said[1].actor
    (reading,) = house.rows(Reading, Reading.verb == "export.taken")
    assert said[1].facts["sha256"] == reading.facts["sha256"] and said[1].facts["rows"] == 1 and lost


def test_workbook_has_text_and_no_formula(house: House, officer: Console, lost: list[int]) -> None:
    asked = ask(officer, format="xlsx", language="en")
    work(house)
    answer = taken(officer, asked["id"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert ">=1+1<" in sheet and "<f>" not in sheet
    assert "Customer" in sheet and "Open" in sheet and sheet.count("<row ") == len(lost) + 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"kind": "nonsense"}, (404, "kind_not_found")),
        ({"columns": ["nonsense"]}, (422, "column_unknown")),
        ({"sort": "nonsense"}, (422, "sort_unknown")),
        ({"filter": {"field": "nonsense", "op": "is", "value": 1}}, (422, "field_unknown")),
        ({"filter": {"xor": []}}, (422, "filter_malformed")),
        ({"format": "pdf"}, (422, "invalid_body")),
    ],
)
def test_wrong_export_is_refused_before_it_begins(
    house: House, officer: Console, body: dict[str, Any], told: tuple[int, str]
) -> None:
    answer = officer.status("POST", "/exports", {"kind": "alert", "columns": COLUMNS, **body})
    assert answer.status_code == told[0] and (answer.json()["code"] == told[1] or told[1] == "invalid_body")
    assert house.rows(Export) == []


def test_who_may_read_may_not_therefore_export(house: House, lost: list[int]) -> None:
    seller = house.console(Role.SALES, userid="bob")
    assert seller.get("/alerts")["items"] and lost
    answer = seller.status("POST", "/exports", {"kind": "alert"})
    assert refused(answer) == (403, "not_permitted") and house.rows(Export) == []


def test_export_is_its_askers_alone(house: House, officer: Console, lost: list[int]) -> None:
    number = ask(officer)["id"]
    work(house)
    other = house.console(Role.ADMINISTRATOR)
    assert other.get("/exports")["items"] == [] and lost
    for method, path in (("GET", ""), ("GET", "/file"), ("POST", "/cancel")):
        assert refused(other.status(method, f"/exports/{number}{path}")) == (404, "export_not_found")


def test_scope_is_the_one_of_the_start_and_never_wider(
    house: House, lost: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rights = permissions.ROLE_PERMISSIONS[Role.SALES] | {Permission.ALERTS_EXPORT}
    monkeypatch.setitem(permissions.ROLE_PERMISSIONS, Role.SALES, rights)
    bob = house.console(Role.SALES, userid="bob")
    number = ask(bob, columns=["customer"])["id"]
    monkeypatch.setattr(identity_queries, "WHOLE_CORP", frozenset(Role))  # bob sees the whole corp meanwhile
    assert len(bob.get("/alerts")["items"]) == len(lost)
    work(house)
    assert {row[0] for row in table(taken(bob, number))[1:]} == {"王一", "李二", "'=1+1"}


def test_cancelled_one_leaves_nothing(house: House, officer: Console, lost: list[int]) -> None:
    number = ask(officer)["id"]
    told = officer.status("POST", f"/exports/{number}/cancel").json()
    assert told["state"] == "cancelled" and work(house) == 0 and lost
    assert refused(taken(officer, number)) == (409, "export_not_ready")
    assert refused(officer.status("POST", f"/exports/{number}/cancel")) == (409, "export_over")
    assert not list(storage.growing(house.number, "").glob(f"export-{number}*"))


def test_who_takes_over_goes_on_behind_what_was_committed(
    house: House, officer: Console, lost: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process dies in each of the slices, after it has written and before it commits."""
    monkeypatch.setattr(running, "_SLICE", 2)
    number = ask(officer, columns=["customer"], sort="event_at")["id"]
    append, died = writing.append, list[int]()

    class Killed(BaseException):
        pass

    def dying(corp: int, own: int, size: int, rows: Any) -> int:
        written = append(corp, own, size, rows)
        if size not in died:
            died.append(size)
            raise Killed()
        return written

    monkeypatch.setattr(writing, "append", dying)
    for _ in range(3):
        (item,) = running.QUEUE._claim(house.number, Lane.BULK, 9)[1]
        with pytest.raises(Killed):
            running.QUEUE._carry_out(house.number, item)
        with transaction(house.number) as session:  # as `look_after` does once the holder is gone
            export = session.get_one(Export, number)
            export.lease, export.due_at = None, clock.now()
    work(house)
    assert len(died) == 3
    assert [row[0] for row in table(taken(officer, number))] == [
        "客户",
        "王一",
        "李二",
        "'=1+1",
        "张三",
        "赵四",
    ] and lost


def test_who_has_lost_the_lease_writes_nothing(house: House, officer: Console, lost: list[int]) -> None:
    number = ask(officer)["id"]
    with pytest.raises(LeaseLost):
        running._slice(house.number, number, Hold(Export, house.number, number, "another", in_slices.LEASE))
    assert not list(storage.growing(house.number, "").glob(f"export-{number}*")) and lost


def test_who_lost_the_permission_gets_no_file(
    house: House, officer: Console, lost: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(officer)["id"]
    rights = permissions.ROLE_PERMISSIONS[Role.COMPLIANCE] - {Permission.ALERTS_EXPORT}
    monkeypatch.setitem(permissions.ROLE_PERMISSIONS, Role.COMPLIANCE, rights)
    work(house)
    told = officer.get(f"/exports/{number}")
    assert (told["state"], told["reason"]) == ("stopped", "not_permitted") and lost


def test_file_is_gone_after_its_time(
    house: House, officer: Console, lost: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "KEPT", running.KEPT / (7 * 24))
    number = ask(officer)["id"]
    work(house)
    with later(DAY / 24 + 1):
        assert refused(taken(officer, number)) == (409, "export_not_ready") and lost
        with transaction(house.number) as session:
            assert asking.forget(session, {}) is False
        assert officer.get(f"/exports/{number}")["state"] == "expired"
        assert not list(storage.growing(house.number, "").glob(f"export-{number}*"))
    with later(100 * DAY), transaction(house.number) as session:
        asking.forget(session, {})
    assert house.rows(Export) == []


def test_three_at_once_are_enough(officer: Console, lost: list[int]) -> None:
    for _ in range(asking.MOST):
        ask(officer)
    answer = officer.status("POST", "/exports", {"kind": "alert"})
    assert refused(answer) == (409, "exports_full") and "3" in answer.json()["detail_zh"] and lost


def test_workbook_has_a_limit_and_says_so(officer: Console, lost: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_IN_A_WORKBOOK", 4)
    answer = officer.status("POST", "/exports", {"kind": "alert", "format": "xlsx"})
    assert refused(answer) == (422, "export_too_long") and "CSV" in answer.json()["detail_zh"] and len(lost) == 5
