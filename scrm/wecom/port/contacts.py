"""Customer contact (客户联系): external contacts, corp tags, customer groups, welcome messages."""

from dataclasses import dataclass
from typing import Protocol

from scrm.wecom.port.method import wecom_method

CONTACT_LIST = "contact_list"  # what is set aside where a page of `list_contacts` tells no list at all


@dataclass(frozen=True, kw_only=True)
class ContactInfo:
    """An external contact (page 92114); ``type`` 1 is a WeChat user, 2 a WeCom user of another corp.

    None: the answer does not tell, so what is known stays.
    """

    external_userid: str
    name: str | None
    avatar: str | None
    type: int | None
    gender: int | None
    unionid: str | None
    position: str | None
    corp_name: str | None
    corp_full_name: str | None


@dataclass(frozen=True, kw_only=True)
class FollowInfo:
    """One member's relation to a contact; None where the answer does not tell.

    ``tag_ids`` are corp and strategy tags; ``personal_tags`` the member's own, which have no id and are not told by
    batch reads (``None`` there).
    """

    userid: str
    remark: str | None
    description: str | None
    createtime: int | None
    tag_ids: list[str] | None
    personal_tags: list[str] | None
    remark_corp_name: str | None
    remark_mobiles: list[str] | None
    add_way: int | None
    oper_userid: str | None
    state: str | None


@dataclass(frozen=True, kw_only=True)
class Contact:
    """An external contact with every follower visible to the app."""

    info: ContactInfo
    follows: list[FollowInfo]


@dataclass(frozen=True, kw_only=True)
class ContactRow:
    """One (member, contact) pair of a batch read."""

    info: ContactInfo
    follow: FollowInfo


@dataclass(frozen=True, kw_only=True)
class ContactPage:
    items: list[ContactRow]
    next_cursor: str


@dataclass(frozen=True, kw_only=True)
class CorpTag:
    tag_id: str
    name: str | None
    order: int | None


@dataclass(frozen=True, kw_only=True)
class CorpTagGroup:
    group_id: str
    name: str | None
    order: int | None
    tags: list[CorpTag]


@dataclass(frozen=True, kw_only=True)
class GroupChatRef:
    chat_id: str
    status: int | None  # 0 normal, 1 owner resigned, 2 being inherited, 3 inherited


@dataclass(frozen=True, kw_only=True)
class GroupChatPage:
    items: list[GroupChatRef]
    next_cursor: str


@dataclass(frozen=True, kw_only=True)
class GroupChatMember:
    userid: str  # a member's userid for type 1, an external_userid for type 2
    type: int
    name: str
    join_time: int
    join_scene: int | None
    invitor: str | None = None  # a userid; only where the inviter is a member of the corp


@dataclass(frozen=True, kw_only=True)
class GroupChatInfo:
    chat_id: str
    name: str | None
    owner: str | None
    notice: str | None
    create_time: int | None
    member_version: str
    members: list[GroupChatMember] | None
    admins: list[str] | None = None  # userids


class Contacts(Protocol):
    """Reads of external contacts."""

    @wecom_method("contacts")
    def list_follow_userids(self) -> list[str]:
        """get_follow_user_list (page 92571): members with the customer-contact feature."""
        ...

    @wecom_method("contacts")
    def list_contacts(self, *, userids: list[str], cursor: str) -> ContactPage:
        """batch/get_by_user (page 92994): at most 100 members a call, 100 pairs a page; 45033 on concurrency."""
        ...

    @wecom_method("contacts")
    def get_contact(self, *, external_userid: str) -> Contact:
        """get (page 92114), all pages of followers; 84061 if no visible member follows any more."""
        ...


class Tags(Protocol):
    """Reads of corp tags."""

    @wecom_method("tags")
    def list_tags(self) -> list[CorpTagGroup]:
        """get_corp_tag_list (page 92117): everything, one page."""
        ...


class GroupChats(Protocol):
    """Reads of customer groups."""

    @wecom_method("groups")
    def list_group_chats(self, *, owners: list[str], cursor: str) -> GroupChatPage:
        """groupchat/list (page 92120): of at most 100 owners, 1,000 a page."""
        ...

    @wecom_method("groups")
    def get_group_chat(self, *, chat_id: str) -> GroupChatInfo:
        """groupchat/get with names (page 92122); asynchronous: old for about 2 s after a change."""
        ...


class Welcomes(Protocol):
    """The one message that may be sent on an add."""

    @wecom_method("welcomes")
    def send_welcome(self, *, welcome_code: str, text: str) -> None:
        """send_welcome_msg (page 92137): within 20 s, text up to 4,000 bytes.

        Not mutating in our sense: the code is single use, so a repetition after a lost answer is refused (41050, 41051)
        and cannot reach the customer twice. 41096 may be retried inside the 20 s.
        """
        ...
