"""Mass messages (pages 92135, 93338, 97610, 97611): a task per member, nothing delivered before the member confirms."""

import calendar
import datetime as dt
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from simulator.edge import Call, Callers, Refusal, api
from simulator.group_message import (
    DELIVERED,
    NOT_A_FRIEND,
    OVER_QUOTA,
    SENT,
    UNSENT,
    GroupMessage,
    GroupTask,
)
from simulator.paging import seal, unseal
from simulator.welcome import check_content
from simulator.world import Corp, Follow, Json, Staff

CUSTOMERS = 10_000  # of one call (page 92135)
TAGS = 100  # of one entry of a tag filter
REMINDERS, REMINDER_SECONDS = 3, 86_400  # of one message
MONTH_SECONDS = 31 * 86_400
_CHINA = ZoneInfo("Asia/Shanghai")


@api("POST", "externalcontact/add_msg_template", callers=Callers.CUSTOMER, empty=("fail_list",))
def add_msg_template(call: Call) -> Json:
    """Make a message and a task per sender; errcode 0 beside a fail list is normal."""
    if call.text("chat_type") not in ("", "single"):
        raise Refusal(86214, "invalid chat_type: customer groups are not simulated")
    sender = call.text("sender")
    wanted = list(dict.fromkeys(call.texts("external_userid", at_most=CUSTOMERS)))
    groups = _tag_groups(call)
    if not sender and not wanted and not groups:
        raise Refusal(40063)
    text, attachments = call.thing("text").get("content", ""), call.body.get("attachments") or []
    check_content(call, text, attachments)
    staff = call.contact_staff(sender) if sender else None
    rows, failed = _recipients(call, staff, wanted, groups)
    if not rows:
        raise Refusal(41048)
    tasks: dict[str, GroupTask] = {}
    for row in rows:
        tasks.setdefault(row.userid.lower(), GroupTask(row.userid, [])).customers.append(row.external_userid)
    message = GroupMessage(
        call.corp.new_id("msg"),
        time.time(),
        text,
        attachments,
        list(tasks.values()),
        failed,
        call.app.key,
        allow_select=bool(call.body.get("allow_select")),
    )
    call.corp.put(message)
    call.facts = {"msgid": message.msgid, "customers": len(rows), "failed": len(failed)}
    return {"msgid": message.msgid, "fail_list": failed}


@api("POST", "externalcontact/remind_groupmsg_send", callers=Callers.CUSTOMER)
def remind_groupmsg_send(call: Call) -> Json:
    """Remind the members who have not confirmed."""
    message, now = _message(call), call.corp.now()
    if message.cancelled:
        raise Refusal(41093)
    message.reminders = [at for at in message.reminders if at > now - REMINDER_SECONDS]
    if len(message.reminders) >= REMINDERS:
        raise Refusal(41094)
    message.reminders.append(now)
    call.corp.put(message)
    return {}


@api("POST", "externalcontact/cancel_groupmsg_send", callers=Callers.CUSTOMER)
def cancel_groupmsg_send(call: Call) -> Json:
    """Stop what no member has confirmed; nothing is recalled."""
    message = _message(call)
    if message.cancelled:
        raise Refusal(41093)
    message.cancelled = True
    call.corp.put(message)
    return {}


@api("POST", "externalcontact/get_groupmsg_list_v2", callers=Callers.CUSTOMER, empty=("group_msg_list",))
def get_groupmsg_list(call: Call) -> Json:
    """Messages of a span of time, newest first; neither senders nor customers are told here."""
    if call.text("chat_type") not in ("single", "group"):
        raise Refusal(86214, "invalid chat_type")
    start, end = call.number("start_time"), call.number("end_time")
    if start is None or end is None:
        raise Refusal(40063)
    if not start < end <= start + MONTH_SECONDS:
        raise Refusal(40058, "the span must be at most one month")
    kind, creator = call.number("filter_type", 2), call.text("creator").lower()
    rows = [
        row
        for row in call.corp.group_messages.values()
        if start <= row.create_time <= end
        and kind in (2, row.create_type)
        and (not creator or row.creator.lower() == creator)
        and call.text("chat_type") == "single"
    ]
    rows.sort(key=lambda row: (-row.create_time, row.msgid))
    page, cursor = _page(
        call,
        "groupmsg_list",
        rows,
        lambda row: [-row.create_time, row.msgid],
        default=50,
        most=100,
        held=call.corp.habits.group_message_page,
    )
    return {"group_msg_list": [_listed(row) for row in page], "next_cursor": cursor}


