"""What the log of a group says after days of joins, leaves and changes, beside what really happened."""

import datetime as dt
from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from scrm.core import clock
from scrm.customers.groups.models import GroupChat, GroupDay, GroupEvent, GroupMember
from tests.rooms.groups.played import Json, Play, Weather
from tests.rooms.house import House

STEPS = ("member_joined", "member_left")
STORM = Weather(lost=0.25, lost_for_one=0.2)


def log_of(house: House, chat_id: str, *kinds: str) -> list[GroupEvent]:
    rows = house.rows(GroupEvent, GroupEvent.chat_id == chat_id)
    return sorted((row for row in rows if not kinds or row.kind in kinds), key=lambda row: row.at)


def whole(row: GroupEvent) -> Json:
    """A line of the log as the journal writes it."""
    names = {
        "member_joined": ("userid", "join_scene", "invitor"),
        "member_left": ("userid", "quit_scene"),
        "admin_added": ("userid",),
        "admin_removed": ("userid",),
    }.get(row.kind, ("before", "after"))
    told = {name: getattr(row, name) for name in names}
    return {"at": int(row.at.timestamp()), "kind": row.kind, **{k: v for k, v in told.items() if v is not None}}


def sort(rows: list[Json]) -> list[Json]:
    return sorted(rows, key=lambda row: (row["at"], row["kind"], str(row.get("userid"))))


def check_exact(house: House, play: Play) -> None:
    for chat_id in play.corp.groups:
        assert sort([whole(row) for row in log_of(house, chat_id)]) == sort(play.journal(chat_id)), chat_id


def days_of(house: House, group_id: int) -> list[GroupDay]:
    query = select(GroupDay).where(GroupDay.group_chat_id == group_id).order_by(GroupDay.day)
    return list(house.scalar(lambda session: session.scalars(query).all()))


def check_days(house: House, play: Play, *, exact: bool) -> None:
    """Each day follows from the one before; the last one is who is there. Where all is known, each is as it was."""
    for group in house.rows(GroupChat):
        days = days_of(house, group.id)
        present = len(house.rows(GroupMember, GroupMember.group_chat_id == group.id))
        assert days[-1].members == present
        for one, other in pairwise(days):
            assert other.day == one.day + dt.timedelta(days=1)
            assert other.members == one.members + other.came - other.went
        if exact:
            counted: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
            for row in play.journal(group.chat_id):
                if row["kind"] in STEPS:
                    counted[clock.from_unix(row["at"]).astimezone(clock.CHINA).date()][STEPS.index(row["kind"])] += 1
            assert {row.day: [row.came, row.went] for row in days if row.came or row.went} == dict(counted)


def check_steps(play: Play, chat_id: str, rows: list[GroupEvent]) -> int:
    """One person after the other: the log is the journal but for what nobody could know of. How many steps that is."""
    unknown = 0
    journal = [row for row in play.journal(chat_id) if row["kind"] in STEPS]
    end = max((row["at"] for row in play.journal(chat_id) if row["kind"] == "dismissed"), default=1e12)
    for userid in {row["userid"] for row in journal} | {row.userid for row in rows}:
        happened = [row for row in journal if row["userid"] == userid]
        logged = [row for row in rows if row.userid == userid]
        place = 0
        missing: list[Json] = []
        for row in logged:
            while place < len(happened) and not _is(row, happened[place]):
                missing.append(happened[place])
                place += 1
            assert place < len(happened), (chat_id, userid, whole(row))
            true = happened[place]
            place += 1
            if row.kind == "member_left" and was_told(play, chat_id, true):
                assert row.not_before is None and row.quit_scene == true["quit_scene"]
            if row.kind == "member_joined" and (
                was_told(play, chat_id, true) or is_shown(play, chat_id, true, happened)
            ):
                assert row.not_before is None and row.join_scene in {true["join_scene"], _of_event(true["join_scene"])}
            if row.kind == "member_joined" and is_shown(play, chat_id, true, happened):
                assert row.join_scene == true["join_scene"] and row.invitor == true.get("invitor")
        missing += happened[place:]
        for true in missing:
            assert not was_told(play, chat_id, true), (chat_id, true)
            assert true["kind"] == "member_left" or not is_shown(play, chat_id, true, happened), (chat_id, true)
        kinds = [row.kind for row in logged]
        assert all(one != other for one, other in pairwise(kinds)), (chat_id, userid, kinds)
        # Pairs, but for what was on its way when the group was dismissed: no answer tells of it any more.
        assert len(missing) % 2 == 0 or end < 1e12, (chat_id, userid, missing)
        unknown += len(missing)
    return unknown


