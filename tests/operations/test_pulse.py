"""The pulse over HTTP: of the topics that a page shows, what changed for this reader; nothing is said twice."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from sqlalchemy import select, text, update

from scrm import wiring
from scrm.compliance.alerts.models import Alert
from scrm.compliance.handovers.models import Handover
from scrm.core import clock
from scrm.core.db import platform_transaction, transaction
from scrm.customers.tags.models import TagGroup
from scrm.identity import accounts
from scrm.identity.models import Department, Role, Staff
from scrm.operations import pulse
from scrm.wecom.models import Corp
from tests.core.conftest import bare_corp
from tests.support.moved_clock import later
from tests.support.service import Console

_PASSWORD = "a-pulse-password"
_names = iter(range(1_000_000))
_known: dict[tuple[int, str], Console] = {}


@pytest.fixture(scope="module")
def corp(service: str) -> int:
    """Ann and Bob, whom Lea leads."""
    wiring.wire()
    number = bare_corp()
    now = clock.now()
    with transaction(number) as session:
        department = Department(department_id=2, name="销售", parent_id=1, position=0, leaders=[])
        session.add(department)
        for userid, leads in (("ann", []), ("bob", []), ("lea", [2])):
            values: dict[str, Any] = {"name": userid, "alias": "", "position": "", "status": "active"}
            session.add(Staff(userid=userid, departments=[2], leads=leads, updated_at=now, **values))
    return number


def reader(service: str, corp: int, role: Role, userid: str | None = None) -> Console:
    """A browser of a new account; of a member's, who has one alone, always the same."""
    if userid and (corp, userid) in _known:
        return _known[corp, userid]
    with platform_transaction() as session:
        corp_id = session.get_one(Corp, corp).corp_id
    name = f"pulse{next(_names)}.{corp}"
    accounts.create_account(name, role=role, corp_id=corp_id, userid=userid, password=_PASSWORD)
    console = Console.signed_in(service, name, _PASSWORD)
    _known[corp, userid or name] = console
    return console


def ask(console: Console, etag: str = "", **query: Any) -> requests.Response:
    headers = {"If-None-Match": etag} if etag else {}
    return console.http.get(f"{console.web}/api/v1/pulse", params=query, headers=headers, timeout=10)


def staff_id(corp: int, userid: str) -> int:
    with transaction(corp) as session:
        return session.scalars(select(Staff.id).where(Staff.userid == userid)).one()


def a_tag_group(corp: int) -> None:
    with transaction(corp) as session:
        number = next(_names)
        session.add(TagGroup(group_id=f"eg{number}", name="等级", position=0))


def an_alert(corp: int, userid: str, kind: str = "customer_left") -> None:
    now = clock.now()
    with transaction(corp) as session:
        values: dict[str, Any] = {
            "userid": userid,
            "external_userid": f"wm{next(_names)}",
            "staff_id": staff_id(corp, userid),
        }
        times = {"event_at": now, "raised_at": now, "updated_at": now}
        session.add(Alert(kind=kind, detected_by="callback", state="open", snapshot={}, **values, **times))


def a_handover(corp: int, userid: str) -> None:
    now = clock.now()
    times = dict.fromkeys(("departed_at", "due_at", "created_at", "updated_at"), now)
    values: dict[str, Any] = {
        "kind": "transfer",
        "userid": userid,
        "staff_id": staff_id(corp, userid),
        "resigned": False,
    }
    blank: dict[str, Any] = {
        "detected_by": "user",
        "state": "closed",
        "message": "",
        "assigned_to": [],
        "escalation": 0,
    }
    with transaction(corp) as session:
        session.add(Handover(created_by="user:x", **values, **blank, **times))


def test_only_the_topics_asked_for_are_told(service: str, corp: int) -> None:
    console = reader(service, corp, Role.ADMINISTRATOR)
    first = ask(console, topics=["rules", "customers"]).json()
    assert first["changed"] == ["customers", "rules"]
    a_tag_group(corp)
    assert ask(console, since=first["token"], topics=["rules"]).json()["changed"] == []
    assert ask(console, since=first["token"], topics=["rules", "customers"]).json()["changed"] == ["customers"]
    assert ask(console, since=first["token"]).json()["changed"] == ["customers"]
    assert ask(console, topics=["nonsense"]).status_code == 422


