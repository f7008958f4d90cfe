"""Customer groups (external-contact sheet 5)."""

from collections.abc import Callable

from tests.simulator.conftest import Caller

Make = Callable[..., str]
LIST, GET = "externalcontact/groupchat/list", "externalcontact/groupchat/get"


def test_list_needs_a_limit_in_bounds(sim: Caller) -> None:
    assert sim.post(LIST, {})["errcode"] == 40063
    assert sim.post(LIST, {"limit": 1001})["errcode"] == 40058
    assert sim.post(LIST, {"limit": 10, "cursor": "x"})["errcode"] == 50100


def test_list_pages_to_an_empty_cursor(sim: Caller) -> None:
    made = {sim.act("create_group", owner="bob", name=f"群{i}", quiet=True)["chat_id"] for i in range(5)}
    seen, cursor = set(), ""
    for _ in range(3):
        page = sim.post(LIST, {"limit": 2, "cursor": cursor})
        seen |= {row["chat_id"] for row in page["group_chat_list"]}
        cursor = page["next_cursor"]
    assert cursor == "" and seen == made
    assert sim.post(LIST, {"limit": 10, "owner_filter": {"userid_list": ["Anna.Li"]}})["group_chat_list"] == []


def test_groups_of_a_resigned_owner_need_the_filter(sim: Caller) -> None:
    chat_id = sim.act("create_group", owner="bob", name="群", quiet=True)["chat_id"]
    sim.act("resign", userid="bob", quiet=True)
    assert sim.post(LIST, {"limit": 10})["group_chat_list"] == []
    found = sim.post(LIST, {"limit": 10, "owner_filter": {"userid_list": ["bob"]}})
    assert found["group_chat_list"] == [{"chat_id": chat_id, "status": 1}]


def test_more_than_a_thousand_members_need_the_filter(sim: Caller) -> None:
    sim.create(population={"staff": 1001, "customers": 0, "groups": 0})
    assert sim.post(LIST, {"limit": 10})["errcode"] == 81017
    assert sim.post(LIST, {"limit": 10, "owner_filter": {"userid_list": ["staff001"]}})["errcode"] == 0


def test_detail_shows_names_only_when_asked_and_state_only_when_there(sim: Caller, customer: Make) -> None:
    mei = customer("bob", name="梅")
    chat_id = sim.act("create_group", owner="bob", name="群", quiet=True)["chat_id"]
    before = sim.post(GET, {"chat_id": chat_id})["group_chat"]["member_version"]
    sim.act("add_group_members", chat_id=chat_id, members=[mei], join_scene=3, state="poster7", quiet=True)
    plain = sim.post(GET, {"chat_id": chat_id})["group_chat"]
    named = sim.post(GET, {"chat_id": chat_id, "need_name": 1})["group_chat"]
    assert all("name" not in row for row in plain["member_list"])
    assert [row["name"] for row in named["member_list"]] == ["鲍勃", "梅"]
    assert "state" not in named["member_list"][0] and named["member_list"][1]["state"] == "poster7"
    assert named["member_list"][1]["join_scene"] == 3 and "invitor" not in named["member_list"][1]
    sim.act("update_group", chat_id=chat_id, name="新名", quiet=True)
    after = sim.post(GET, {"chat_id": chat_id})["group_chat"]
    assert after["member_version"] == plain["member_version"] != before


def test_detail_refusals(sim: Caller) -> None:
    chat_id = sim.act("create_group", owner="Anna.Li", quiet=True)["chat_id"]
    assert sim.post(GET, {})["errcode"] == 40063
    assert sim.post(GET, {"chat_id": "wr0"})["errcode"] == 40050
    assert sim.post(GET, {"chat_id": chat_id}, "assistant")["errcode"] == 60011
    sim.act("dismiss_group", chat_id=chat_id, quiet=True)
    assert sim.post(GET, {"chat_id": chat_id})["errcode"] == 49008


def test_detail_lags_behind_the_event(sim: Caller, customer: Make) -> None:
    sim.create(staff=[{"userid": "bob", "name": "鲍勃", "department": [1]}], habits={"group_lag_seconds": 30})
    chat_id = sim.act("create_group", owner="bob", name="旧名", quiet=True)["chat_id"]
    sim.act("update_group", chat_id=chat_id, name="新名", quiet=True)
    assert sim.post(GET, {"chat_id": chat_id})["group_chat"]["name"] == "旧名"
