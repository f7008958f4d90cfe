"""Rooms: each is named in the wiring, and says what becomes of every column that points at a customer or a member."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import scrm
from scrm import wiring
from scrm.core.clockwork import Job, daily
from scrm.core.db import CorpBase, PlatformBase
from scrm.core.manifest import Room, Rooms
from scrm.core.refers import Fate, Subject, customer, member
from scrm.customers.file.models import FollowRelation
from scrm.wecom import replies

ROOT = Path(scrm.__file__).parent
# What a column that points at somebody is called; in the tables of a noun itself it is its own key.
_POINTING = re.compile(
    r"(^|_)(customer_ids?|external_userids?|staff_ids?|userids?|takeover_id|wecom_id|mobiles?|phones?|leaders?)$"
    r"|^(who|peer|sender|last_sender|assigned_to)$"
)
_OWN = {"customer.external_userid", "wecom_contact.external_userid", "staff.userid", "staff.leads"}


def _columns() -> set[str]:
    for module in pkgutil.walk_packages(scrm.__path__, "scrm."):
        if module.name.endswith(".models"):
            importlib.import_module(module.name)
    tables = [*CorpBase.metadata.sorted_tables, *PlatformBase.metadata.sorted_tables]
    return {f"{table.name}.{column.name}" for table in tables for column in table.columns}


def _undeclared(columns: set[str]) -> list[str]:
    declared = {ref.name for room in wiring.ROOMS for ref in room.refers}
    pointing = {name for name in columns if _POINTING.search(name.partition(".")[2])}
    return sorted(pointing - declared - _OWN)


def test_every_column_that_points_at_somebody_is_declared() -> None:
    assert _undeclared(_columns()) == []


def test_an_undeclared_column_is_found() -> None:
    planted = {"visit.customer_id", "visit.host_userid", "visit.guest_phone", "visit.colour"}
    assert _undeclared(_columns() | planted) == ["visit.customer_id", "visit.guest_phone", "visit.host_userid"]


def test_every_manifest_is_wired() -> None:
    manifests = {".".join(path.parent.relative_to(ROOT).parts) for path in ROOT.rglob("room.py")}
    assert manifests == {room.name for room in wiring.ROOMS} - {"core"}


def test_every_folder_with_tables_of_its_own_has_a_manifest() -> None:
    floors = {"core", "runtime", "cli", "app", "wiring"}
    for path in ROOT.rglob("models.py"):
        place = path.parent.relative_to(ROOT)
        if place.parts[0] not in floors:
            assert any((ROOT / up / "room.py").exists() for up in (place, *place.parents)), place


def test_a_reference_says_what_becomes_of_it() -> None:
    column = FollowRelation.customer_id
    assert customer(column, merge=Fate.MOVE, erase=Fate.DELETE).name == "follow_relation.customer_id"
    assert member(column, leave=Fate.KEEP).subject is Subject.MEMBER
    with pytest.raises(ValueError, match="a customer is merged and erased"):
        type(member(column, leave=Fate.KEEP))(Subject.CUSTOMER, column, leave=Fate.KEEP)


def test_a_name_given_twice_raises() -> None:
    job = Job(name="sync", at=daily(hour=1, minute=0), step=lambda *_: False)
    with pytest.raises(ValueError, match="clock: registered twice: sync"):
        Rooms(Room(name="a", clock=(job,)), Room(name="b", clock=(job,)))
    taker = replies.Taker(next(iter(replies.DECLARED.values())), lambda *_: None)
    with pytest.raises(ValueError, match=f"replies: registered twice: {taker.name}"):
        Rooms(Room(name="a", replies=(taker,)), Room(name="b", replies=(taker,)))
