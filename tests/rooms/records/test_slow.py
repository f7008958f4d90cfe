"""A list that takes too long is cut off, and says what to do."""

from typing import Any

import pytest
from sqlalchemy import func

from scrm.core.records.field import Served
from scrm.core.records.fields import Flag
from scrm.core.records.kind import Extends
from scrm.identity.models import Role
from scrm.shared.records import catalogue, pages
from scrm.wiring import ROOMS
from tests.rooms.given import Given
from tests.rooms.house import House
from tests.rooms.records.asking import ids, leaf, refusal


def _asleep(_number: Any) -> tuple[Flag, ...]:
    return (Flag("asleep", "很慢", "Asleep", served=Served.SMALL, made=lambda _: func.pg_sleep(30).is_(None)),)


def test_a_list_that_takes_too_long_says_so(house: House, given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    given.company()
    given.customer("王一", of="bob")
    monkeypatch.setattr(pages, "_LONGEST", 100)
    console = house.console(Role.ADMINISTRATOR)
    rooms = [(room.name, room.kinds, room.extends) for room in ROOMS]
    try:
        catalogue.install([*rooms, ("planted", (), (Extends("customer", _asleep),))])
        told = refusal(console, "/customers", leaf("asleep", "is", True))
        assert told["code"] == "list_too_slow" and told["detail_zh"]
        told = refusal(console, "/kinds/customer/explain", leaf("asleep", "is", True), id=_first(house))
        assert told["code"] == "list_too_slow"
    finally:
        catalogue.install(rooms)
    assert len(ids(console, "/customers")) == 1


def _first(house: House) -> int:
    number: int = house.console(Role.ADMINISTRATOR).get("/customers")["items"][0]["id"]
    return number
