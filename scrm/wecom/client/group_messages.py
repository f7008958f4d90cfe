"""Mass messages and media; wechatpy knows the abolished shapes of these calls, hence ``ask``."""

import base64
from collections.abc import Callable
from typing import Any

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
        return GroupMessageReceipt(
            msgid=str(answer["msgid"]), fail_list=[str(who) for who in answer.get("fail_list") or []]
        )

    def remind_groupmsg_send(self, *, msgid: str) -> None:
        self._ask("remind_groupmsg_send", {"msgid": msgid})

    def cancel_groupmsg_send(self, *, msgid: str) -> None:
        self._ask("cancel_groupmsg_send", {"msgid": msgid})

    def get_groupmsg_list(self, *, start_time: int, end_time: int, cursor: str) -> GroupMessagePage:
        body = {"chat_type": "single", "start_time": start_time, "end_time": end_time, "filter_type": _CORP}
        answer = self._ask("get_groupmsg_list_v2", {**body, "limit": 100, "cursor": cursor})
        items = [
            GroupMessageInfo(
                msgid=str(item["msgid"]),
                creator=str(item.get("creator") or ""),
                create_time=int(item.get("create_time") or 0),
                create_type=int(item.get("create_type") or 0),
                text=str((item.get("text") or {}).get("content") or ""),
            )
            for item in answer.get("group_msg_list", [])
        ]
        return GroupMessagePage(items=items, next_cursor=str(answer.get("next_cursor") or ""))

    def get_groupmsg_task(self, *, msgid: str, cursor: str) -> GroupMessageTaskPage:
        answer = self._ask("get_groupmsg_task", {"msgid": msgid, "limit": 1000, "cursor": cursor})
        items = [
            GroupMessageTask(userid=str(item["userid"]), status=int(item.get("status", 0)), send_time=_moment(item))
            for item in answer.get("task_list", [])
        ]
        return GroupMessageTaskPage(items=items, next_cursor=str(answer.get("next_cursor") or ""))

    def get_groupmsg_send_result(self, *, msgid: str, userid: str, cursor: str) -> SendResultPage:
        body = {"msgid": msgid, "userid": userid, "limit": 1000, "cursor": cursor}
        answer = self._ask("get_groupmsg_send_result", body)
        items = [
            SendResult(
                external_userid=str(item["external_userid"]),
                status=int(item.get("status", 0)),
                send_time=_moment(item),
            )
            for item in answer.get("send_list", [])
            if item.get("external_userid")
        ]
        return SendResultPage(items=items, next_cursor=str(answer.get("next_cursor") or ""))

    def _ask(self, endpoint: str, body: Json) -> Json:
        return self._app()[1].ask("post", f"externalcontact/{endpoint}", data=body)


class MediaClient:
    """`scrm.wecom.port.group_messages.Media` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def upload_image(self, *, filename: str, content_type: str, base64_data: str) -> UploadedMedia:
        files = {"media": (filename, base64.b64decode(base64_data), content_type)}
        answer = self._app()[1].ask("post", "media/upload", params={"type": "image"}, files=files)
        return UploadedMedia(media_id=str(answer["media_id"]), created_at=int(answer.get("created_at") or 0))


def _moment(item: Json) -> int | None:
    return int(item["send_time"]) if item.get("send_time") else None
