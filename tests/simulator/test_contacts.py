"""Customers, relations and remarks (external-contact sheet 1)."""

from collections.abc import Callable

from tests.simulator.conftest import Caller

Make = Callable[..., str]


def test_a_member_without_customers_is_84061_with_an_empty_list(sim: Caller) -> None:
    answer = sim.get("externalcontact/list", userid="bob")
    assert answer["errcode"] == 84061 and answer["external_userid"] == []


def test_only_members_with_customer_contact_count(sim: Caller) -> None:
    assert sim.get("externalcontact/get_follow_user_list")["follow_user"] == ["Anna.Li", "bob"]
    assert sim.get("externalcontact/list", userid="carl")["errcode"] == 60111
    assert sim.get("externalcontact/list", userid="nobody")["errcode"] == 60111
    assert sim.get("externalcontact/list")["errcode"] == 41009


def test_get_hides_followers_outside_the_range(sim: Caller, customer: Make) -> None:
    mei = customer("Anna.Li", name="梅")
    assert sim.get("externalcontact/get", "assistant", external_userid=mei)["errcode"] == 40096
    customer("bob", external_userid=mei)
    assert [row["userid"] for row in sim.get("externalcontact/get", external_userid=mei)["follow_user"]] == [
        "Anna.Li",
        "bob",
    ]
    seen = sim.get("externalcontact/get", "assistant", external_userid=mei)
    assert [row["userid"] for row in seen["follow_user"]] == ["bob"]
    assert "next_cursor" not in seen


def test_get_refuses_ids_that_are_no_customers(sim: Caller, customer: Make) -> None:
    assert sim.get("externalcontact/get")["errcode"] == 41035
    assert sim.get("externalcontact/get", external_userid="bob")["errcode"] == 40096
    half = customer("bob", half=True)
    assert sim.get("externalcontact/get", external_userid=half)["errcode"] == 84061
    assert sim.get("externalcontact/list", userid="bob")["errcode"] == 84061


def test_the_relation_survives_the_customer_but_not_the_member(sim: Caller, customer: Make) -> None:
    left, dropped = customer("bob"), customer("bob")
    sim.act("customer_deletes", userid="bob", external_userid=left)
    sim.act("delete_contact", userid="bob", external_userid=dropped)
    assert sim.get("externalcontact/get", external_userid=left)["errcode"] == 0
    assert sim.get("externalcontact/get", external_userid=dropped)["errcode"] == 84061
    assert sim.get("externalcontact/list", userid="bob")["external_userid"] == [left]


def test_five_hundred_followers_fill_a_page(sim: Caller) -> None:
    staff = [{"userid": f"s{number:03d}", "name": "员工", "department": [1]} for number in range(501)]
    sim.create(staff=staff)
    first = sim.act("add_contact", userid="s000", quiet=True)["external_userid"]
    for row in staff[1:]:
        sim.act("add_contact", userid=row["userid"], external_userid=first, quiet=True)
    page = sim.get("externalcontact/get", external_userid=first)
    assert len(page["follow_user"]) == 500 and page["next_cursor"]
    rest = sim.get("externalcontact/get", external_userid=first, cursor=page["next_cursor"])
    assert len(rest["follow_user"]) == 1 and rest["next_cursor"] == ""
    assert rest["external_contact"] == page["external_contact"]


def test_fields_follow_the_type_of_customer(sim: Caller, customer: Make) -> None:
    wechat, wecom = customer("bob", state="expo"), customer("bob", type=2, corp_name="云杉装饰")
    person = sim.get("externalcontact/get", external_userid=wechat)
    assert "corp_name" not in person["external_contact"] and person["external_contact"]["type"] == 1
    assert person["follow_user"][0]["state"] == "expo" and person["follow_user"][0]["add_way"] == 16
    assert {"createtime", "remark_mobiles", "remark_corp_name", "description"} <= set(person["follow_user"][0])
    partner = sim.get("externalcontact/get", external_userid=wecom)
    assert partner["external_contact"]["corp_name"] == "云杉装饰" and wecom.startswith("wo")
    assert "state" not in partner["follow_user"][0] and "remark_corp_name" not in partner["follow_user"][0]


