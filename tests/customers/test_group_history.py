"""Groups of the simulator over HTTP: the log beside what really happened, and what a sync concludes from silence."""

import itertools
import time
from typing import Any

from scrm.customers.groups.models import GroupChat, GroupEvent
from scrm.identity.models import Role
from tests.support.moved_clock import later
from tests.support.service import TestCorp as Corp


def journal(corp: Corp, chat_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = corp.sim.call("GET", f"/corps/{corp.corp_id}/groups/{chat_id}")["history"]
    return rows


def kinds(corp: Corp, chat_id: str) -> list[str]:
    rows = sorted(corp.rows(GroupEvent, GroupEvent.chat_id == chat_id), key=lambda row: (row.at, row.id))
    return [row.kind for row in rows]


def test_log_of_a_group_is_what_happened_in_it(synced: Corp) -> None:
    relations = synced.sim.call("GET", f"/corps/{synced.corp_id}/relations")["items"]
    people = sorted({row["external_userid"] for row in relations})[:3]
    synced.sim.call("PUT", f"/corps/{synced.corp_id}/habits", {"group_lag_seconds": 0, "callback_twice": 1.0})
    owner, *others = (row.owner_userid for row in synced.rows(GroupChat))
    successor = next(one for one in others if one != owner)
    minute = (int(time.time()) + 60 * number for number in itertools.count(1))
    chat_id = synced.act("create_group", owner=owner, name="春季", at=next(minute))["chat_id"]
    with later(900):
        synced.act("add_group_members", chat_id=chat_id, members=people, join_scene=3, at=next(minute))
        synced.act("remove_group_members", chat_id=chat_id, members=people[:1], quit_scene=1, at=next(minute))
        synced.act("change_group_owner", chat_id=chat_id, owner=successor, at=next(minute))
        synced.act("update_group", chat_id=chat_id, name="夏季", at=next(minute))
        synced.settle()
    with later(905):  # the group is read three seconds after a callback
        synced.settle()
        synced.act("remove_group_members", chat_id=chat_id, members=people[1:2], quiet=True, at=next(minute))
        synced.sync()
        synced.act("dismiss_group", chat_id=chat_id, at=next(minute))
        synced.settle()
    console = synced.console(Role.COMPLIANCE)
    told = console.get(f"/groups/{chat_id}/events", limit=200)["items"]
    happened = journal(synced, chat_id)
    assert sorted(row["kind"] for row in told) == sorted(row["kind"] for row in happened)
    gone = {
        row["external_userid"]: (row["quit_scene"], row["known_by"]) for row in told if row["kind"] == "member_left"
    }
    assert gone == {people[0]: (1, "callback"), people[1]: (None, "sync")}
    assert {row["name"] for row in told if row["external_userid"]} != {""}
    assert console.get(f"/groups/{chat_id}")["dismissed_at"] is not None


def test_group_that_wecom_knows_no_more_vanishes_and_comes_back(synced: Corp) -> None:
    chat_id = synced.rows(GroupChat)[0].chat_id
    living = len(synced.rows(GroupChat, GroupChat.dismissed_at.is_(None)))
    synced.act("hide_group", chat_id=chat_id)
    synced.sync()
    (group,) = synced.rows(GroupChat, GroupChat.vanished_at.is_not(None))
    assert (group.chat_id, group.dismissed_at) == (chat_id, group.vanished_at)
    synced.sync()
    synced.act("hide_group", chat_id=chat_id, shown=True)
    synced.sync()
    assert kinds(synced, chat_id) == ["created", "vanished", "came_back"]
    assert len(synced.rows(GroupChat, GroupChat.dismissed_at.is_(None))) == living


def test_list_that_fails_or_is_short_makes_no_group_vanish(synced: Corp) -> None:
    refused = {"kind": "errcode", "corp_id": synced.corp_id}
    for rule in (
        {**refused, "match": "externalcontact/groupchat/list", "errcode": 60020},
        {**refused, "match": "externalcontact/groupchat/list", "errcode": 60111},
        {**refused, "match": "externalcontact/groupchat/get", "errcode": 60011},
    ):
        synced.sim.misfortunes(rule)
        synced.sync()
        synced.sim.misfortunes()
        assert synced.rows(GroupChat, GroupChat.dismissed_at.is_not(None)) == [], rule
