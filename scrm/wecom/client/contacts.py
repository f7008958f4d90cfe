"""Customer-contact calls. wechatpy sends the wrong field in batch reads and lacks most of the rest, hence ``ask``."""

from collections.abc import Callable
from typing import Any

from scrm.wecom.client import reading
from scrm.wecom.client.session import WorkSession
from scrm.wecom.corps import AppCredentials
from scrm.wecom.port.contacts import (
    CONTACT_LIST,
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
        return reading.each_text(reading.told_things(answer, "follow_user", kind="followers"), kind="member")

    def list_contacts(self, *, userids: list[str], cursor: str) -> ContactPage:
        body: Json = {"userid_list": userids, "cursor": cursor, "limit": 100}
        answer = self._app()[1].ask("post", "externalcontact/batch/get_by_user", data=body)
        items = reading.told_things(answer, "external_contact_list", kind=CONTACT_LIST, of=",".join(userids))
        rows = reading.each(items, _row, kind="contact", id_of=_row_id)
        return ContactPage(items=rows, next_cursor=reading.cursor(answer, asked=cursor))

    def get_contact(self, *, external_userid: str) -> Contact:
        follows: list[FollowInfo] = []
        cursor = ""
        for _ in range(_MAX_PAGES):
            params = {"external_userid": external_userid, **({"cursor": cursor} if cursor else {})}
            answer = self._app()[1].ask("get", "externalcontact/get", params=params)
            follows.extend(
                reading.each(
                    reading.needed_things(answer, "follow_user"),
                    _follow,
                    kind="follower",
                    id_of=lambda _: external_userid,
                )
            )
            cursor = reading.cursor(answer, asked=cursor)
            if not cursor:
                break
        info = reading.whole(lambda found: _info(reading.needed_thing(found, "external_contact")), answer)
        return Contact(info=info, follows=follows)


class TagsClient:
    """`scrm.wecom.port.contacts.Tags` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def list_tags(self) -> list[CorpTagGroup]:
        answer = self._app()[1].ask("post", "externalcontact/get_corp_tag_list", data={})
        groups = reading.needed_things(answer, "tag_group")
        return reading.each(groups, _tag_group, kind="tag_group", id_of=reading.id_in("group_id"))


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
        refs = reading.told_things(answer, "group_chat_list", kind="group_list", of=",".join(owners))
        items = reading.each(refs, _group_ref, kind="group", id_of=reading.id_in("chat_id"))
        return GroupChatPage(items=items, next_cursor=reading.cursor(answer, asked=cursor))

    def get_group_chat(self, *, chat_id: str) -> GroupChatInfo:
        answer = self._app()[1].ask("post", "externalcontact/groupchat/get", data={"chat_id": chat_id, "need_name": 1})
        return reading.whole(lambda found: _group(reading.needed_thing(found, "group_chat"), chat_id), answer)


class WelcomesClient:
    """`scrm.wecom.port.contacts.Welcomes` over HTTP."""

    def __init__(self, app: Session) -> None:
        self._app = app

    def send_welcome(self, *, welcome_code: str, text: str) -> None:
        body = {"welcome_code": welcome_code, "text": {"content": text}}
        self._app()[1].ask("post", "externalcontact/send_welcome_msg", data=body)


def _row(item: Json) -> ContactRow:
    return ContactRow(
        info=_info(reading.needed_thing(item, "external_contact")),
        follow=_follow(reading.needed_thing(item, "follow_info")),
    )


def _row_id(item: Json) -> str | None:
    return reading.text(reading.thing(item, "external_contact"), "external_userid")


def _info(item: Json) -> ContactInfo:
    return ContactInfo(
        external_userid=reading.needed_id(item, "external_userid"),
        name=reading.text(item, "name"),
        avatar=reading.text(item, "avatar"),
        type=reading.small(item, "type"),
        gender=reading.small(item, "gender"),
        unionid=reading.text(item, "unionid") or None,
        position=reading.text(item, "position"),
        corp_name=reading.text(item, "corp_name"),
        corp_full_name=reading.text(item, "corp_full_name"),
    )


def _follow(item: Json) -> FollowInfo:
    tag_ids, personal = _tags(item)
    return FollowInfo(
        userid=reading.needed_id(item, "userid"),
        remark=reading.text(item, "remark"),
        description=reading.text(item, "description"),
        createtime=reading.moment(item, "createtime"),
        tag_ids=tag_ids,
        personal_tags=personal,
        remark_corp_name=_text_or_none_said(item, "remark_corp_name"),
        remark_mobiles=reading.texts(item, "remark_mobiles") if "remark_mobiles" in item else [],
        add_way=reading.small(item, "add_way"),
        oper_userid=reading.text(item, "oper_userid"),
        state=_text_or_none_said(item, "state"),
    )


def _text_or_none_said(item: Json, name: str) -> str | None:
    """WeCom leaves these out where there is none (page 92114): only what is there and odd says nothing."""
    return reading.text(item, name) if name in item else ""


def _tags(item: Json) -> tuple[list[str] | None, list[str] | None]:
    """Corp tags and the member's own; None where the answer does not tell, which is not the same as none.

    The same relation comes in two shapes: tags with names on single reads, bare ``tag_id`` on batch reads. Without any
    tag both may be left out.
    """
    if "tags" not in item:
        return (reading.texts(item, "tag_id"), None) if "tag_id" in item else ([], [])
    # With an entry that cannot be read the lists are not whole, and what is not in them has not been taken off.
    if not isinstance(item["tags"], list) or not all(map(_is_tag, item["tags"])):
        return None, None
    ids = [reading.text(tag, "tag_id") for tag in item["tags"]]
    own = [reading.text(tag, "tag_name") for tag in item["tags"] if reading.number(tag, "type") == _PERSONAL]
    return [found for found in ids if found], [name for name in own if name]


def _is_tag(entry: object) -> bool:
    """The corp's by its id; the member's own has none, and a name."""
    if not isinstance(entry, dict):
        return False
    own = reading.number(entry, "type") == _PERSONAL
    return bool(reading.text(entry, "tag_name" if own else "tag_id"))


def _tag_group(item: Json) -> CorpTagGroup:
    group_id = reading.needed_id(item, "group_id")
    tags = reading.told_things(item, "tag", kind="tag_group", of=group_id)
    return CorpTagGroup(
        group_id=group_id,
        name=reading.text(item, "group_name"),
        order=reading.number(item, "order"),
        tags=reading.each(tags, _tag, kind="tag", id_of=reading.id_in("id")),
    )


def _tag(item: Json) -> CorpTag:
    return CorpTag(
        tag_id=reading.needed_id(item, "id"), name=reading.text(item, "name"), order=reading.number(item, "order")
    )


def _group_ref(item: Json) -> GroupChatRef:
    return GroupChatRef(chat_id=reading.needed_id(item, "chat_id"), status=reading.small(item, "status"))


def _group(item: Json, chat_id: str) -> GroupChatInfo:
    return GroupChatInfo(
        chat_id=chat_id,
        name=reading.text(item, "name"),
        owner=reading.text(item, "owner"),
        notice=reading.text(item, "notice") if "notice" in item else "",
        create_time=reading.moment(item, "create_time"),
        member_version=reading.text(item, "member_version") or "",
        members=_group_members(item, chat_id),
        admins=reading.texts_of(item, "admin_list", "userid"),
    )


def _group_members(item: Json, chat_id: str) -> list[GroupChatMember] | None:
    """None where the answer tells of none: a group without anybody would be no group."""
    members = reading.things(item, "member_list")
    return reading.each(members, _group_member, kind="group_member", id_of=lambda _: chat_id) if members else None


def _group_member(item: Json) -> GroupChatMember:
    return GroupChatMember(
        userid=reading.needed_id(item, "userid"),
        type=reading.needed_small(item, "type"),
        name=reading.text(item, "name") or "",
        join_time=reading.moment(item, "join_time") or 0,
        join_scene=reading.small(item, "join_scene"),
        invitor=reading.text(reading.thing(item, "invitor"), "userid") or None,
    )
