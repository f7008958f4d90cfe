"""What happens to a customer is of a kind that has a file, and tells no facts but those of its kind."""

import datetime as dt
from typing import Any

import pytest

from scrm.contracts.callbacks import ContactAdded, ContactEdited
from scrm.contracts.handovers import CustomersTransferred
from scrm.core import audit, clock
from scrm.core.db import transaction
from scrm.customers.file.actions import timeline
from scrm.customers.file.kinds import KINDS
from scrm.customers.file.models import Customer, TimelineEntry
from scrm.identity.models import Role
from scrm.marketing.welcomes.actions import policy as welcome_policy
from scrm.wecom.models import CallState
from scrm.wecom.port.contacts import Welcomes
from tests.rooms.given import Given
from tests.rooms.house import House
from tests.rooms.wecom import Wecom


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


def add(house: House, customer: str, *, half: bool = False, code: str | None = None, seconds_ago: int = 0) -> None:
    """A callback tells that Bob and the customer are in relation."""
    at = clock.now().replace(microsecond=0) - dt.timedelta(seconds=seconds_ago)
    house.tell(
        ContactAdded(
            userid="bob",
            external_userid=customer,
            event_at=at,
            received_at=clock.now(),
            app="customer",
            half=half,
            state="展会",
            welcome_code=code,
        )
    )


def test_every_kind_is_told_with_its_own_facts_alone(house: House, given: Given, wecom: Wecom) -> None:
    with transaction(house.number) as session:
        welcome_policy.set_policy(session, audit.System.COMMAND_LINE, enabled=True, text="您好")
    for number, state in enumerate((CallState.DONE, CallState.REFUSED, CallState.EXPIRED)):
        add(house, f"wm-welcomed-{number}", code=f"code-{number}")
        wecom.answered(Welcomes.send_welcome, state=state, errcode=41050 if state is CallState.REFUSED else None)
    add(house, "wm-half", half=True)
    kept = given.customer("王小明", of="bob", days_ago=1)
    now = clock.now().replace(microsecond=0)
    house.tell(ContactEdited(userid="bob", external_userid=kept, event_at=now, app="customer"))
    wrote: dict[str, Any] = {"remark": "大客户", "description": "预算 3 万", "tag_ids": [given.tag("重要")]}
    given.follows(kept, "bob", name="王小明", days_ago=1, **wrote)
    given.lost(given.customer("甲", of="bob", days_ago=1), "bob")
    given.lost(given.customer("乙", of="bob", days_ago=1), "bob", by_staff=False)
    moved = given.customer("丙", of="bob", days_ago=1)
    given_away: dict[str, Any] = {"handover_id": 1, "resigned": False, "moved": [(moved, now, now)]}
    house.tell(CustomersTransferred(from_userid="bob", to_userid="dora", **given_away))

    _by_hand(house)

    rows = house.rows(TimelineEntry)
    assert {row.kind for row in rows} == set(KINDS)
    for row in rows:
        assert row.facts.keys() <= set(KINDS[row.kind].facts), row.kind
    told = {(row.kind, name) for row in rows for name in row.facts}
    assert told >= {("edited", "remark"), ("transferred", "to"), ("taken_over", "from"), ("half_added", "state")}
    shown = house.console(Role.COMPLIANCE).get(f"/customers/{moved}/timeline")["items"]
    assert {(row["kind"], *row["facts"].values()) for row in shown} >= {("transferred", "dora"), ("taken_over", "bob")}


def _by_hand(house: House) -> None:
    """What is done at the console: linked and unlinked, tagged, handed on."""
    chief = house.console(Role.ADMINISTRATOR)
    firm, person = (
        chief.status("POST", "/customers", {"kind": kind, "name": name}).json()["id"]
        for kind, name in (("company", "甲公司"), ("person", "赵先生"))
    )
    works = {"relation": "works_at", "customer_id": firm}
    (link,) = chief.status("POST", f"/customers/{person}/links", works).json()["items"]
    assert chief.status("DELETE", f"/customers/{person}/links/{link['id']}").ok
    groups = chief.status("POST", "/tags/groups", {"name": "意向", "tags": ["高"]}).json()["items"]
    tag = next(group for group in groups if group["name"] == "意向")["tags"][0]["tag_id"]
    assert chief.status("POST", f"/customers/{firm}/tags", {"add": [tag]}).ok
    assert chief.status("POST", f"/customers/{firm}/tags", {"remove": [tag]}).ok
    version = chief.get(f"/customers/{firm}")["version"]
    assert chief.status("PUT", f"/customers/{firm}", {"version": version, "owner_userid": "bob"}).ok
    told = chief.get(f"/customers/{firm}/timeline")["items"]
    assert [(row["kind"], row["facts"]) for row in told] == [
        ("owner_changed", {"owner": "鲍勃"}),
        ("tagged", {"tags_removed": ["高"]}),
        ("tagged", {"tags_added": ["高"]}),
        ("unlinked", {"link": "works_at"}),
        ("linked", {"link": "works_at"}),
    ]
    assert {row["actor"]["kind"] for row in told} == {"account"} and all(row["actor"]["name"] for row in told)
    (linked, *_) = [row for row in told if row["kind"] == "linked"]
    assert linked["also"] == [{"id": person, "name": "赵先生"}]
    (also,) = [row for row in chief.get(f"/customers/{person}/timeline")["items"] if row["kind"] == "linked"]
    assert also["also"] == [{"id": firm, "name": "甲公司"}] and also["id"] == linked["id"]
    # Whoever sees one end alone is not told of the other.
    bob = house.console(Role.SALES, userid="bob")
    assert [row["also"] for row in bob.get(f"/customers/{firm}/timeline")["items"]] == [[]] * 5


def test_what_no_kind_tells_is_not_told(house: House, given: Given) -> None:
    given.customer("王小明", of="bob")
    with transaction(house.number) as session:
        number = house.rows(Customer)[0].id
        pair = {"customer_id": number, "staff_id": None, "at": clock.now(), "key": "planted"}
        with pytest.raises(KeyError):
            timeline.tell(session, "planted", **pair)
        with pytest.raises(ValueError, match="an entry of kind added tells no colour"):
            timeline.tell_all(session, [{**pair, "kind": "added", "facts": {"colour": "red"}}])
