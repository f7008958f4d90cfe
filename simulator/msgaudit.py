"""The REST side of the archive (pages 91614, 91782, 92951): who is archived, who agreed, internal groups."""

from simulator import archive
from simulator.archive import Archive
from simulator.edge import Call, Callers, Refusal, api
from simulator.world import Json

_PAIRS = 100


@api("POST", "msgaudit/get_permit_user_list", callers=Callers.ARCHIVE, empty=("ids",))
def list_permitted(call: Call) -> Json:
    """Members whose chats are archived; ``type`` 1 to 3 asks for one edition."""
    _archive(call)
    edition = call.number("type")
    if edition is not None and edition not in (1, 2, 3):
        raise Refusal(40058)
    members = [row.userid for row in call.corp.staff.values() if call.corp.member(row.userid)]
    return {"ids": members if edition in (None, 2) else []}


@api("POST", "msgaudit/check_single_agree", callers=Callers.ARCHIVE, empty=("agreeinfo",))
def check_single(call: Call) -> Json:
    """Consent per pair; the field is really spelled ``exteranalopenid``."""
    store = _archive(call)
    pairs = call.body.get("info")
    if not isinstance(pairs, list) or not pairs or not all(isinstance(pair, dict) for pair in pairs):
        raise Refusal(40058)
    if len(pairs) > _PAIRS:
        raise Refusal(301060)
    rows = []
    for pair in pairs:
        userid, external = str(pair.get("userid", "")), str(pair.get("exteranalopenid", ""))
        follow = call.corp.relation(userid, external)
        if follow is None:
            raise Refusal(301061)
        refused = (follow.userid.lower(), external) in store.refused
        rows.append(
            {
                "status_change_time": follow.createtime,
                "userid": follow.userid,
                "exteranalopenid": external,
                "agree_status": "Disagree" if refused else "Agree",
            }
        )
    return {"agreeinfo": rows}


@api("POST", "msgaudit/check_room_agree", callers=Callers.ARCHIVE, empty=("agreeinfo",))
def check_room(call: Call) -> Json:
    """Consent of a group's external members."""
    _archive(call)
    group = call.corp.groups.get(call.text("roomid", missing=40058))
    if group is None:
        raise Refusal(301061)
    return {
        "agreeinfo": [
            {"status_change_time": row.join_time, "exteranalopenid": row.userid, "agree_status": "Agree"}
            for row in group.members
            if row.type == 2
        ]
    }


@api("POST", "msgaudit/groupchat/get", callers=Callers.ARCHIVE, empty=("members",))
def get_room(call: Call) -> Json:
    """An internal group; a customer group is 301059."""
    _archive(call)
    roomid = call.text("roomid", missing=40058)
    room = call.corp.room.get("internal_rooms", {}).get(roomid)
    if room is None:
        raise Refusal(301059)
    return {
        "roomname": room["name"],
        "creator": room["creator"],
        "room_create_time": room["created"],
        "notice": "",
        "members": [{"memberid": userid, "jointime": room["created"]} for userid in room["members"]],
    }


def _archive(call: Call) -> Archive:
    store = archive.of(call.corp)
    if store is None:
        raise Refusal(301053)
    return store