def test_an_etag_holds_until_something_shown_changes(service: str, corp: int) -> None:
    console = reader(service, corp, Role.ADMINISTRATOR)
    first = ask(console, topics=["customers"])
    token = first.json()["token"]
    held = ask(console, first.headers["ETag"], since=token, topics=["customers"])
    assert (held.status_code, held.content, held.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert ask(console, f"W/{first.headers['ETag']}", since=token, topics=["customers"]).status_code == 304
    a_tag_group(corp)
    assert ask(console, first.headers["ETag"], since=token, topics=["rules"]).status_code == 304
    told = ask(console, first.headers["ETag"], since=token, topics=["customers"])
    assert told.status_code == 200 and told.json()["changed"] == ["customers"]
    # The count in the bell is told whatever the page shows.
    an_alert(corp, "ann")
    told = ask(console, told.headers["ETag"], since=told.json()["token"], topics=["customers"])
    assert told.status_code == 200 and told.json()["changed"] == []


def test_a_token_is_renewed_before_it_is_old_and_an_old_one_knows_nothing(service: str, corp: int) -> None:
    console = reader(service, corp, Role.ADMINISTRATOR)
    first = ask(console, topics=["rules"])
    token = first.json()["token"]
    with later(15.0):
        renewed = ask(console, first.headers["ETag"], since=token, topics=["rules"])
        assert renewed.status_code == 200
        assert renewed.json()["changed"] == [] and renewed.json()["token"] != token
    with later(900.0):
        assert ask(console, since=token, topics=["rules"]).json()["changed"] == ["rules"]


def test_a_reader_hears_of_their_own_scope_alone(service: str, corp: int) -> None:
    ann, bob, lea = (reader(service, corp, Role.SALES, userid) for userid in ("ann", "bob", "lea"))
    readers = (ann, bob, lea)
    before = [ask(console).json() for console in readers]

    def changed() -> list[list[str]]:
        return [
            ask(console, since=was["token"]).json()["changed"] for console, was in zip(readers, before, strict=True)
        ]

    an_alert(corp, "bob")
    assert changed() == [[], ["alerts"], ["alerts"]]
    counts = [
        ask(console, since=was["token"]).json()["alerts_open"] for console, was in zip(readers, before, strict=True)
    ]
    assert [now - was["alerts_open"] for now, was in zip(counts, before, strict=True)] == [0, 1, 1]
    before = [ask(console).json() for console in readers]
    an_alert(corp, "bob", kind="word_hit")
    assert changed() == [[], [], []]


def test_nobody_hears_of_their_own_handover(service: str, corp: int) -> None:
    lea, officer = reader(service, corp, Role.SALES, "lea"), reader(service, corp, Role.COMPLIANCE)
    before = [ask(console).json()["token"] for console in (lea, officer)]
    a_handover(corp, "lea")
    assert [ask(console, since=was).json()["changed"] for console, was in zip((lea, officer), before, strict=True)] == [
        [],
        ["handovers"],
    ]
    a_handover(corp, "ann")
    assert ask(lea, since=before[0]).json()["changed"] == ["handovers"]


def test_another_scope_makes_all_of_it_news(service: str, corp: int) -> None:
    lea = reader(service, corp, Role.SALES, "lea")
    token = ask(lea).json()["token"]
    assert ask(lea, since=token, topics=["rules"]).json()["changed"] == []
    with transaction(corp) as session:
        session.execute(update(Staff).where(Staff.userid == "lea").values(leads=[]))
    assert ask(lea, since=token, topics=["rules"]).json()["changed"] == ["rules"]
    with transaction(corp) as session:
        session.execute(update(Staff).where(Staff.userid == "lea").values(leads=[2]))
    # A token is of use to its reader alone.
    ann = reader(service, corp, Role.SALES, "ann")
    assert ask(ann, since=token, topics=["rules"]).json()["changed"] == ["rules"]


def test_a_quiet_pulse_asks_the_database_once(service: str, corp: int, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []

    def count(what: str) -> Callable[..., int]:
        def note(*_: object) -> int:
            counted.append(what)
            return 0

        return note

    monkeypatch.setattr(pulse, "parked_count", count("parked"))
    monkeypatch.setattr(pulse, "_open_alerts", [count("alerts")])
    console = reader(service, corp, Role.ADMINISTRATOR)
    token = ask(console).json()["token"]
    assert sorted(counted) == ["alerts", "parked"]
    a_tag_group(corp)
    assert ask(console, since=token).json()["changed"] == ["customers"]
    assert sorted(counted) == ["alerts", "parked"]
    with transaction(corp) as session:
        session.execute(text("UPDATE alert SET severity = 'low'"))
    ask(console, since=token)
    assert sorted(counted) == ["alerts", "alerts", "parked"]
