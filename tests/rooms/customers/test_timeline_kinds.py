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

    rows = house.rows(TimelineEntry)
    assert {row.kind for row in rows} == set(KINDS)
    for row in rows:
        assert row.facts.keys() <= set(KINDS[row.kind].facts), row.kind
    told = {(row.kind, name) for row in rows for name in row.facts}
    assert told >= {("edited", "remark"), ("transferred", "to"), ("taken_over", "from"), ("half_added", "state")}
    shown = house.console(Role.COMPLIANCE).get(f"/customers/{moved}/timeline")["items"]
    assert {(row["kind"], *row["facts"].values()) for row in shown} >= {("transferred", "dora"), ("taken_over", "bob")}


def test_what_no_kind_tells_is_not_told(house: House, given: Given) -> None:
    given.customer("王小明", of="bob")
    with transaction(house.number) as session:
        number = house.rows(Customer)[0].id
        pair = {"customer_id": number, "staff_id": None, "at": clock.now(), "key": "planted"}
        with pytest.raises(KeyError):
            timeline.tell(session, "planted", **pair)
        with pytest.raises(ValueError, match="an entry of kind added tells no colour"):
            timeline.tell_all(session, [{**pair, "kind": "added", "facts": {"colour": "red"}}])
