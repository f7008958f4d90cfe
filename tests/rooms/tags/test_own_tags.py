"""Tags of the corp's own: made, worn, and left alone by whatever WeCom tells."""

from collections.abc import Callable
from typing import Any

import pytest

from scrm.contracts.callbacks import ContactAdded, ContactEdited, CorpTagsChanged
from scrm.contracts.directory import StaffMerged
from scrm.contracts.handovers import CustomersTransferred
from scrm.core import clock
from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.customers.file.actions import states
from scrm.customers.file.models import Customer, FieldLog, FollowRelation
from scrm.customers.tags.actions import deleted
from scrm.customers.tags.models import Tag, TagLink
from scrm.identity.models import Role, Staff
from scrm.wecom.port.contacts import ContactRow, Contacts, CorpTag, CorpTagGroup, Tags
from tests.rooms.given import Given, contact
from tests.rooms.house import Console, House
from tests.rooms.wecom import Wecom

Group = dict[str, Any]


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def admin(house: House) -> Console:
    return house.console(Role.ADMINISTRATOR)


def made(console: Console, *tags: str, name: str = "意向") -> Group:
    answer = console.status("POST", "/tags/groups", {"name": name, "tags": list(tags)})
    assert answer.status_code == 201, answer.text
    return group_of(answer.json(), name)


def group_of(answer: Any, name: str) -> Group:
    (found,) = [group for group in answer["items"] if group["name"] == name]
    own: Group = found
    return own


def ids(group: Group) -> dict[str, str]:
    return {tag["name"]: tag["tag_id"] for tag in group["tags"]}


def tagged(console: Console, customer: str, *add: str, remove: tuple[str, ...] = ()) -> list[str]:
    answer = console.status("POST", f"/customers/{customer}/tags", {"add": list(add), "remove": list(remove)})
    assert answer.status_code == 200, answer.text
    return [tag["name"] for tag in answer.json()["items"]]


def refused(console: Console, method: str, path: str, body: Any = None) -> tuple[int, str]:
    answer = console.status(method, path, body)
    problem = answer.json()
    assert problem["detail_zh"] and problem["detail_en"]
    return answer.status_code, problem["code"]


def worn(console: Console, customer: str) -> dict[str, list[str]]:
    shown: dict[str, list[str]] = {"own": [], "wecom": []}
    for tag in console.get(f"/customers/{customer}")["tags"]:
        shown[tag["source"]].append(tag["name"])
    return shown


def found(console: Console, tag_id: str) -> list[str]:
    return [row["external_userid"] for row in console.get("/customers", tag_id=tag_id)["items"]]


def number_of(house: House, external_userid: str) -> int:
    (customer,) = house.rows(Customer, Customer.external_userid == external_userid)
    found: int = customer.id
    return found


def test_groups_and_tags_are_made_renamed_ordered_and_deleted(house: House, given: Given, admin: Console) -> None:
    given.tag("VIP")
    group = made(admin, "高", "中", "中 ", "低")
    assert [tag["name"] for tag in group["tags"]] == ["高", "中", "低"] and group["source"] == "own"
    assert {tag["source"] for tag in group["tags"]} == {"own"}
    other = made(admin, name="行业")
    listed = admin.get("/tags")["items"]
    assert [(one["name"], one["source"]) for one in listed] == [("意向", "own"), ("行业", "own"), ("等级", "wecom")]
    by = ids(group)
    turned = admin.status("POST", f"/tags/groups/{group['group_id']}", {"order": [by["低"], by["高"], by["中"]]}).json()
    assert [tag["name"] for tag in group_of(turned, "意向")["tags"]] == ["低", "高", "中"]
    more = admin.status("POST", f"/tags/groups/{group['group_id']}/tags", {"name": "无"}).json()
    assert [tag["name"] for tag in group_of(more, "意向")["tags"]] == ["低", "高", "中", "无"]
    assert admin.status("POST", f"/tags/{by['中']}", {"name": "一般"}).status_code == 200
    ordered = admin.status("POST", "/tags/order", {"order": [other["group_id"], group["group_id"]]}).json()
    assert [one["name"] for one in ordered["items"]] == ["行业", "意向", "等级"]
    assert admin.status("DELETE", f"/tags/{by['低']}").status_code == 204
    renamed = admin.status("POST", f"/tags/groups/{group['group_id']}", {"name": "客户意向"}).json()
    assert [tag["name"] for tag in group_of(renamed, "客户意向")["tags"]] == ["高", "一般", "无"]
    assert admin.status("DELETE", f"/tags/groups/{group['group_id']}").status_code == 204
    assert [one["name"] for one in admin.get("/tags")["items"]] == ["行业", "等级"]
    verbs = [event.verb for event in house.rows(AuditEvent, AuditEvent.verb.startswith("tag"))]
    made_twice, changed = ["tag_group.created"] * 2, "tag_group.changed"
    ends = ["tag.removed", changed, "tag_group.removed"]
    assert verbs == [*made_twice, changed, "tag.created", "tag.changed", "tag_groups.ordered", *ends]


