"""Mass messages to customers (企业群发) and the media they carry."""

from dataclasses import dataclass
from typing import Any, Protocol

from scrm.wecom.port.method import wecom_method


@dataclass(frozen=True, kw_only=True)
class GroupMessageReceipt:
    """Accepted by WeCom: a task for the sender; customers on ``fail_list`` are not part of it."""

    msgid: str
    fail_list: list[str]


@dataclass(frozen=True, kw_only=True)
class GroupMessageInfo:
    """A message as a listing tells of it: neither its senders nor its customers."""

    msgid: str
    creator: str  # empty for messages made through the API
    create_time: int
    create_type: int  # 0 corp, 1 personal
    text: str


@dataclass(frozen=True, kw_only=True)
class GroupMessagePage:
    items: list[GroupMessageInfo]
    next_cursor: str


@dataclass(frozen=True, kw_only=True)
class GroupMessageTask:
    userid: str
    status: int  # 0 not sent, 2 sent
    send_time: int | None


@dataclass(frozen=True, kw_only=True)
class GroupMessageTaskPage:
    items: list[GroupMessageTask]
    next_cursor: str


@dataclass(frozen=True, kw_only=True)
class SendResult:
    external_userid: str
    status: int  # 0 not sent, 1 sent, 2 not a friend any more, 3 over the customer's quota
    send_time: int | None


@dataclass(frozen=True, kw_only=True)
class SendResultPage:
    items: list[SendResult]
    next_cursor: str


@dataclass(frozen=True, kw_only=True)
class UploadedMedia:
    """A temporary file at WeCom; it lives three days from ``created_at`` (Unix seconds)."""

    media_id: str
    created_at: int


class GroupMessages(Protocol):
    """Tasks that members confirm in their client before a customer gets anything."""

    @wecom_method("group_messages", mutating=True)
    def add_msg_template(
        self, *, sender: str, external_userids: list[str], text: str, attachments: list[dict[str, Any]]
    ) -> GroupMessageReceipt:
        """add_msg_template (page 92135), chat_type single with a sender.

        At most 10,000 customers, 4,000 bytes of text, nine attachments of media younger than three days; 41048 if
        nobody is left to send to, 60111 for a sender outside the visible range.
        """
        ...

    @wecom_method("group_messages", mutating=True)
    def remind_groupmsg_send(self, *, msgid: str) -> None:
        """remind_groupmsg_send (page 97610): at most three times in 24 hours (41094); 41093 after a cancel."""
        ...

    @wecom_method("group_messages")
    def cancel_groupmsg_send(self, *, msgid: str) -> None:
        """cancel_groupmsg_send (page 97611): stops what is unsent, recalls nothing.

        Not mutating in our sense: cancelling a cancelled message is refused (41093) and changes nothing.
        """
        ...

    @wecom_method("group_messages")
    def get_groupmsg_list(self, *, start_time: int, end_time: int, cursor: str) -> GroupMessagePage:
        """get_groupmsg_list_v2 (page 93338), made by the corp: a span of at most one month, 100 a page."""
        ...

    @wecom_method("group_messages")
    def get_groupmsg_task(self, *, msgid: str, cursor: str) -> GroupMessageTaskPage:
        """get_groupmsg_task (page 93338): 1,000 a page; 41063 while the message is being dispatched."""
        ...

    @wecom_method("group_messages")
    def get_groupmsg_send_result(self, *, msgid: str, userid: str, cursor: str) -> SendResultPage:
        """get_groupmsg_send_result (page 93338): 1,000 a page; customers on the fail list are not told."""
        ...


class Media(Protocol):
    """Temporary files."""

    @wecom_method("media")
    def upload_image(self, *, filename: str, content_type: str, base64_data: str) -> UploadedMedia:
        """media/upload, type image (page 90253): JPG or PNG, more than 5 bytes, at most 10 MB; lives three days."""
        ...