@api("POST", "externalcontact/get_groupmsg_task", callers=Callers.CUSTOMER, empty=("task_list",))
def get_groupmsg_task(call: Call) -> Json:
    """Who has confirmed."""
    message = _message(call)
    rows = sorted(message.tasks, key=lambda task: task.userid.lower()) if _dispatched(call, message) else []
    page, cursor = _told(call, "groupmsg_task", rows, lambda task: [task.userid.lower()])
    shown = [
        {"userid": task.userid, "status": task.status, **({"send_time": task.send_time} if task.status else {})}
        for task in page
    ]
    return {"task_list": shown, "next_cursor": cursor}


@api("POST", "externalcontact/get_groupmsg_send_result", callers=Callers.CUSTOMER, empty=("send_list",))
def get_groupmsg_send_result(call: Call) -> Json:
    """What became of each customer of one member; for a while after the confirmation some are still at 0."""
    message = _message(call)
    task = message.task_of(call.text("userid", missing=41009))
    if task is None:
        raise Refusal(40003)
    rows = sorted(task.customers) if _dispatched(call, message) else []
    page, cursor = _told(call, "groupmsg_result", rows, lambda who: [who])
    seen = time.time() >= task.send_time + call.corp.habits.group_send_seconds
    shown: list[Json] = []
    for who in page:
        status = task.results.get(who, UNSENT) if seen else UNSENT
        at = {"send_time": task.send_time} if status == DELIVERED else {}
        shown.append({"external_userid": who, "userid": task.userid, "status": status, **at})
    return {"send_list": shown, "next_cursor": cursor}


def deliver(corp: Corp, task: GroupTask, customers: Iterable[str], now: int) -> None:
    """The member confirms: each customer gets it, or not with a reason."""
    counted = received(corp)
    for who in customers:
        row = corp.relation(task.userid, who)
        if row is None or row.half or row.left:
            task.results[who] = NOT_A_FRIEND
        elif used(counted.get(who, ()), corp.habits.group_quota, now) >= allowed(corp.habits.group_quota, now):
            task.results[who] = OVER_QUOTA
        else:
            task.results[who] = DELIVERED
            counted.setdefault(who, []).append(now)
    task.status, task.send_time = SENT, now


def received(corp: Corp) -> dict[str, list[int]]:
    """When each customer got mass messages."""
    if "received" not in corp.room:
        counted: dict[str, list[int]] = {}
        for message in corp.group_messages.values():
            for task in message.tasks:
                for who, status in task.results.items():
                    if status == DELIVERED:
                        counted.setdefault(who, []).append(task.send_time)
        corp.room["received"] = counted
    found: dict[str, list[int]] = corp.room["received"]
    return found


def allowed(quota: str, now: int) -> int:
    """How many a customer may receive per period (page 92135): month (its days), week (7), day (1)."""
    today = dt.datetime.fromtimestamp(now, _CHINA).date()
    return {"week": 7, "day": 1}.get(quota) or calendar.monthrange(today.year, today.month)[1]


def used(times: Iterable[int], quota: str, now: int) -> int:
    """How many of these fall into the present period, counted in China."""
    today = dt.datetime.fromtimestamp(now, _CHINA).date()
    first = {"week": today - dt.timedelta(days=today.weekday()), "day": today}.get(quota) or today.replace(day=1)
    since = dt.datetime.combine(first, dt.time(), _CHINA).timestamp()
    return sum(1 for at in times if at >= since)


def shown(corp: Corp, row: GroupMessage, *, recipients: bool) -> Json:
    """One message for the control API."""
    tasks: list[Json] = []
    for task in row.tasks:
        member = corp.staff.get(task.userid.lower())
        counts = Counter(task.results.values())
        tasks.append(
            {
                "userid": task.userid,
                "staff_name": member.name if member else "",
                "status": task.status,
                "send_time": task.send_time,
                "ignored": task.ignored,
                "customers": len(task.customers),
                "delivered": counts[DELIVERED],
                "not_a_friend": counts[NOT_A_FRIEND],
                "over_quota": counts[OVER_QUOTA],
                **({"recipients": task.customers, "results": task.results} if recipients else {}),
            }
        )
    return {
        "msgid": row.msgid,
        "at": row.create_time,
        "app": row.app,
        "text": row.text,
        "attachments": row.attachments,
        "create_type": row.create_type,
        "cancelled": row.cancelled,
        "reminders": len(row.reminders),
        "fail_list": row.fail_list,
        "tasks": tasks,
    }


