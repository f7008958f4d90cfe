"""Mass messages and media; wechatpy knows the abolished shapes of these calls, hence ``ask``."""

import base64
from collections.abc import Callable
from typing import Any

from scrm.wecom.client import reading
from scrm.wecom.client.session import WorkSession
from scrm.wecom.corps import AppCredentials
from scrm.wecom.port.group_messages import (
    GroupMessageInfo,
    GroupMessagePage,
    GroupMessageReceipt,
    GroupMessageTask,
    GroupMessageTaskPage,
    SendResult,
    SendResultPage,
    UploadedMedia,
)

Session = Callable[[], tuple[AppCredentials, WorkSession]]
Json = dict[str, Any]

_CORP = 0  # filter_type: messages of the corp, not members' own


class GroupMessagesClient:
    """`scrm.wecom.port.group_messages.GroupMessages` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def add_msg_template(
        self, *, sender: str, external_userids: list[str], text: str, attachments: list[Json]
    ) -> GroupMessageReceipt:
        body: Json = {"chat_type": "single", "sender": sender, "external_userid": external_userids}
        if text:
            body["text"] = {"content": text}
        if attachments:
            body["attachments"] = attachments
        answer = self._ask("add_msg_template", body)
        msgid = reading.whole(lambda found: reading.needed_id(found, "msgid"), answer)
        failed = reading.each_text(reading.things(answer, "fail_list"), kind="group_message_failed")
        return GroupMessageReceipt(msgid=msgid, fail_list=failed)

    def remind_groupmsg_send(self, *, msgid: str) -> None:
        self._ask("remind_groupmsg_send", {"msgid": msgid})

    def cancel_groupmsg_send(self, *, msgid: str) -> None:
        self._ask("cancel_groupmsg_send", {"msgid": msgid})

    def get_groupmsg_list(self, *, start_time: int, end_time: int, cursor: str) -> GroupMessagePage:
        body = {"chat_type": "single", "start_time": start_time, "end_time": end_time, "filter_type": _CORP}
        answer = self._ask("get_groupmsg_list_v2", {**body, "limit": 100, "cursor": cursor})
        rows = reading.needed_things(answer, "group_msg_list")
        items = reading.each(rows, _message, kind="group_message", id_of=reading.id_in("msgid"))
        return GroupMessagePage(items=items, next_cursor=reading.cursor(answer, asked=cursor))

    def get_groupmsg_task(self, *, msgid: str, cursor: str) -> GroupMessageTaskPage:
        answer = self._ask("get_groupmsg_task", {"msgid": msgid, "limit": 1000, "cursor": cursor})
        rows = reading.needed_things(answer, "task_list")
        items = reading.each(rows, _task, kind="group_message_task", id_of=lambda _: msgid)
        return GroupMessageTaskPage(items=items, next_cursor=reading.cursor(answer, asked=cursor))

    def get_groupmsg_send_result(self, *, msgid: str, userid: str, cursor: str) -> SendResultPage:
        body = {"msgid": msgid, "userid": userid, "limit": 1000, "cursor": cursor}
        answer = self._ask("get_groupmsg_send_result", body)
        rows = reading.needed_things(answer, "send_list")
        items = reading.each(rows, _result, kind="group_message_result", id_of=reading.id_in("external_userid"))
        return SendResultPage(items=items, next_cursor=reading.cursor(answer, asked=cursor))

    def _ask(self, endpoint: str, body: Json) -> Json:
        return self._app()[1].ask("post", f"externalcontact/{endpoint}", data=body)


class MediaClient:
    """`scrm.wecom.port.group_messages.Media` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def upload_image(self, *, filename: str, content_type: str, base64_data: str) -> UploadedMedia:
        files = {"media": (filename, base64.b64decode(base64_data), content_type)}
        answer = self._app()[1].ask("post", "media/upload", params={"type": "image"}, files=files)
        media_id = reading.whole(lambda found: reading.needed(found, "media_id"), answer)
        return UploadedMedia(media_id=media_id, created_at=reading.moment(answer, "created_at") or 0)


def _message(item: Json) -> GroupMessageInfo:
    return GroupMessageInfo(
        msgid=reading.needed_id(item, "msgid"),
        creator=reading.text(item, "creator") or "",
        create_time=reading.moment(item, "create_time") or 0,
        create_type=reading.small(item, "create_type") or 0,
        text=reading.text(reading.thing(item, "text"), "content") or "",
    )


def _task(item: Json) -> GroupMessageTask:
    return GroupMessageTask(
        userid=reading.needed_id(item, "userid"),
        status=reading.needed_small(item, "status"),
        send_time=reading.moment(item, "send_time") or None,
    )


def _result(item: Json) -> SendResult:
    return SendResult(
        external_userid=reading.needed_id(item, "external_userid"),
        status=reading.needed_small(item, "status"),
        send_time=reading.moment(item, "send_time") or None,
    )
