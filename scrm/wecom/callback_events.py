"""From a callback's fields to what the house says of it (developer pages 92130, 90970 to 90972)."""

import datetime as dt
from typing import Any

from scrm.contracts.callbacks import (
    ContactAdded,
    ContactDeletedByStaff,
    ContactDeletedStaff,
    ContactEdited,
    CorpTagsChanged,
    DepartmentChanged,
    GroupChatChanged,
    MessagesWaiting,
    StaffChanged,
    StaffDeleted,
    TransferFailed,
)
from scrm.core import clock
from scrm.core.event import Event
from scrm.core.storable import fit_for_id, storable
from scrm.wecom.xml import Fields, text_of

# These say only that something changed, to the second, and are answered by reading it. Two changes of one second are
# the same callback to the last byte, so a repetition may be news. Event and change type.
READ_AGAIN = [
    "change_external_contact edit_external_contact",
    "change_external_chat update",
    "change_external_tag create",
    "change_external_tag update",
    "change_external_tag delete",
    "change_external_tag shuffle",
    "change_contact update_user",
    "change_contact update_party",
    "msgaudit_notify",
]

_AHEAD = dt.timedelta(days=7)  # how far WeCom's clock may be ahead of ours and still be believed


class FieldMissing(Exception):
    """A known event without a field that it always carries; sending it again would not mend it."""


def translate(fields: Fields, *, app: str, received_at: dt.datetime) -> Event | None:
    """The typed event, or ``None`` for one that the house does not know (it stays in the inbox all the same).

    Dispatches on event and change type together, since change types repeat between events.
    """
    if text_of(fields, "MsgType") != "event":
        return None
    event, change = text_of(fields, "Event"), text_of(fields, "ChangeType")
    at = event_time(fields) or received_at
    if at > received_at + _AHEAD:
        at = received_at  # else nothing that happens until then would count as newer
    if event == "change_external_contact":
        return _contact(fields, change, app=app, at=at, received_at=received_at)
    if event == "change_external_chat" and change in {"create", "update", "dismiss"}:
        return _group(fields, change, at=at)
    if event == "msgaudit_notify":
        return MessagesWaiting(event_at=at)
    if event == "change_external_tag":
        return CorpTagsChanged(event_at=at)
    if event == "change_contact":
        return _directory(fields, change, at=at)
    return None


def event_time(fields: Fields) -> dt.datetime | None:
    """CreateTime as a moment; none if it is absent or out of any sense."""
    seconds = text_of(fields, "CreateTime")
    if not seconds.isascii() or not seconds.isdigit() or len(seconds) > 11:
        return None
    return clock.from_unix(seconds)


def _contact(fields: Fields, change: str, *, app: str, at: dt.datetime, received_at: dt.datetime) -> Event | None:
    if change not in {
        "add_external_contact",
        "add_half_external_contact",
        "edit_external_contact",
        "del_external_contact",
        "del_follow_user",
        "transfer_fail",
    }:
        return None
    pair: dict[str, Any] = {
        "userid": _required(fields, "UserID"),
        "external_userid": _required(fields, "ExternalUserID"),
        "event_at": at,
        "app": app,
    }
    if change == "edit_external_contact":
        return ContactEdited(**pair)
    if change == "transfer_fail":
        return TransferFailed(**pair, reason=text_of(fields, "FailReason"))
    if change == "del_external_contact":
        return ContactDeletedByStaff(**pair, transfer=text_of(fields, "Source") == "DELETE_BY_TRANSFER")
    if change == "del_follow_user":
        return ContactDeletedStaff(**pair)
    return ContactAdded(
        **pair,
        half=change == "add_half_external_contact",
        state=text_of(fields, "State"),
        welcome_code=text_of(fields, "WelcomeCode") or None,
        received_at=received_at,
    )


def _group(fields: Fields, change: str, *, at: dt.datetime) -> Event:
    """By UpdateDetail alone: the sample of page 92130 has a QuitScene where somebody came."""
    detail = text_of(fields, "UpdateDetail")
    return GroupChatChanged(
        chat_id=_required(fields, "ChatId"),
        dismissed=change == "dismiss",
        detail=detail,
        event_at=at,
        created=change == "create",
        members=_items(fields, "MemChangeList") if detail in {"add_member", "del_member"} else [],
        count=_count(fields, "MemChangeCnt"),
        join_scene=_scene(fields, "JoinScene") if detail == "add_member" else None,
        quit_scene=_scene(fields, "QuitScene") if detail == "del_member" else None,
        version=text_of(fields, "CurMemVer"),
    )


def _items(fields: Fields, name: str) -> list[str]:
    """The ids in ``<Item>`` elements; what is no id is left out, the answer that is asked for names everybody."""
    nested = fields.get(name)
    items = nested.get("Item") if isinstance(nested, dict) else None
    listed = items if isinstance(items, list) else [items]
    return [item for item in listed if isinstance(item, str) and fit_for_id(item)]


def _count(fields: Fields, name: str) -> int:
    text = text_of(fields, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _scene(fields: Fields, name: str) -> int | None:
    text = text_of(fields, name)
    return int(text) if text in {"0", "1", "2", "3"} else None


def _directory(fields: Fields, change: str, *, at: dt.datetime) -> Event | None:
    if change in {"create_user", "update_user"}:
        new_userid = _required(fields, "NewUserID") if text_of(fields, "NewUserID") else None
        status = text_of(fields, "Status")
        return StaffChanged(
            userid=_required(fields, "UserID"),
            new_userid=new_userid,
            event_at=at,
            status=int(status) if status in {"1", "2", "4", "5"} else None,
        )
    if change == "delete_user":
        return StaffDeleted(userid=_required(fields, "UserID"), event_at=at)
    if change in {"create_party", "update_party", "delete_party"}:
        department = _required(fields, "Id")
        if not department.isascii() or not department.isdigit() or not storable(int(department)):
            raise FieldMissing("Id")
        return DepartmentChanged(department_id=int(department), deleted=change == "delete_party", event_at=at)
    return None


def _required(fields: Fields, name: str) -> str:
    value = text_of(fields, name)
    if not fit_for_id(value):
        raise FieldMissing(name)
    return value