def test_a_tag_is_told_with_its_spelling(admin: Console) -> None:
    assert [tag["spelt"] for tag in made(admin, "高意向", "VIP")["tags"]] == ["gaoyixiang gyx", ""]


def test_a_name_that_was_deleted_may_be_given_again(admin: Console) -> None:
    first = made(admin, "高")
    admin.status("DELETE", f"/tags/{ids(first)['高']}")
    again = admin.status("POST", f"/tags/groups/{first['group_id']}/tags", {"name": "高"})
    assert again.status_code == 201
    admin.status("DELETE", f"/tags/groups/{first['group_id']}")
    assert made(admin, "高")["group_id"] != first["group_id"]


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/tags/groups", {"name": "　"}, (422, "tag_name_missing")),
        ("/tags/groups", {"name": "行" * 31}, (422, "validation_failed")),
        ("/tags/groups", {"name": "行业", "tags": ["​"]}, (422, "tag_name_missing")),
        ("/tags/groups", {"name": " 意向"}, (409, "tag_group_exists")),
        ("/tags/groups/{group}/tags", {"name": "ｖｉｐ"}, (409, "tag_exists")),
        ("/tags/groups/{group}", {"order": []}, (422, "order_unlike")),
        ("/tags/groups/{group}", {"order": ["{tag}", "{tag}"]}, (422, "order_unlike")),
        ("/tags/order", {"order": ["nobody"]}, (422, "order_unlike")),
        ("/tags/groups/nobody", {"name": "甲"}, (404, "tag_group_not_found")),
        ("/tags/nobody", {"name": "甲"}, (404, "tag_not_found")),
        ("/tags/{wecoms}", {"name": "甲"}, (422, "tag_is_wecoms")),
        ("/tags/groups/eg-等级", {"name": "甲"}, (422, "tag_is_wecoms")),
        ("/customers/{customer}/tags", {"add": ["{wecoms}"]}, (422, "tag_is_wecoms")),
        ("/customers/{customer}/tags", {"add": ["nobody"]}, (422, "tags_unknown")),
        ("/customers/{customer}/tags", {"add": ["{tag}"], "remove": ["{tag}"]}, (422, "tag_on_and_off")),
        ("/customers/nobody/tags", {"add": ["{tag}"]}, (404, "customer_not_found")),
    ],
    ids=str,
)
def test_bad_input_is_told_what_is_wrong_with_it(
    given: Given, admin: Console, path: str, body: dict[str, Any], said: tuple[int, str]
) -> None:
    group = made(admin, "VIP")
    known = {"group": group["group_id"], "tag": ids(group)["VIP"], "wecoms": given.tag("金牌")}
    known["customer"] = given.customer("王一", of="bob")
    filled = {
        key: [one.format(**known) for one in value] if isinstance(value, list) else value for key, value in body.items()
    }
    before = admin.get("/tags")
    assert refused(admin, "POST", path.format(**known), filled) == said
    assert admin.get("/tags") == before


