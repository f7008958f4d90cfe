"""Corp tags and tagging (external-contact sheet 2)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.simulator.conftest import Caller

Make = Callable[..., str]
ADD, EDIT, DELETE, LIST, MARK = (
    f"externalcontact/{name}"
    for name in ("add_corp_tag", "edit_corp_tag", "del_corp_tag", "get_corp_tag_list", "mark_tag")
)


def test_adding_answers_an_object_and_reuses_the_group(sim: Caller) -> None:
    made = sim.post(
        ADD, {"group_name": "来源", "tag": [{"name": "展会"}, {"name": "展会"}, {"name": "门店", "order": 5}]}
    )
    group = made["tag_group"]
    assert [tag["name"] for tag in group["tag"]] == ["门店", "展会"]
    again = sim.post(ADD, {"group_name": "来源", "tag": [{"name": "短视频"}]})["tag_group"]
    assert again["group_id"] == group["group_id"] and [tag["name"] for tag in again["tag"]] == ["短视频"]
    assert sim.post(ADD, {"group_id": group["group_id"], "tag": [{"name": "展会"}]})["errcode"] == 40071
    assert sim.post(ADD, {"group_name": "x", "tag": [{"name": "长" * 31}]})["errcode"] == 40072
    assert sim.post(ADD, {"group_id": "et0", "tag": [{"name": "a"}]})["errcode"] == 40068


def test_the_last_tag_takes_its_group_along_and_stays_findable_by_id(sim: Caller) -> None:
    group = sim.post(ADD, {"group_name": "临时", "tag": [{"name": "一"}]})["tag_group"]
    tag_id = group["tag"][0]["id"]
    assert sim.post(DELETE, {"tag_id": [tag_id]})["errcode"] == 0
    assert sim.post(LIST, {})["tag_group"] == []
    found = sim.post(LIST, {"tag_id": [tag_id]})["tag_group"]
    assert found[0]["deleted"] is True and found[0]["tag"][0]["deleted"] is True


def test_group_id_beats_tag_id_and_only_id_queries_show_deleted(sim: Caller) -> None:
    one = sim.post(ADD, {"group_name": "甲", "tag": [{"name": "一"}]})["tag_group"]
    two = sim.post(ADD, {"group_name": "乙", "tag": [{"name": "二"}]})["tag_group"]
    both = sim.post(LIST, {"tag_id": [one["tag"][0]["id"]], "group_id": [two["group_id"]]})["tag_group"]
    assert [row["group_id"] for row in both] == [two["group_id"]]
    assert "deleted" in both[0]["tag"][0]
    everything = sim.post(LIST, {})["tag_group"]
    assert len(everything) == 2 and "deleted" not in everything[0] and "deleted" not in everything[0]["tag"][0]


def test_only_the_creating_app_edits_and_deletes(sim: Caller) -> None:
    group = sim.post(ADD, {"group_name": "甲", "tag": [{"name": "一"}, {"name": "二"}]})["tag_group"]
    tag_id = next(tag["id"] for tag in group["tag"] if tag["name"] == "一")
    assert sim.post(EDIT, {"id": tag_id, "name": "新"}, "assistant")["errcode"] == 81011
    assert sim.post(DELETE, {"group_id": [group["group_id"]]}, "assistant")["errcode"] == 81011
    assert sim.post(EDIT, {"id": tag_id, "name": "二"})["errcode"] == 40071
    assert sim.post(EDIT, {"id": group["group_id"], "name": "丙"})["errcode"] == 0
    assert sim.post(LIST, {}, "assistant")["tag_group"][0]["group_name"] == "丙"


def test_marking_touches_one_pair(sim: Caller, customer: Make) -> None:
    tag_id = sim.post(ADD, {"group_name": "甲", "tag": [{"name": "一"}]})["tag_group"]["tag"][0]["id"]
    mei = customer("bob")
    customer("Anna.Li", external_userid=mei)
    body = {"userid": "bob", "external_userid": mei, "add_tag": [tag_id]}
    assert sim.post(MARK, body)["errcode"] == 0
    rows = sim.get("externalcontact/get", external_userid=mei)["follow_user"]
    assert {row["userid"]: len(row["tags"]) for row in rows} == {"bob": 1, "Anna.Li": 0}
    assert sim.post(MARK, {**body, "add_tag": []})["errcode"] == 40063
    assert sim.post(MARK, {**body, "add_tag": ["et0"]})["errcode"] == 40068
    assert sim.post(MARK, {**body, "userid": "Anna.Li", "external_userid": customer("bob")})["errcode"] == 84061


def test_two_marks_at_once_on_a_pair_collide(sim: Caller, customer: Make) -> None:
    tag_id = sim.post(ADD, {"group_name": "甲", "tag": [{"name": "一"}]})["tag_group"]["tag"][0]["id"]
    body = {"userid": "bob", "external_userid": customer("bob"), "add_tag": [tag_id]}
    sim.control("PUT", "misfortunes", {"rules": [{"match": MARK, "kind": "latency", "seconds": 0.3}]})
    with ThreadPoolExecutor(2) as pool:
        codes = sorted(row["errcode"] for row in pool.map(lambda _: sim.post(MARK, body), range(2)))
    assert codes == [0, 45035]
    assert len(sim.ledger(MARK)) == 1
