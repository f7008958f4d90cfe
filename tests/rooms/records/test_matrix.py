"""Every kind, field and operator for every role: generated from what `/kinds` says, so that a new field is in it.

Own rows, a colleague's and another department's are there. A condition and its negation part what the role sees, the
explanation of each record agrees with the list, and a hidden field is unknown in every place where one is named.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from scrm.core import clock
from scrm.core.db import transaction
from scrm.customers.file.models import Customer
from scrm.identity.models import Role
from scrm.identity.queries import staff_by_userids
from scrm.marketing.broadcasts.models import BroadcastRecipient, BroadcastSlice
from scrm.shared.records import catalogue
from scrm.shared.records.language import CONDITIONS
from scrm.wecom.models import InboxRow
from tests.rooms.given import Given
from tests.rooms.house import Console, House
from tests.rooms.records.asking import Filter, ids, leaf, refusal

# Bob sells in group one; dora, his colleague, leads it; carl is of group two.
READERS = {
    "administrator": (Role.ADMINISTRATOR, None),
    "marketer": (Role.MARKETER, None),
    "bob": (Role.SALES, "bob"),
    "dora": (Role.SALES, "dora"),
}
_TODAY = clock.now().astimezone(clock.CHINA).date().isoformat()


@pytest.fixture(autouse=True)
def world(house: House, given: Given) -> None:
    given.company()
    red, blue = given.tag("红"), given.tag("蓝")
    mine = given.customer(
        "王一", of="bob", tag_ids=[red, blue], remark="王家老店", state="王府展会", remark_mobiles=["13800138000"]
    )
    both = given.customer("王二", of=["bob", "dora"], tag_ids=[red], days_ago=40)
    theirs = given.customer("张三", of="carl", tag_ids=[blue], add_way=2, remark="王牌")
    for person, member in ((both, "dora"), (given.customer("王四", of="carl"), "carl")):
        given.lost(person, member)
    given.lost(given.customer("李五", of="bob"), "bob", by_staff=False)
    given.group("王府群", owner="bob", members=[mine])
    given.group("江南群", owner="carl", members=[theirs])
    given.said("bob", mine, "你好")
    given.said("carl", theirs, "您好", seconds_ago=40 * 86_400)
    given.customer("王六", of="emil")
    given.left("emil")
    assert house.console(Role.ADMINISTRATOR).status("POST", "/handovers", {"userid": "carl"}).status_code == 201
    given.broadcast(house.console(Role.MARKETER), title="王府双十一")
    _sent(house, given.broadcast(house.console(Role.MARKETER), title="江南"), ["bob", "carl"])
    for member, state in (("bob", "done"), ("carl", "parked")):
        _received(house, member, state)


def _sent(house: House, broadcast: int, userids: list[str]) -> None:
    """A slice of each of these members, to all customers: as a worker leaves it."""
    with transaction(house.number) as session:
        known = staff_by_userids(session, userids)
        numbers = list(session.scalars(select(Customer.id).order_by(Customer.id)))
        for place, userid in enumerate(userids):
            part = BroadcastSlice(
                broadcast_id=broadcast,
                staff_id=known[userid].id,
                position=place,
                state="accepted",
                attempt=1,
                total=1,
                counts={},
                customer_ids=[numbers[place]],
                states=b"\1",
                found_again=False,
                reminders=[],
                cancel_asked=False,
                updated_at=clock.now(),
            )
            session.add(part)
            session.flush()
            session.add(BroadcastRecipient(customer_id=numbers[place], slice_id=part.id, place=0))


def _received(house: House, member: str, state: str) -> None:
    with transaction(house.number) as session:
        session.add(
            InboxRow(
                app="王app",
                digest=member.encode(),
                received_at=clock.now(),
                due_at=clock.now(),
                handled_at=clock.now(),
                state=state,
                event="王_event",
                change_type="王_type",
                known=state == "done",
                userid=member,
                external_userid="王wm",
                chat_id="王wr",
                event_at=clock.now(),
            )
        )


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest, house: House) -> Console:
    role, userid = READERS[request.param]
    return house.console(role, userid=userid)


def values(field: dict[str, Any], op: str, tags: list[str], broadcasts: list[int]) -> list[Any]:
    """What one asks a field of this type by this operator."""
    choices = [choice["value"] for choice in field["choices"] or []]
    match field["type"], op:
        case _, "empty" | "not_empty":
            return [None]
        case "choice", "is":
            return choices
        case "choice", _:
            return [choices[:1], choices]
        case "set", _:
            return [tags, tags[:1]]
        case "member", "is":
            return ["@me", "carl", "emil"]
        case "member", _:
            return [["bob", "dora"]]
        case "moment", "between":
            return [["2020-01-01", _TODAY], [_TODAY, _TODAY]]
        case "moment", "last_days" | "older_days":
            return [1, 30]
        case "moment", "preset":
            return ["last_7"]
        case "moment", _:
            return [_TODAY, "2020-01-01"]
        case "number", "between":
            return [[1, 2**40]]
        case "number", _:
            return [1]
        case "flag", _:
            return [True, False]
        case "phone", _:
            return ["8000", "13800138000"]
        case "through", _:
            return [*broadcasts, 2**40]
        case "words", _:
            return ["王", "王_event"]
    raise AssertionError(f"nothing to ask {field['key']} {op}: teach it here")


def leaves(field: dict[str, Any], tags: list[str], broadcasts: list[int]) -> Iterator[Filter]:
    for op in field["operators"]:
        for value in values(field, op, tags, broadcasts):
            yield leaf(field["key"], op, value)


def test_list_filter_and_explanation_agree_for_every_condition(house: House, reader: Console) -> None:
    admin = house.console(Role.ADMINISTRATOR)
    tags = [tag["tag_id"] for group in admin.get("/tags")["items"] for tag in group["tags"]]
    broadcasts = [row["id"] for row in admin.get("/broadcasts")["items"]]
    whole = {row["name"]: row["list"].removeprefix("/api/v1") for row in admin.get("/kinds")["items"]}
    for row in reader.get("/kinds")["items"]:
        kind, path = row["name"], row["list"].removeprefix("/api/v1")
        seen = ids(reader, path, limit=200)
        asked = [one for field in reader.get(f"/kinds/{kind}")["fields"] for one in leaves(field, tags, broadcasts)]
        found = {}
        parted = set()
        for place, one in enumerate(asked):
            found[place] = set(ids(reader, path, one, limit=200))
            assert found[place] <= set(seen)
            if (what := (one["field"], one["op"])) not in parted:
                parted.add(what)
                others = set(ids(reader, path, {"not": one}, limit=200))
                assert found[place] | others == set(seen) and not found[place] & others, (kind, one)
        for number in seen:
            held = list(_holds(reader, kind, number, asked))
            assert held == [number in found[place] for place in range(len(asked))], (kind, number)
        for number in set(ids(admin, whole[kind], limit=200)) - set(seen):
            told = reader.get(f"/kinds/{kind}/explain", id=number, filter=json.dumps(asked[0]))
            assert told == {"visible": False, "matches": False, "leaves": []}


def _holds(reader: Console, kind: str, number: int, asked: list[Filter]) -> Iterator[bool]:
    for begin in range(0, len(asked), CONDITIONS):
        part = json.dumps({"and": asked[begin : begin + CONDITIONS]})
        told = reader.get(f"/kinds/{kind}/explain", id=number, filter=part)
        assert told["matches"] == all(one["holds"] for one in told["leaves"])
        yield from (one["holds"] for one in told["leaves"])


def test_every_field_finds_some_and_not_all(house: House) -> None:
    """Else the matrix above would compare nothing with nothing."""
    admin = house.console(Role.ADMINISTRATOR)
    tags = [tag["tag_id"] for group in admin.get("/tags")["items"] for tag in group["tags"]]
    broadcasts = [row["id"] for row in admin.get("/broadcasts")["items"]]
    idle = set()
    for row in admin.get("/kinds")["items"]:
        path = row["list"].removeprefix("/api/v1")
        seen = set(ids(admin, path, limit=200))
        assert len(seen) > 1, path
        for field in admin.get(f"/kinds/{row['name']}")["fields"]:
            found = [set(ids(admin, path, one, limit=200)) for one in leaves(field, tags, broadcasts)]
            if found and not any(found):
                idle.add(f"{row['name']}.{field['key']}")
    assert idle == set()


def test_sorts_and_columns_hold_for_every_kind(reader: Console) -> None:
    for row in reader.get("/kinds")["items"]:
        path, kind = row["list"].removeprefix("/api/v1"), reader.get(f"/kinds/{row['name']}")
        seen = ids(reader, path, limit=200)
        assert seen == ids(reader, path, sort=kind["default_sort"], limit=200)
        for sort in kind["sorts"]:
            up, down = ids(reader, path, sort=sort, limit=200), ids(reader, path, sort=f"-{sort}", limit=200)
            assert up == down[::-1] and sorted(up) == sorted(seen), (path, sort)
        columns = [field["key"] for field in kind["fields"] if field["column"]]
        assert set(kind["default_columns"]) <= set(columns)
        items = reader.get(path, columns=",".join(columns), limit=200)["items"]
        assert all(list(item["cells"]) == columns for item in items)


def test_what_a_role_may_not_read_is_unknown_everywhere(house: House, reader: Console) -> None:
    shown = {row["name"] for row in reader.get("/kinds")["items"]}
    hidden = 0
    for name, known in catalogue.KINDS.items():
        path = known.kind.list.removeprefix("/api/v1")
        if name not in shown:
            assert reader.status("GET", path).status_code == 403
            assert reader.status("GET", f"/kinds/{name}").status_code == 404
            continue
        mine = {field["key"] for field in reader.get(f"/kinds/{name}")["fields"]}
        for key in known.parts.keys() - mine:
            hidden += 1
            asked = leaf(key, known.parts[key].field.operators[0], 1)
            for told in (
                refusal(reader, path, asked),
                refusal(reader, path, sort=key),
                refusal(reader, path, columns=key),
                refusal(reader, f"/kinds/{name}/explain", asked, id=1),
            ):
                assert told["code"] in {"field_unknown", "sort_unknown", "column_unknown"} and key not in told["known"]
    me = reader.get("/me")
    assert (hidden > 0) == (me["role"] in {"sales", "marketer"})