def test_own_tags_have_an_end_of_their_number(admin: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    group = made(admin, "高")
    monkeypatch.setattr("scrm.customers.tags.actions.own.MOST", 1)
    path = f"/tags/groups/{group['group_id']}/tags"
    assert refused(admin, "POST", path, {"name": "中"}) == (422, "too_many_tags")


def test_a_customer_wears_a_tag_once_and_each_change_is_kept(house: House, given: Given, admin: Console) -> None:
    customer, wecoms = given.customer("王一", of="bob"), given.tag("金牌")
    given.follows(customer, "bob", tag_ids=[wecoms])
    by = ids(made(admin, "高", "低"))
    bob = house.console(Role.SALES, userid="bob")
    assert tagged(bob, customer, by["高"]) == tagged(bob, customer, by["高"], by["高"]) == ["高"]
    assert tagged(bob, customer, by["低"], remove=(by["高"],)) == ["低"]
    assert tagged(bob, customer, remove=(by["高"],)) == ["低"]
    shown = {tag["name"]: tag for tag in bob.get(f"/customers/{customer}")["tags"]}
    assert shown["金牌"]["given_by"] == ["鲍勃"] and shown["金牌"]["given_at"] is None
    assert shown["低"]["given_by"] == ["鲍勃"] and shown["低"]["given_at"]
    assert found(bob, by["低"]) == [customer] and found(bob, by["高"]) == []
    assert found(house.console(Role.SALES, userid="carl"), by["低"]) == []
    log = [(row.before, row.after, row.by) for row in house.rows(FieldLog, FieldLog.field == "own_tag_ids")]
    (high,), (low,) = (house.rows(Tag, Tag.tag_id == by[name]) for name in ("高", "低"))
    assert [entry[:2] for entry in log] == [([], [high.id]), ([high.id], [low.id])]
    assert {entry[2].partition(":")[0] for entry in log} == {"user"}
    facts = [event.facts for event in house.rows(AuditEvent, AuditEvent.verb == "customer.tagged")]
    assert facts == [{"added": 1, "removed": 0}, {"added": 1, "removed": 1}]


def test_a_company_wears_tags_of_the_corps_own(admin: Console) -> None:
    by = ids(made(admin, "高"))
    entered = admin.status("POST", "/customers", {"kind": "company", "name": "上海某某科技有限公司"}).json()
    assert tagged(admin, entered["id"], by["高"]) == ["高"]
    assert [row["id"] for row in admin.get("/customers", tag_id=by["高"])["items"]] == [entered["id"]]
    counts = {row["tag_id"]: row["customers"] for row in admin.get("/tags/wearers")["items"]}
    assert counts == {by["高"]: 1}


def callback(kind: Callable[..., Any], external_userid: str, **facts: Any) -> Any:
    at = clock.now().replace(microsecond=0)
    return kind(userid="bob", external_userid=external_userid, event_at=at, app="customer", **facts)


def edited(house: House, given: Given, wecom: Wecom, who: str) -> None:
    house.tell(callback(ContactEdited, who))
    wecom.answered(Contacts.get_contact, contact(who, "bob", remark="新备注", tag_ids=[]))


def deleted_by_both(house: House, given: Given, wecom: Wecom, who: str) -> None:
    given.lost(who, "bob", by_staff=False)
    given.lost(who, "bob", by_staff=True)


def deleted_and_added_again(house: House, given: Given, wecom: Wecom, who: str) -> None:
    given.lost(who, "bob")
    while wecom.asked(Contacts.get_contact):
        wecom.answered(Contacts.get_contact, contact(who))
    house.tell(callback(ContactAdded, who, state="", welcome_code=None, half=False, received_at=clock.now()))
    while wecom.asked(Contacts.get_contact):
        wecom.answered(Contacts.get_contact, contact(who, "bob"))


def synced(house: House, given: Given, wecom: Wecom, who: str) -> None:
    told = contact(who, "bob", tag_ids=[])
    with transaction(house.number) as session:
        rows = [ContactRow(info=told.info, follow=follow) for follow in told.follows]
        states.take_rows(session, rows, asked_at=clock.now(), run_id=1)


def found_gone_by_a_sync(house: House, given: Given, wecom: Wecom, who: str) -> None:
    with transaction(house.number) as session:
        states.take_nobody_follows(session, who, asked_at=clock.now())
    (bob,) = house.rows(Staff, Staff.userid == "bob")
    with transaction(house.number) as session:
        states.end_unseen(session, states.Listing(9, [bob.id], clock.now()), who, at=clock.now())


def list_of_tags_changed(house: House, given: Given, wecom: Wecom, who: str) -> None:
    house.tell(CorpTagsChanged(event_at=clock.now().replace(microsecond=0)))
    wecom.answered(Tags.list_tags, [])
    while deleted.QUEUE.drain_batch(house.number, deleted.QUEUE.lane):
        pass


def transferred(house: House, given: Given, wecom: Wecom, who: str) -> None:
    now = clock.now()
    house.tell(
        CustomersTransferred(
            handover_id=1, from_userid="bob", to_userid="carl", resigned=False, moved=[(who, now, now)]
        )
    )
    given.follows(who, "carl", tag_ids=[])


def members_merged(house: House, given: Given, wecom: Wecom, who: str) -> None:
    bob, carl = (house.rows(Staff, Staff.userid == userid)[0].id for userid in ("bob", "carl"))
    house.tell(StaffMerged(staff_id=carl, merged_id=bob))


@pytest.mark.parametrize(
    "happens",
    [
        edited,
        deleted_by_both,
        deleted_and_added_again,
        synced,
        found_gone_by_a_sync,
        list_of_tags_changed,
        transferred,
        members_merged,
    ],
    ids=lambda one: one.__name__,
)
def test_an_own_tag_survives_whatever_wecom_tells(
    house: House, given: Given, wecom: Wecom, admin: Console, happens: Callable[..., None]
) -> None:
    customer, wecoms = given.customer("王一", of="bob", days_ago=1), given.tag("金牌")
    given.follows(customer, "bob", tag_ids=[wecoms], days_ago=1)
    by = ids(made(admin, "高"))
    tagged(admin, customer, by["高"])
    assert worn(admin, customer) == {"own": ["高"], "wecom": ["金牌"]}
    happens(house, given, wecom, customer)
    assert worn(admin, customer)["own"] == ["高"]
    assert found(admin, by["高"]) == [customer]
    (row,) = house.rows(Customer, Customer.external_userid == customer)
    (high,) = house.rows(Tag, Tag.tag_id == by["高"])
    assert high.id in row.tag_ids and high.deleted_at is None


def test_wecom_cannot_name_a_tag_of_ours(house: House, given: Given, wecom: Wecom, admin: Console) -> None:
    """An answer with one of our ids neither gives nor changes nor ends the tag."""
    customer = given.customer("王一", of="bob", days_ago=1)
    group = made(admin, "高")
    given.follows(customer, "bob", tag_ids=[ids(group)["高"]])
    assert worn(admin, customer) == {"own": [], "wecom": []}
    house.tell(CorpTagsChanged(event_at=clock.now().replace(microsecond=0)))
    told = [given_group(group["group_id"], "改名", ids(group)["高"]), given_group("eg-x", "别组", ids(group)["高"])]
    while wecom.asked(Tags.list_tags):
        wecom.answered(Tags.list_tags, told)
    assert group_of(admin.get("/tags"), "意向") == group


def given_group(group_id: str, name: str, tag_id: str) -> Any:
    return CorpTagGroup(group_id=group_id, name=name, order=9, tags=[CorpTag(tag_id=tag_id, name="改名", order=9)])


def test_a_deleted_tag_leaves_everybody(house: House, given: Given, admin: Console) -> None:
    customers = [given.customer(f"客户{number}", of="bob") for number in range(3)]
    group = made(admin, "高", "低")
    by = ids(group)
    for customer in customers:
        tagged(admin, customer, by["高"], by["低"])
    counts = {row["tag_id"]: row["customers"] for row in admin.get("/tags/wearers")["items"]}
    assert counts == {by["高"]: 3, by["低"]: 3}
    assert admin.status("DELETE", f"/tags/{by['高']}").status_code == 204
    assert worn(admin, customers[0])["own"] == ["低"] and found(admin, by["高"]) == []
    assert refused(admin, "POST", f"/customers/{customers[0]}/tags", {"add": [by["高"]]}) == (422, "tags_unknown")
    assert tagged(admin, customers[0], remove=(by["高"],)) == ["低"]
    house.deliver()
    (low,) = house.rows(Tag, Tag.tag_id == by["低"])
    assert [row.tag_ids for row in house.rows(Customer)] == [[low.id]] * 3
    with transaction(house.number) as session:
        assert {link.tag_id for link in session.query(TagLink)} == {low.id}


def test_who_follows_no_longer_neither_sees_nor_changes_own_tags(house: House, given: Given, admin: Console) -> None:
    customer = given.customer("王一", of="bob", days_ago=1)
    by = ids(made(admin, "高"))
    tagged(admin, customer, by["高"])
    given.lost(customer, "bob", by_staff=False)
    given.follows(customer, "carl")
    bob = house.console(Role.SALES, userid="bob")
    assert worn(bob, customer)["own"] == [] and found(bob, by["高"]) == []
    assert {row["tag_id"] for row in bob.get("/tags/wearers")["items"]} == set()
    assert refused(bob, "POST", f"/customers/{customer}/tags", {"add": [by["高"]]}) == (403, "customer_read_only")
    assert worn(house.console(Role.SALES, userid="carl"), customer)["own"] == ["高"]


def test_counts_are_what_the_list_finds(house: House, given: Given, admin: Console) -> None:
    gold, by = given.tag("金牌"), ids(made(admin, "高", "低"))
    both = given.customer("两人的", of=["bob", "carl"], tag_ids=[gold])
    lost = given.customer("失去的", of="bob", days_ago=1, tag_ids=[gold])
    given.customer("卡尔的", of="carl", tag_ids=[gold])
    tagged(admin, both, by["高"])
    given.lost(lost, "bob")
    bob = house.console(Role.SALES, userid="bob")
    for console in (admin, bob, house.console(Role.SALES, userid="carl"), house.console(Role.SALES, userid="dora")):
        counts = {row["tag_id"]: row["customers"] for row in console.get("/tags/wearers")["items"]}
        for tag in (gold, by["高"], by["低"]):
            assert counts.get(tag, 0) == len(found(console, tag))


def test_only_who_may_makes_tags_and_gives_them(house: House, given: Given, admin: Console) -> None:
    customer, by = given.customer("王一", of="bob"), ids(made(admin, "高"))
    may = {
        Role.ADMINISTRATOR: (201, 200),
        Role.MARKETER: (201, 200),
        Role.SALES: (403, 200),
        Role.COMPLIANCE: (403, 403),
    }
    for role, (makes, gives) in may.items():
        console = house.console(role, userid="bob" if role is Role.SALES else None)
        assert console.status("POST", "/tags/groups", {"name": f"组{role.value}"}).status_code == makes
        assert console.status("POST", f"/customers/{customer}/tags", {"add": [by["高"]]}).status_code == gives


def test_another_corp_knows_nothing_of_them(house: House, neighbour: House, given: Given, admin: Console) -> None:
    customer, group = given.customer("王一", of="bob"), made(admin, "高")
    stranger = neighbour.console(Role.ADMINISTRATOR)
    assert stranger.get("/tags")["items"] == [] and stranger.get("/tags/wearers")["items"] == []
    for method, path in (
        ("POST", f"/tags/{ids(group)['高']}"),
        ("POST", f"/tags/groups/{group['group_id']}"),
        ("DELETE", f"/tags/{ids(group)['高']}"),
        ("DELETE", f"/tags/groups/{group['group_id']}"),
    ):
        assert refused(stranger, method, path, {"name": "甲"} if method == "POST" else None)[0] == 404
    number = number_of(house, customer)
    assert refused(stranger, "POST", f"/customers/{number}/tags", {})[0] == 404
    assert house.rows(FollowRelation)[0].tag_ids == []