def test_batch_has_a_row_per_pair_and_clamps_the_limit(sim: Caller, customer: Make) -> None:
    made = [customer("bob") for _ in range(102)]
    customer("Anna.Li", external_userid=made[0])
    page = sim.post("externalcontact/batch/get_by_user", {"userid_list": ["BOB", "Anna.Li"], "limit": 1000})
    assert len(page["external_contact_list"]) == 100 and page["next_cursor"]
    body = {"userid_list": ["BOB", "Anna.Li"], "limit": 100, "cursor": page["next_cursor"]}
    rest = sim.post("externalcontact/batch/get_by_user", body)
    assert len(rest["external_contact_list"]) == 3 and rest["next_cursor"] == ""
    rows = page["external_contact_list"] + rest["external_contact_list"]
    pairs = {(row["follow_info"]["userid"], row["external_contact"]["external_userid"]) for row in rows}
    assert len(pairs) == 103
    assert len(sim.post("externalcontact/batch/get_by_user", {"userid_list": ["bob"]})["external_contact_list"]) == 50


def test_batch_refuses_bad_lists(sim: Caller) -> None:
    batch = "externalcontact/batch/get_by_user"
    assert sim.post(batch, {"userid_list": []})["errcode"] == 40063
    assert sim.post(batch, {"userid_list": ["a"] * 101})["errcode"] == 40058
    long = sim.post(batch, {"userid_list": ["a" * 65]})
    assert long["errcode"] == 40058 and "exceed max length 64" in long["errmsg"]
    assert sim.post(batch, {"userid_list": ["bob"], "cursor": "x"})["errcode"] == 50100


def test_batch_tags_are_ids_without_personal_ones(sim: Caller, customer: Make) -> None:
    group = sim.act("add_tag_group", name="等级", tags=["A", "B"], quiet=True)
    mei = customer("bob")
    sim.act("edit_contact", userid="bob", external_userid=mei, add_tags=["A"], personal_tags=["话多"], quiet=True)
    tag_id = group["tags"][0]["id"]
    batch = sim.post("externalcontact/batch/get_by_user", {"userid_list": ["bob"]})
    assert batch["external_contact_list"][0]["follow_info"]["tag_id"] == [tag_id]
    assert sim.get("externalcontact/get", external_userid=mei)["follow_user"][0]["tags"] == [
        {"group_name": "等级", "tag_name": "A", "tag_id": tag_id, "type": 1},
        {"group_name": "", "tag_name": "话多", "type": 2},
    ]


def test_remark_changes_what_is_given_and_nothing_else(sim: Caller, customer: Make) -> None:
    pair = {"userid": "bob", "external_userid": customer("bob")}
    body = {**pair, "remark": "梅女士", "remark_company": "云杉", "remark_mobiles": ["13800000001"]}
    assert sim.post("externalcontact/remark", body)["errcode"] == 0
    sim.post("externalcontact/remark", {**pair, "description": "浦东"})
    row = sim.get("externalcontact/get", external_userid=pair["external_userid"])["follow_user"][0]
    assert (row["remark"], row["remark_corp_name"], row["remark_mobiles"]) == ("梅女士", "云杉", ["13800000001"])
    assert row["description"] == "浦东"
    sim.post("externalcontact/remark", {**pair, "remark_mobiles": [""]})
    row = sim.get("externalcontact/get", external_userid=pair["external_userid"])["follow_user"][0]
    assert row["remark_mobiles"] == [] and row["remark"] == "梅女士"


def test_remark_refuses_what_the_page_refuses(sim: Caller, customer: Make) -> None:
    pair = {"userid": "bob", "external_userid": customer("bob")}
    assert sim.post("externalcontact/remark", pair)["errcode"] == 40063
    assert sim.post("externalcontact/remark", {**pair, "remark": "长" * 21})["errcode"] == 40058
    assert sim.post("externalcontact/remark", {**pair, "remark_pic_mediaid": "x"})["errcode"] == 40007
    assert sim.post("externalcontact/remark", {**pair, "userid": "Anna.Li", "remark": "x"})["errcode"] == 84061
