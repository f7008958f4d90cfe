"""Customer-contact calls. wechatpy sends the wrong field in batch reads and lacks most of the rest, hence ``ask``."""

from collections.abc import Callable
from typing import Any

from scrm.wecom.client.session import WorkSession
from scrm.wecom.corps import AppCredentials
from scrm.wecom.port.contacts import (
    Contact,
    ContactInfo,
    ContactPage,
    ContactRow,
    CorpTag,
    CorpTagGroup,
    FollowInfo,
    GroupChatInfo,
    GroupChatMember,
    GroupChatPage,
    GroupChatRef,
)

Session = Callable[[], tuple[AppCredentials, WorkSession]]
Json = dict[str, Any]

_PERSONAL = 2  # tags[].type: the member's own tag, without an id
_MAX_PAGES = 1_000  # a cursor that never ends must not hold a worker for ever


class ContactsClient:
    """`scrm.wecom.port.contacts.Contacts` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def list_follow_userids(self) -> list[str]:
        answer = self._app()[1].ask("get", "externalcontact/get_follow_user_list")
        return [str(userid) for userid in answer.get("follow_user", [])]

    def list_contacts(self, *, userids: list[str], cursor: str) -> ContactPage:
        body: Json = {"userid_list": userids, "cursor": cursor, "limit": 100}
        answer = self._app()[1].ask("post", "externalcontact/batch/get_by_user", data=body)
        rows = [
            ContactRow(info=_info(item["external_contact"]), follow=_follow(item["follow_info"]))
            for item in answer.get("external_contact_list", [])
        ]
        return ContactPage(items=rows, next_cursor=str(answer.get("next_cursor") or ""))

    def get_contact(self, *, external_userid: str) -> Contact:
        follows: list[FollowInfo] = []
        cursor = ""
        for _ in range(_MAX_PAGES):
            params = {"external_userid": external_userid, **({"cursor": cursor} if cursor else {})}
            answer = self._app()[1].ask("get", "externalcontact/get", params=params)
            follows.extend(_follow(item) for item in answer.get("follow_user", []))
            cursor = str(answer.get("next_cursor") or "")
            if not cursor:
                break
        return Contact(info=_info(answer["external_contact"]), follows=follows)


class TagsClient:
    """`scrm.wecom.port.contacts.Tags` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def list_tags(self) -> list[CorpTagGroup]:
        answer = self._app()[1].ask("post", "externalcontact/get_corp_tag_list", data={})
        return [
            CorpTagGroup(
                group_id=str(group["group_id"]),
                name=str(group.get("group_name", "")),
                order=int(group.get("order", 0)),
                tags=[
                    CorpTag(tag_id=str(tag["id"]), name=str(tag.get("name", "")), order=int(tag.get("order", 0)))
                    for tag in group.get("tag", [])
                ],
            )
            for group in answer.get("tag_group", [])
        ]


class GroupChatsClient:
    """`scrm.wecom.port.contacts.GroupChats` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def list_group_chats(self, *, owners: list[str], cursor: str) -> GroupChatPage:
        body: Json = {"limit": 1000}
        if owners:
            body["owner_filter"] = {"userid_list": owners}
        if cursor:
            body["cursor"] = cursor
        answer = self._app()[1].ask("post", "externalcontact/groupchat/list", data=body)
        items = [
            GroupChatRef(chat_id=str(item["chat_id"]), status=int(item.get("status", 0)))
            for item in answer.get("group_chat_list", [])
        ]
        return GroupChatPage(items=items, next_cursor=str(answer.get("next_cursor") or ""))

    def get_group_chat(self, *, chat_id: str) -> GroupChatInfo:
        answer = self._app()[1].ask("post", "externalcontact/groupchat/get", data={"chat_id": chat_id, "need_name": 1})
        group = answer["group_chat"]
        return GroupChatInfo(
            chat_id=str(group["chat_id"]),
            name=str(group.get("name", "")),
            owner=str(group.get("owner", "")),
            notice=str(group.get("notice", "")),
            create_time=int(group.get("create_time", 0)),
            member_version=str(group.get("member_version", "")),
            members=[
                GroupChatMember(
                    userid=str(item["userid"]),
                    type=int(item["type"]),
                    name=str(item.get("name", "")),
                    join_time=int(item.get("join_time", 0)),
                    join_scene=int(item["join_scene"]) if item.get("join_scene") is not None else None,
                )
                for item in group.get("member_list", [])
            ],
        )


class WelcomesClient:
    """`scrm.wecom.port.contacts.Welcomes` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def send_welcome(self, *, welcome_code: str, text: str) -> None:
        body = {"welcome_code": welcome_code, "text": {"content": text}}
        self._app()[1].ask("post", "externalcontact/send_welcome_msg", data=body)


def _info(item: Json) -> ContactInfo:
    return ContactInfo(
        external_userid=str(item["external_userid"]),
        name=str(item.get("name", "")),
        avatar=str(item.get("avatar", "")),
        type=int(item.get("type", 1)),
        gender=int(item.get("gender", 0)),
        unionid=str(item["unionid"]) if item.get("unionid") else None,
        position=str(item.get("position", "")),
        corp_name=str(item.get("corp_name", "")),
        corp_full_name=str(item.get("corp_full_name", "")),
    )


def _follow(item: Json) -> FollowInfo:
    # The same relation comes in two shapes: tags with names on single reads, bare tag_id on batch reads.
    tags = item.get("tags")
    personal: list[str] | None
    if tags is None:
        tag_ids = [str(tag) for tag in item.get("tag_id") or []]
        personal = None if "tag_id" in item else []
    else:
        tag_ids = [str(tag["tag_id"]) for tag in tags if tag.get("tag_id")]
        personal = [str(tag.get("tag_name", "")) for tag in tags if tag.get("type") == _PERSONAL]
    return FollowInfo(
        userid=str(item["userid"]),
        remark=str(item.get("remark", "")),
        description=str(item.get("description", "")),
        createtime=int(item.get("createtime", 0)),
        tag_ids=tag_ids,
        personal_tags=personal,
        remark_corp_name=str(item.get("remark_corp_name", "")),
        remark_mobiles=[str(mobile) for mobile in item.get("remark_mobiles") or []],
        add_way=int(item["add_way"]) if item.get("add_way") is not None else None,
        oper_userid=str(item.get("oper_userid", "")),
        state=str(item.get("state", "")),
    )
