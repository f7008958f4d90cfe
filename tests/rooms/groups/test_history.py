"""The log of a group, piece by piece: what tells of it, what makes it more exact, who sees it, and its days."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import delete, literal_column, select

from scrm.contracts.callbacks import GroupChatChanged
from scrm.contracts.handovers import GroupsTransferred
from scrm.core import clock
from scrm.core.db import transaction
from scrm.core.touches import TopicTouch
from scrm.customers.groups.actions import groups
from scrm.customers.groups.models import GroupChat, GroupDay, GroupEvent, GroupLog, GroupMember
from scrm.identity.models import Role
from scrm.wecom.port.contacts import GroupChatInfo, GroupChatMember
from tests.rooms.given import Given
from tests.rooms.house import House
from tests.support.moved_clock import later

CHAT = "wr-history"
DAY = 86_400
BEGAN = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(days=40)


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


def ago(seconds: float) -> dt.datetime:
    return (clock.now() - dt.timedelta(seconds=seconds)).replace(microsecond=0)


def member(userid: str, *, joined: dt.datetime, scene: int | None = 1, invitor: str | None = None) -> GroupChatMember:
    kind = 1 if userid in {"bob", "carl", "dora"} else 2
    return GroupChatMember(
        userid=userid,
        type=kind,
        name=f"{userid}在群",
        join_time=int(joined.timestamp()),
        join_scene=scene,
        invitor=invitor,
    )


def read(house: House, *members: GroupChatMember, at: dt.datetime | None = None, **told: Any) -> None:
    """WeCom answers so; the owner bob is there since a month."""
    owner = member("bob", joined=BEGAN + dt.timedelta(days=10))
    info: dict[str, Any] = {
        "name": "老客群",
        "owner": "bob",
        "notice": "",
        "create_time": int(BEGAN.timestamp()),
    }
    info |= {"chat_id": CHAT, "member_version": "", "members": [owner, *members], "admins": []}
    with transaction(house.number) as session:
        groups.take(session, GroupChatInfo(**(info | told)), status=0, asked_at=at or clock.now())


def tell(house: House, detail: str, at: dt.datetime, *members: str, **more: Any) -> None:
    house.tell(
        GroupChatChanged(chat_id=CHAT, dismissed=False, detail=detail, event_at=at, members=list(members), **more)
    )


def events(house: House, *kinds: str) -> list[GroupEvent]:
    rows = sorted(house.rows(GroupEvent, GroupEvent.chat_id == CHAT), key=lambda row: row.at)
    return [row for row in rows if row.kind in kinds or (not kinds and row.kind != "created")]


def days(house: House) -> list[tuple[int, int, int]]:
    query = select(GroupDay).order_by(GroupDay.day)
    rows = house.scalar(lambda session: session.scalars(query).all())
    return [(row.members, row.came, row.went) for row in rows]


@pytest.mark.parametrize("order", ["told read told", "read told", "told told read"])
def test_reason_of_a_leave_finds_its_row_before_and_after_the_answer(house: House, order: str) -> None:
    joined, moment = ago(20 * DAY), ago(600)
    read(house, member("wm-a", joined=joined, scene=3), at=ago(1_000))
    for step in order.split():
        if step == "read":
            read(house)
        else:
            tell(house, "del_member", moment, "wm-a", quit_scene=1, version="v2")
    (row,) = events(house)
    assert (row.kind, row.userid, row.name) == ("member_left", "wm-a", "wm-a在群")
    assert (row.at, row.not_before, row.told, row.seen) == (moment, None, True, True)
    assert (row.quit_scene, row.joined_at, row.join_scene) == (1, joined, 3)
    assert [one.userid for one in house.rows(GroupMember)] == ["bob"]


def test_who_came_and_left_between_two_answers_is_in_the_log_by_callbacks_alone(house: House) -> None:
    read(house, at=ago(1_000))
    tell(house, "del_member", ago(300), "wm-a", quit_scene=0, version="v3")
    tell(house, "add_member", ago(500), "wm-a", "wm-b", join_scene=3, version="v2")
    read(house, member("wm-b", joined=ago(500), scene=3))
    came, _, went = events(house, "member_joined", "member_left")
    assert {came.userid, went.userid, went.quit_scene} >= {"wm-a", 0} and went.joined_at == came.at
    assert days(house)[-1] == (2, 2, 1)


def test_two_apps_tell_once_and_two_changes_of_one_second_twice(house: House) -> None:
    read(house, at=ago(1_000))
    at = ago(400)
    for _ in range(2):
        tell(house, "add_member", at, "wm-a", join_scene=0, version="v2")
        tell(house, "add_member", at, "wm-b", join_scene=0, version="v3")
    read(house, member("wm-a", joined=at, scene=2, invitor="bob"), member("wm-b", joined=at, scene=1))
    rows = events(house)
    assert sorted((row.userid, row.join_scene, row.invitor) for row in rows) == [("wm-a", 2, "bob"), ("wm-b", 1, None)]


def test_callback_that_counts_without_naming_gives_the_reason_to_who_is_gone(house: House) -> None:
    joined, moment = ago(20 * DAY), ago(300)
    read(house, member("wm-a", joined=joined), member("wm-b", joined=joined), at=ago(1_000))
    for _ in range(2):
        tell(house, "del_member", moment, count=2, quit_scene=1, version="v2")
    read(house)
    rows = events(house)
    assert [(row.kind, row.at, row.quit_scene, row.told) for row in rows] == [("member_left", moment, 1, True)] * 2
    assert sorted(str(row.userid) for row in rows) == ["wm-a", "wm-b"] and house.rows(GroupLog)[0].hints == []


def test_count_that_does_not_fit_who_is_gone_says_nothing_of_them(house: House) -> None:
    joined = ago(20 * DAY)
    read(house, member("wm-a", joined=joined), member("wm-b", joined=joined), at=ago(1_000))
    tell(house, "del_member", ago(300), count=1, quit_scene=1, version="v2")
    read(house)
    assert [(row.quit_scene, row.told) for row in events(house)] == [(None, False)] * 2


def test_who_left_and_came_again_without_a_callback_is_seen_by_the_time_of_joining(house: House) -> None:
    joined, again = ago(20 * DAY), ago(200)
    read(house, member("wm-a", joined=joined), at=ago(1_000))
    read(house, member("wm-a", joined=again))
    left, came = events(house)
    assert (left.kind, left.not_before, left.quit_scene) == ("member_left", joined, None)
    assert left.at < came.at == again and came.not_before is None


def test_old_answer_is_not_believed_against_a_callback_and_the_next_one_is(house: House) -> None:
    read(house, at=ago(1_000))
    tell(house, "add_member", ago(1), "wm-a", join_scene=0, version="v2")
    read(house)  # a second after the change: WeCom's answer may be old
    assert [row.kind for row in events(house)] == ["member_joined"]
    with later(60):
        read(house)
        assert [row.kind for row in events(house)] == ["member_joined", "member_left"]


def test_answer_that_was_asked_for_earlier_changes_nothing_later(house: House) -> None:
    read(house, at=ago(1_000))
    read(house, name="新名", at=ago(10))
    read(house, name="老客群", at=ago(20))
    assert [(row.before, row.after) for row in events(house)] == [("老客群", "新名")]
    assert house.rows(GroupChat)[0].name == "新名"


def test_name_owner_notice_and_administrators(house: House) -> None:
    read(house, at=ago(2_000))
    at = ago(1_000)
    tell(house, "change_name", at)
    carl = member("carl", joined=ago(900), scene=1, invitor="bob")
    read(house, carl, name="新客群", owner="carl", notice="欢迎", admins=["bob"])
    found = {row.kind: row for row in events(house)}
    assert (found["renamed"].before, found["renamed"].after, found["renamed"].told) == ("老客群", "新客群", True)
    assert (found["renamed"].at, found["renamed"].not_before) == (at, None)
    assert (found["owner_changed"].before, found["owner_changed"].after) == ("bob", "carl")
    assert found["notice_changed"].after == "欢迎" and found["owner_changed"].not_before is not None
    assert found["admin_added"].userid == "bob" and found["member_joined"].invitor == "bob"
    tell(house, "change_owner", ago(600))
    assert [(row.told, row.not_before) for row in events(house, "owner_changed")] == [(True, None)]


def test_unchanged_answer_writes_nothing_and_wakes_nobody(house: House, given: Given) -> None:
    customer = given.customer("甲", of="bob")
    people = (member(customer, joined=ago(20 * DAY)), member("carl", joined=ago(20 * DAY)))
    read(house, *people, at=ago(1_000))
    with transaction(house.number) as session:
        session.execute(delete(TopicTouch))
        before = [_whole(session, model) for model in (GroupChat, GroupMember, GroupLog, GroupEvent, GroupDay)]
    read(house, *people)
    with transaction(house.number) as session:
        assert [_whole(session, model) for model in (GroupChat, GroupMember, GroupLog, GroupEvent, GroupDay)] == before
        assert session.scalars(select(TopicTouch)).all() == []


def _whole(session: Any, model: Any) -> list[Any]:
    """Every row with the transaction that wrote it."""
    return sorted(map(str, session.execute(select(literal_column("xmin::text"), *model.__table__.columns)).all()))


def test_owner_by_a_handover_is_in_the_log_and_not_twice(house: House) -> None:
    read(house, at=ago(1_000))
    house.tell(GroupsTransferred(handover_id=1, chat_ids=[CHAT], to_userid="carl", resigned=True))
    with later(5):
        read(house, member("carl", joined=ago(3)), owner="carl")
    assert [(row.before, row.after) for row in events(house, "owner_changed")] == [("bob", "carl")]


def test_members_of_the_release_before_are_open_stays_and_who_left_since_is_found(house: House) -> None:
    """Rows without a log are as an earlier release left them."""
    joined, last_read = ago(20 * DAY), ago(2 * DAY)
    with transaction(house.number) as session:
        old = GroupChat(chat_id=CHAT, name="老客群", owner_userid="bob", notice="", status=0, member_version="v1")
        old.search_text, old.bigrams, old.text_version, old.updated_at = "", [], 1, last_read
        session.add(old)
        session.flush()
        for userid, kind in (("bob", 1), ("wm-a", 2), ("wm-b", 2)):
            row = {"userid": userid, "type": kind, "name": "", "join_scene": 3, "joined_at": joined}
            session.add(GroupMember(group_chat_id=old.id, **row))
    read(house, member("wm-a", joined=joined, scene=3), member("wm-c", joined=ago(DAY)), member_version="v2")
    rows = events(house)
    assert [(row.kind, row.userid, row.joined_at) for row in rows if row.kind == "member_left"] == [
        ("member_left", "wm-b", joined)
    ]
    assert [row.userid for row in rows if row.kind == "member_joined"] == ["wm-c"]
    assert house.rows(GroupLog)[0].since == last_read


def test_each_night_the_days_since_are_counted_with_who_wrote(house: House, given: Given) -> None:
    joined = ago(20 * DAY)
    read(house, member("wm-a", joined=joined), member("wm-b", joined=joined))
    given.said("wm-a", CHAT, "在吗", roomid=CHAT, tolist=["bob"])
    with later(3 * DAY):
        tell(house, "del_member", ago(DAY), "wm-b", quit_scene=0, version="v2")
        read(house, member("wm-a", joined=joined))
        house.deliver()
        assert days(house) == [(3, 0, 0), (3, 0, 0), (2, 0, 1), (2, 0, 0)]
        rows = house.scalar(lambda session: session.scalars(select(GroupDay).order_by(GroupDay.day)).all())
        assert [row.active for row in rows] == [1, 0, 0, None]
        before = days(house)
        house.deliver()
        assert days(house) == before
    with later(6 * DAY):
        house.deliver()
        assert len(days(house)) == 7 and days(house)[-1] == (2, 0, 0)


def test_dismissal_told_late_takes_the_place_of_what_a_sync_found(house: House) -> None:
    read(house, at=ago(1_000))
    with transaction(house.number) as session:
        groups.vanish(session, CHAT, at=clock.now())
    assert [row.kind for row in events(house)] == ["vanished"]
    at = ago(700)
    house.tell(GroupChatChanged(chat_id=CHAT, dismissed=True, detail="", event_at=at))
    (row,) = events(house)
    (group,) = house.rows(GroupChat)
    assert (row.kind, row.at, row.not_before, row.told) == ("dismissed", at, None, True)
    assert (group.dismissed_at, group.vanished_at) == (at, None)
    read(house)
    assert house.rows(GroupChat)[0].dismissed_at == at, "what was dismissed does not come back"


def test_vanished_group_comes_back_with_an_answer(house: House) -> None:
    read(house, at=ago(1_000))
    with transaction(house.number) as session:
        groups.vanish(session, CHAT, at=ago(500))
    read(house)
    assert [row.kind for row in events(house)] == ["vanished", "came_back"]
    (group,) = house.rows(GroupChat)
    assert (group.dismissed_at, group.vanished_at) == (None, None)


def test_page_of_a_group_its_log_and_its_days(house: House, given: Given) -> None:
    customer = given.customer("王姐13800138000", of="bob")
    read(house, at=ago(1_000))
    tell(house, "add_member", ago(500), customer, "carl", join_scene=0, version="v2")
    read(house, member(customer, joined=ago(500), invitor="bob"), member("carl", joined=ago(500)), name="群13900139000")
    officer = house.console(Role.COMPLIANCE)
    group = officer.get(f"/groups/{CHAT}")
    assert (group["members"], group["customers"], group["name"]) == (3, 1, "群139****9000")
    rows = officer.get(f"/groups/{CHAT}/events", kind="member_joined")["items"]
    assert {(row["userid"], row["external_userid"]) for row in rows} == {("carl", None), (None, customer)}
    assert "13800138000" not in str(rows) and {row["known_by"] for row in rows} == {"callback"}
    assert [row["invitor_name"] for row in rows if row["external_userid"]] == ["鲍勃"]
    first = officer.get(f"/groups/{CHAT}/events", limit=1)
    second = officer.get(f"/groups/{CHAT}/events", limit=1, cursor=first["next_cursor"])
    assert first["total"] == 4 and first["items"] != second["items"]
    assert officer.get(f"/groups/{CHAT}/events", at_from="2999-01-01")["items"] == []
    (today,) = officer.get(f"/groups/{CHAT}/days")["items"]
    assert (today["members"], today["joined"], today["left"], today["active"]) == (3, 2, 0, None)


def test_who_neither_owns_a_group_nor_is_in_it_sees_nothing_of_it(house: House) -> None:
    read(house, member("carl", joined=ago(900)))
    for userid, status in (("bob", 200), ("carl", 200), ("emil", 404)):
        seller = house.console(Role.SALES, userid=userid)
        for path in ("", "/events", "/days"):
            assert seller.status("GET", f"/groups/{CHAT}{path}").status_code == status, (userid, path)


def test_group_of_another_corp_is_not_there(house: House, neighbour: House) -> None:
    read(house)
    assert neighbour.console(Role.ADMINISTRATOR).status("GET", f"/groups/{CHAT}").status_code == 404