def _is(row: GroupEvent, true: Json) -> bool:
    at = clock.from_unix(true["at"])
    return row.kind == true["kind"] and (at == row.at if row.not_before is None else row.not_before <= at <= row.at)


def _of_event(scene: int) -> int:
    return 3 if scene == 3 else 0


def was_told(play: Play, chat_id: str, true: Json) -> bool:
    detail = {"member_joined": "add_member", "member_left": "del_member"}[true["kind"]]
    for fields in play.told[chat_id]:
        if fields.get("UpdateDetail") == detail and fields["CreateTime"] == str(true["at"]):
            items = fields["MemChangeList"]["Item"]
            if true["userid"] in (items if isinstance(items, list) else [items]):
                return True
    return False


def is_shown(play: Play, chat_id: str, true: Json, happened: list[Json]) -> bool:
    """Whether an answer showed this stay."""
    end = next((row["at"] for row in happened if row["kind"] == "member_left" and row["at"] >= true["at"]), 1e12)
    return any(true["at"] + 1 <= at < end for at in play.read[chat_id])


def check_told(house: House, play: Play) -> int:
    unknown = 0
    for chat_id in play.corp.groups:
        rows = log_of(house, chat_id)
        unknown += check_steps(play, chat_id, [row for row in rows if row.kind in STEPS])
        for kind, detail in (
            ("renamed", "change_name"),
            ("notice_changed", "change_notice"),
            ("owner_changed", "change_owner"),
        ):
            check_values(play, chat_id, detail, [row for row in rows if row.kind == kind], kind)
        is_known = bool(house.rows(GroupChat, GroupChat.chat_id == chat_id))
        for kind, change in (("created", "create"), ("dismissed", "dismiss")):
            happened = [row["kind"] for row in play.journal(chat_id) if row["kind"] == kind]
            told = any(fields["ChangeType"] == change for fields in play.told[chat_id])
            expected = happened if is_known or told else []
            assert [row.kind for row in rows if row.kind == kind] == expected, (chat_id, kind)
    return unknown


def check_values(play: Play, chat_id: str, detail: str, rows: list[GroupEvent], kind: str) -> None:
    """What a callback told stands at its second, what none told between two answers; the last value is the true one."""
    happened = [row for row in play.journal(chat_id) if row["kind"] == kind]
    told = {int(fields["CreateTime"]) for fields in play.told[chat_id] if fields.get("UpdateDetail") == detail}
    exact = [int(row.at.timestamp()) for row in rows if row.not_before is None]
    assert sorted(told) == sorted(exact), (chat_id, kind)
    for row in rows:
        assert any(_is(row, true) for true in happened), (chat_id, kind, whole(row))
    known = [row.after for row in rows if row.after is not None]
    dismissed = any(row["kind"] == "dismissed" for row in play.journal(chat_id))
    if happened and not dismissed:
        assert known[-1] == happened[-1]["after"], (chat_id, kind)


def test_all_that_is_told_twice_late_and_in_any_order_stands_once(house: House) -> None:
    with Play(house, Weather(), groups=2) as play:
        play.days(3, a_day=3)
        check_exact(house, play)
        check_days(house, play, exact=True)


def test_what_was_lost_is_found_by_a_sync_as_far_as_it_can_be_known(house: House) -> None:
    with Play(house, STORM, groups=3) as play:
        play.days(3, a_day=3)
        check_told(house, play)
        check_days(house, play, exact=False)


@pytest.mark.slow
@pytest.mark.parametrize("weather", [Weather(), STORM], ids=["nothing lost", "a third lost"])
def test_month_of_fifty_groups(house: House, weather: Weather) -> None:
    with Play(house, weather, groups=50) as play:
        play.days(30)
        if weather.lost:
            assert check_told(house, play) > 0
        else:
            check_exact(house, play)
        check_days(house, play, exact=not weather.lost)