def _recipients(
    call: Call, staff: Staff | None, wanted: list[str], groups: list[set[str]]
) -> tuple[list[Follow], list[str]]:
    if staff is not None and not wanted:
        rows = [row for row in call.corp.relations_of(staff.userid) if not row.half and _tagged(row, groups)]
        return rows, []
    if not wanted:
        wanted = [who for who in call.corp.followers if any(_tagged(row, groups) for row in _follows(call, who))]
    found: list[Follow] = []
    failed: list[str] = []
    for who in wanted:
        row = call.corp.relation(staff.userid, who) if staff is not None else _last_talker(call, who)
        if row is None or row.half:
            failed.append(who)
        else:
            found.append(row)
    return found, failed


def _follows(call: Call, who: str) -> list[Follow]:
    """Relations of a customer with members whom the app sees."""
    rows = [call.corp.follows[userid, who] for userid in call.corp.followers.get(who, ())]
    members = [(row, call.corp.member(row.userid)) for row in rows if not row.half]
    return [row for row, member in members if member and member.customer_contact and call.range.sees(member)]


def _last_talker(call: Call, who: str) -> Follow | None:
    return max(_follows(call, who), key=lambda row: (row.chatting, row.createtime), default=None)


def _tag_groups(call: Call) -> list[set[str]]:
    groups = call.thing("tag_filter").get("group_list") or []
    if not isinstance(groups, list):
        raise Refusal(40058)
    found: list[set[str]] = []
    for entry in groups:
        tags = entry.get("tag_list") if isinstance(entry, dict) else None
        if not isinstance(tags, list) or not 1 <= len(tags) <= TAGS:
            raise Refusal(40058, f"tag_list must hold 1 to {TAGS} tags")
        if any(call.corp.find_tag(str(tag)) is None for tag in tags):
            raise Refusal(40068)
        found.append({str(tag) for tag in tags})
    return found


def _tagged(row: Follow, groups: list[set[str]]) -> bool:
    return all(group & set(row.tags) for group in groups)


def _message(call: Call) -> GroupMessage:
    message = call.corp.group_messages.get(call.text("msgid", missing=41046))
    if message is None:
        raise Refusal(41047)
    return message


def _dispatched(call: Call, message: GroupMessage) -> bool:
    """Whether its tasks and results are told by now."""
    habits = call.corp.habits
    if time.time() >= message.create_time + habits.dispatch_seconds:
        return True
    if habits.dispatch_silent:
        return False
    raise Refusal(41063)


def _listed(row: GroupMessage) -> Json:
    shown_attachments = []
    for part in row.attachments:
        kind = part["msgtype"]
        inner = {name: value for name, value in part[kind].items() if name != "pic_media_id"}
        shown_attachments.append({"msgtype": kind, kind: inner})
    return {
        "msgid": row.msgid,
        **({"creator": row.creator} if row.creator else {}),
        "create_time": int(row.create_time),
        "create_type": row.create_type,
        "text": {"content": row.text},
        "attachments": shown_attachments,
    }


def _told(call: Call, kind: str, rows: list[Any], key: Any) -> tuple[list[Any], str]:
    """A page of tasks or results; a first one may be empty, and say how to go on."""
    if call.corp.habits.empty_first_page and rows and not call.text("cursor"):
        return [], seal(kind, [])
    return _page(call, kind, rows, key, default=500, most=1000)


def _page(
    call: Call, kind: str, rows: list[Any], key: Any, *, default: int, most: int, held: int = 1_000
) -> tuple[list[Any], str]:
    """A page of sorted rows, ``held`` at most; a limit out of bounds falls back to the default, as the pages say."""
    limit = call.number("limit", default) or default
    limit = min(limit if 1 <= limit <= most else default, held)
    after = unseal(kind, call.text("cursor"))
    rest = [row for row in rows if after is None or key(row) > after]
    page = rest[:limit]
    return page, seal(kind, key(page[-1])) if len(rest) > limit else ""
