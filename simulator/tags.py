"""Corp tags (page 92117) and tagging a relation (page 92118)."""

import time

from simulator.contacts import related
from simulator.edge import Call, Callers, Refusal, api
from simulator.world import Corp, Json, Tag, TagGroup

CORP_TAGS = 10_000
TAGS_PER_RELATION = 3_000
NAME_LENGTH = 30


@api("POST", "externalcontact/get_corp_tag_list", callers=Callers.CUSTOMER, empty=("tag_group",))
def list_tags(call: Call) -> Json:
    group_ids = call.texts("group_id", at_most=1000, code=41111)
    tag_ids = set() if group_ids else set(call.texts("tag_id", at_most=1000, code=41111))
    groups = sorted(call.corp.tag_groups.values(), key=lambda row: (-row.order, row.create_time, row.id))
    if group_ids:
        picked = [_group(row, row.tags, deleted="tag") for row in groups if row.id in group_ids]
    elif tag_ids:
        picked = [
            _group(row, [tag for tag in row.tags if tag.id in tag_ids], deleted="both")
            for row in groups
            if any(tag.id in tag_ids for tag in row.tags)
        ]
    else:
        picked = [_group(row, row.living(), deleted="") for row in groups if not row.deleted]
    return {"tag_group": picked}


@api("POST", "externalcontact/add_corp_tag", callers=Callers.CUSTOMER)
def add_tags(call: Call) -> Json:
    wanted = _wanted_tags(call)
    group_id, now = call.text("group_id"), int(time.time())
    if group_id:
        group = _living_group(call.corp, group_id)
    else:
        name = _name(call.text("group_name"))
        known = [row for row in call.corp.tag_groups.values() if not row.deleted and row.name == name]
        group = (known or [TagGroup(call.corp.new_id("et"), name, now, _order(call.number("order")), False)])[0]
        if not known:
            group.owner = call.app.key
    if any(tag.name in wanted for tag in group.living()):
        raise Refusal(40071)
    total = sum(len(row.living()) for row in call.corp.tag_groups.values() if not row.deleted)
    if total + len(wanted) > CORP_TAGS:
        raise Refusal(40126)
    made = [Tag(call.corp.new_id("et"), name, now, order, owner=call.app.key) for name, order in wanted.items()]
    group.tags += made
    call.corp.put(group)
    return {"tag_group": _group(group, made, deleted="")}


@api("POST", "externalcontact/edit_corp_tag", callers=Callers.CUSTOMER)
def edit_tag(call: Call) -> Json:
    id_ = call.text("id", missing=40063)
    found = call.corp.find_tag(id_)
    group = found[0] if found else _living_group(call.corp, id_)
    target: Tag | TagGroup = found[1] if found else group
    if target.owner != call.app.key:
        raise Refusal(81011)
    if call.has("name"):
        name = _name(call.text("name"))
        siblings: list[Tag] | list[TagGroup] = (
            group.living() if found else [row for row in call.corp.tag_groups.values() if not row.deleted]
        )
        if any(row.name == name and row.id != id_ for row in siblings):
            raise Refusal(40071)
        target.name = name
    if call.has("order"):
        target.order = _order(call.number("order"))
    call.corp.put(group)
    return {}


@api("POST", "externalcontact/del_corp_tag", callers=Callers.CUSTOMER)
def delete_tags(call: Call) -> Json:
    tag_ids, group_ids = call.texts("tag_id"), call.texts("group_id")
    if not 1 <= len(tag_ids) + len(group_ids) <= 1000:
        raise Refusal(41111)
    groups = [_living_group(call.corp, id_) for id_ in group_ids]
    found = [call.corp.find_tag(id_) for id_ in tag_ids]
    if None in found:
        raise Refusal(40068)
    tags = [pair[1] for pair in found if pair]
    if {row.owner for row in groups} | {row.owner for row in tags} != {call.app.key}:
        raise Refusal(81011)
    remove_tags(call.corp, {tag.id for tag in tags} | {tag.id for group in groups for tag in group.living()})
    return {}


@api("POST", "externalcontact/mark_tag", callers=Callers.CUSTOMER, misuse=40003, locked=False)
def mark_tag(call: Call) -> Json:
    """Tag one relation. Two calls at once on one pair: the later one gets 45035."""
    with call.corp.lock:
        row = related(call)
        add, remove = call.texts("add_tag"), call.texts("remove_tag")
        if not add and not remove:
            raise Refusal(40063)
        if any(call.corp.find_tag(id_) is None for id_ in [*add, *remove]):
            raise Refusal(40068)
        busy: set[tuple[str, str]] = call.corp.room.setdefault("marking", set())
        pair = row.row_key
        if pair in busy:
            raise Refusal(45035)
        busy.add(pair)
    try:
        if call.linger:
            time.sleep(call.linger)
        with call.corp.lock:
            now = call.corp.relation(*pair)
            if now is None:
                raise Refusal(84061)
            kept = [id_ for id_ in now.tags if id_ not in remove]
            tags = kept + [id_ for id_ in dict.fromkeys(add) if id_ not in kept]
            if len(tags) > TAGS_PER_RELATION:
                raise Refusal(40144)
            now.tags = tags
            call.corp.put(now)
    finally:
        with call.corp.lock:
            busy.discard(pair)
    return {}


def remove_tags(corp: Corp, ids: set[str]) -> list[str]:
    """Delete tags everywhere; a group that lost its last tag goes too. Returns the ids of such groups."""
    emptied = []
    for group in corp.tag_groups.values():
        hit = [tag for tag in group.tags if tag.id in ids and not tag.deleted]
        for tag in hit:
            tag.deleted = True
        if hit:
            if not group.living():
                group.deleted = True
                emptied.append(group.id)
            corp.put(group)
    for row in corp.follows.values() if not corp.habits.deleted_tags_stay else ():
        if not ids.isdisjoint(row.tags):
            row.tags = [id_ for id_ in row.tags if id_ not in ids]
            corp.put(row)
    return emptied


def _living_group(corp: Corp, group_id: str) -> TagGroup:
    group = corp.tag_groups.get(group_id)
    if group is None or group.deleted:
        raise Refusal(40068)
    return group


def _wanted_tags(call: Call) -> dict[str, int]:
    """Name to order; a name twice in one call is one tag."""
    rows = call.body.get("tag")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Refusal(41111)
    if len(rows) > 1000:
        raise Refusal(41111)
    wanted: dict[str, int] = {}
    for row in rows:
        wanted.setdefault(_name(row.get("name")), _order(row.get("order")))
    return wanted


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > NAME_LENGTH:
        raise Refusal(40072)
    return value


def _order(value: object) -> int:
    if value is None:
        return 0
    if not isinstance(value, int) or not 0 <= value < 2**32:
        raise Refusal(40058, "order should be in [0, 2^32)")
    return value


def _group(group: TagGroup, tags: list[Tag], *, deleted: str) -> Json:
    """``deleted`` says on which levels the flag is shown: it is only when ids were asked for."""
    rows: list[Json] = []
    for tag in sorted(tags, key=lambda row: (-row.order, row.create_time, row.id)):
        row: Json = {"id": tag.id, "name": tag.name, "create_time": tag.create_time, "order": tag.order}
        rows.append({**row, "deleted": tag.deleted} if deleted else row)
    answer: Json = {
        "group_id": group.id,
        "group_name": group.name,
        "create_time": group.create_time,
        "order": group.order,
        "tag": rows,
    }
    return {**answer, "deleted": group.deleted} if deleted == "both" else answer
