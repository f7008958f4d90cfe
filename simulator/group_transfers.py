"""Handing customer groups over (pages 92127 resigned, 95703 employed): at once, and only failures are named."""

from collections import defaultdict
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from simulator import group_history
from simulator.edge import Call, Callers, Refusal, api
from simulator.takeovers import WINDOW_DAYS, WINDOW_TRANSFERS, YEAR
from simulator.transfers import successor
from simulator.world import FURTHER, LEFT, Corp, Further, Group, GroupMember, Json, Staff

PER_CALL = 100
PER_DAY = 300  # groups of one person to new owners
FULL_MEMBERS, FULL_WECHAT = 500, 99
INHERITED = 3

_CHINA = 8 * 3600

Moves: TypeAlias = dict[tuple[str, str], list[float]]


@dataclass(slots=True)
class GroupMove(Further):
    """A group that went to a new owner; it counts for the group and for whom it was taken from."""

    KIND: ClassVar[str] = "group_move"
    number: int
    chat_id: str
    owner: str
    resigned: bool
    at: float

    @property
    def row_key(self) -> int:
        return self.number


FURTHER[GroupMove.KIND] = GroupMove


@api("POST", "externalcontact/groupchat/transfer", callers=Callers.CUSTOMER, empty=("failed_chat_list",))
def transfer_resigned_groups(call: Call) -> Json:
    return _transfer(call, resigned=True)


@api("POST", "externalcontact/groupchat/onjob_transfer", callers=Callers.CUSTOMER, empty=("failed_chat_list",))
def transfer_groups(call: Call) -> Json:
    return _transfer(call, resigned=False)


def _transfer(call: Call, *, resigned: bool) -> Json:
    chats = call.texts("chat_id_list", at_most=PER_CALL)
    if not chats:
        raise Refusal(40063)
    owner = successor(call, "new_owner")
    failed: list[Json] = []
    for chat_id in dict.fromkeys(chats):
        code, text = _code(call, chat_id, owner, resigned=resigned)
        if code:
            failed.append({"chat_id": chat_id, "errcode": code, "errmsg": text})
        else:
            _move(call, call.corp.groups[chat_id], owner, resigned=resigned)
            call.facts.setdefault("accepted", []).append(chat_id)
    return {"failed_chat_list": failed}


def _code(call: Call, chat_id: str, owner: Staff, *, resigned: bool) -> tuple[int, str]:
    group = call.corp.groups.get(chat_id)
    old = call.corp.staff.get(group.owner.lower()) if group is not None else None
    if group is None or group.dismissed or group.hidden or old is None or not call.range.sees(old):
        return 90501, "chat is not external group chat"
    if old.row_key == owner.row_key:
        return 90504, "group owner is unchanged"
    if group.status == 2:
        return 90507, "group transfer in progress"
    if resigned and old.status != LEFT:
        return (90508, "was already inherited") if group.status == INHERITED else (90500, "owner is not resigned")
    if not resigned and old.status == LEFT:
        return 90502, "owner is resigned"
    if old.dormant or (resigned and old.left_at <= call.corp.now() - YEAR):
        return 90510, "no active users for a year"
    wechat = sum(1 for member in group.members if member.type == 2)
    if len(group.members) >= FULL_MEMBERS and wechat >= FULL_WECHAT:
        return 90503, "the group is full and needs confirmation"
    moved = moves(call.corp)
    if not resigned and len(_recent(call, moved["group", chat_id], WINDOW_DAYS * 86_400)) >= WINDOW_TRANSFERS:
        return 40128, "transferred too often"
    today = (call.corp.now() + _CHINA) // 86_400
    if sum(1 for at in moved["owner", old.row_key] if (at + _CHINA) // 86_400 == today) >= PER_DAY:
        return 45009, "too many groups of this owner today"
    return 0, ""


def _move(call: Call, group: Group, owner: Staff, *, resigned: bool) -> None:
    at, moved = call.corp.now(), moves(call.corp)
    number = len(call.corp.further.get(GroupMove.KIND, ())) + 1
    made = GroupMove(number, group.chat_id, group.owner.lower(), resigned, at)
    call.corp.put(made)
    _count(moved, made)
    call.corp.before_group_change(group)
    if owner.userid not in [member.userid for member in group.members]:
        group.members.append(GroupMember(owner.userid, 1, int(at), 1, group.owner, name=owner.name))
        group_history.note_join(call.corp, group, group.members[-1], int(at))
    group_history.note_value(call.corp, group, "owner_changed", int(at), before=group.owner, after=owner.userid)
    group.owner, group.status = owner.userid, INHERITED if resigned else 0
    call.corp.put(group)


def moves(corp: Corp) -> Moves:
    """When groups went: by group, of those of employed owners, and by the owner they were taken from."""
    if "moved_groups" not in corp.room:
        counted: Moves = defaultdict(list)
        for row in corp.further.get(GroupMove.KIND, {}).values():
            _count(counted, row)
        corp.room["moved_groups"] = counted
    found: Moves = corp.room["moved_groups"]
    return found


def _count(moved: Moves, row: GroupMove) -> None:
    if not row.resigned:
        moved["group", row.chat_id].append(row.at)
    moved["owner", row.owner].append(row.at)


def _recent(call: Call, times: list[float], seconds: float) -> list[float]:
    return [at for at in times if at > call.corp.now() - seconds]
