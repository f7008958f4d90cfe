"""The address book as each credential sees it (core sheet D)."""

from tests.simulator.conftest import Caller


def test_departments_and_members_of_the_range_only(sim: Caller) -> None:
    assert [row["id"] for row in sim.get("department/list")["department"]] == [1, 2, 3]
    assert [row["id"] for row in sim.get("department/list", "assistant")["department"]] == [3]
    assert sim.get("department/get", "assistant", id=2)["errcode"] == 60011
    assert sim.get("department/get", id=99)["errcode"] == 60003
    assert [row["userid"] for row in sim.get("user/list", "assistant", department_id=3)["userlist"]] == ["bob", "carl"]
    assert sim.get("user/get", "assistant", userid="Anna.Li")["errcode"] == 60111


def test_simplelist_has_its_own_key_and_no_names(sim: Caller) -> None:
    answer = sim.get("department/simplelist", "contacts", id=1)
    assert answer["department_id"][1] == {"id": 2, "parentid": 1, "order": 2}


def test_a_member_is_found_in_any_case_and_shows_no_sensitive_field(sim: Caller) -> None:
    bob = sim.get("user/get", userid="BOB")
    assert bob["userid"] == "bob" and bob["department"] == [2, 3] and bob["direct_leader"] == ["Anna.Li"]
    assert not {"mobile", "avatar", "email", "biz_mail", "gender", "address", "qr_code"} & set(bob)
    seen = sim.get("user/get", "assistant", userid="bob")
    assert seen["department"] == [3] and seen["direct_leader"] == [] and seen["main_department"] == 3
    assert sim.get("user/get", userid="Anna.Li")["is_leader_in_dept"] == [1]
    assert sim.get("user/get", userid="bad id!")["errcode"] == 40003
    assert sim.get("user/get")["errcode"] == 41009
    assert sim.get("department/list")["department"][1]["department_leader"] == ["Anna.Li"]


def test_list_id_pages_one_row_per_membership(sim: Caller) -> None:
    rows, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        answer = sim.post("user/list_id", {"limit": 2, "cursor": cursor}, "contacts")
        rows += [(row["userid"], row["department"]) for row in answer["dept_user"]]
        cursor, pages = answer["next_cursor"], pages + 1
    assert pages == 2
    assert rows == [("Anna.Li", 2), ("bob", 2), ("bob", 3), ("carl", 3)]
    assert sim.post("user/list_id", {"limit": 10_001}, "contacts")["errcode"] == 40058
    assert sim.post("user/list_id", {"cursor": "zzz"}, "contacts")["errcode"] == 50100


def test_agent_get_is_for_the_own_agent(sim: Caller) -> None:
    assert sim.get("agent/get", agentid=1000002)["allow_partys"] == {"partyid": [1]}
    assert sim.get("agent/get", agentid=1000003)["errcode"] == 301002
    assert sim.get("agent/get", agentid="x")["errcode"] == 40056


def test_a_resigned_member_disappears(sim: Caller) -> None:
    sim.act("resign", userid="bob")
    assert sim.get("user/get", userid="bob")["errcode"] == 60111
    assert "bob" not in sim.get("externalcontact/get_follow_user_list")["follow_user"]
