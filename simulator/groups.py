"""Customer groups (pages 92120, 92122). Both are POST in spite of their names."""

import time

from simulator.edge import Call, Callers, Refusal, api
from simulator.paging import seal, unseal
from simulator.world import LEFT, Group, Json

MEMBERS_WITHOUT_FILTER = 1000


@api("POST", "externalcontact/groupchat/list", callers=Callers.CUSTOMER, empty=("group_chat_list",))
def list_groups(call: Call) -> Json:
    limit = call.number("limit")
    if limit is None:
        raise Refusal(40063, "limit is missing")
    if not 1 <= limit <= 1000:
        raise Refusal(40058, "limit should be 1 to 1000")
    status = call.number("status_filter", 0)
    if status not in (0, 1, 2, 3):
        raise Refusal(40058)
    owners = _owners(call)
    after = unseal("groupchat", call.text("cursor"))
    rows = sorted(
        (
            row
            for row in call.corp.groups.values()
            if not row.dismissed
            and not row.hidden
            and row.owner.lower() in owners
            and (not status or row.status == status)
        ),
        key=lambda row: (row.create_time, row.chat_id),
    )
    if after is not None:
        rows = [row for row in rows if [row.create_time, row.chat_id] > after]
    page = rows[:limit]
    more = seal("groupchat", [page[-1].create_time, page[-1].chat_id]) if len(rows) > limit else ""
    return {"group_chat_list": [{"chat_id": r.chat_id, "status": r.status} for r in page], "next_cursor": more}


@api("POST", "externalcontact/groupchat/get", callers=Callers.CUSTOMER)
def get_group(call: Call) -> Json:
    chat_id = call.text("chat_id", missing=40063)
    need_name = call.number("need_name", 0)
    group = call.corp.groups.get(chat_id)
    if group is None or group.hidden:
        raise Refusal(40050)
    if group.dismissed:
        raise Refusal(49008)
    owner = call.corp.staff.get(group.owner.lower())
    if owner is None or not call.range.sees(owner):
        raise Refusal(60011)
    kept = call.corp.stale_groups.get(chat_id)
    return {"group_chat": _detail(kept[1] if kept and kept[0] > time.time() else group, bool(need_name))}


def _owners(call: Call) -> set[str]:
    """Lower-case owners to list: a resigned one is found only by name in ``owner_filter``."""
    given = call.thing("owner_filter").get("userid_list")
    if given is None or given == []:
        members = [row for row in call.range.members(call.corp) if row.customer_contact]
        if len(members) > MEMBERS_WITHOUT_FILTER:
            raise Refusal(81017)
        return {row.userid.lower() for row in members}
    if not isinstance(given, list) or len(given) > 100 or not all(isinstance(item, str) for item in given):
        raise Refusal(40058)
    for userid in given:
        staff = call.corp.staff.get(userid.lower())
        if staff is None or not call.range.sees(staff):
            raise Refusal(60111)
        if staff.status != LEFT and not staff.customer_contact:
            raise Refusal(60111)
    return {userid.lower() for userid in given}


def _detail(group: Group, need_name: bool) -> Json:
    members: list[Json] = []
    for row in group.members:
        member: Json = {
            "userid": row.userid,
            "type": row.type,
            "join_time": row.join_time,
            "join_scene": row.join_scene,
            "group_nickname": row.group_nickname,
        }
        member |= {"invitor": {"userid": row.invitor}} if row.invitor else {}
        member |= {"name": row.name} if need_name else {}
        member |= {"state": row.state} if row.state else {}
        members.append(member)
    return {
        "chat_id": group.chat_id,
        "name": group.name,
        "owner": group.owner,
        "create_time": group.create_time,
        "notice": group.notice,
        "member_list": members,
        "admin_list": [{"userid": userid} for userid in group.admins],
        "member_version": group.version(),
    }
