"""The world as WeCom's servers know it: corps with their departments, staff, tags, customers, relations and groups.

Everything of a corp is read and written under ``corp.lock``. Records change only through `Corp.put` and `Corp.drop`,
which also write the journal, so that a simulator that was killed comes back with what the visitor did.
"""

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any, ClassVar, TypeAlias

from simulator.group_message import GroupMessage, GroupTask
from simulator.habits import Habits

Json: TypeAlias = dict[str, Any]

ACTIVE, DISABLED, NOT_ACTIVATED, LEFT = 1, 2, 4, 5
WECHAT, WECOM = 1, 2
KEPT_CALLS = 100_000


@dataclass(slots=True)
class App:
    """One credential of a corp: an ordinary app or the contact-sync helper, with its callback."""

    KIND: ClassVar[str] = "app"

    key: str
    secret: str
    token: str
    aes_key: str
    kind: str = "app"  # or contact_sync, archive
    agent_id: int | None = None
    name: str = ""
    callback_url: str = ""
    customer_contact: bool = True  # on the list 可调用接口的应用 and the box 外部联系人变更回调 ticked
    visible_users: list[str] = field(default_factory=list)
    visible_parties: list[int] = field(default_factory=lambda: [1])
    trusted_domains: list[str] = field(default_factory=list)  # empty: any loopback host

    @property
    def row_key(self) -> str:
        return self.key


@dataclass(slots=True)
class Department:
    """A node of the address book; larger ``order`` stands earlier."""

    KIND: ClassVar[str] = "department"

    id: int
    name: str
    parentid: int
    order: int = 0

    @property
    def row_key(self) -> int:
        return self.id


@dataclass(slots=True)
class Staff:
    """A member; ``leads`` are the departments they head. Resigned members stay with status 5."""

    KIND: ClassVar[str] = "staff"

    userid: str
    name: str
    department: list[int]
    leads: list[int] = field(default_factory=list)
    direct_leader: list[str] = field(default_factory=list)
    position: str = ""
    alias: str = ""
    status: int = ACTIVE
    customer_contact: bool = True
    console_welcome: bool = False  # the admin set a welcome message for them, so no WelcomeCode is issued
    left_at: int = 0
    verified: bool = True  # real name (实名)
    dormant: bool = False  # not logged in for a year
    banned: bool = False
    customer_limit: int = 0  # how many customers the member may have; 0 is no limit

    @property
    def row_key(self) -> str:
        return self.userid.lower()


@dataclass(slots=True)
class Tag:
    """A corp tag inside its group; a deleted one can still be looked up by id."""

    id: str
    name: str
    create_time: int
    order: int = 0
    deleted: bool = False
    owner: str = ""  # key of the app that created it; "" is the admin console


@dataclass(slots=True)
class TagGroup:
    """A group of corp tags."""

    KIND: ClassVar[str] = "tag_group"

    id: str
    name: str
    create_time: int
    order: int = 0
    deleted: bool = False
    owner: str = ""
    tags: list[Tag] = field(default_factory=list)

    @property
    def row_key(self) -> str:
        return self.id

    def living(self) -> list[Tag]:
        return [tag for tag in self.tags if not tag.deleted]


@dataclass(slots=True)
class Customer:
    """A person outside the corp."""

    KIND: ClassVar[str] = "customer"

    external_userid: str
    name: str
    type: int = WECHAT
    gender: int = 0
    avatar: str = ""
    unionid: str = ""
    position: str = ""
    corp_name: str = ""
    corp_full_name: str = ""

    @property
    def row_key(self) -> str:
        return self.external_userid


@dataclass(slots=True)
class Follow:
    """One relation: this member follows this customer. Tags, remark and state live here, not on the customer."""

    KIND: ClassVar[str] = "follow"

    userid: str
    external_userid: str
    createtime: int
    remark: str = ""
    description: str = ""
    tags: list[str] = field(default_factory=list)
    personal_tags: list[str] = field(default_factory=list)
    remark_corp_name: str = ""
    remark_mobiles: list[str] = field(default_factory=list)
    add_way: int = 0
    oper_userid: str = ""
    state: str = ""
    half: bool = False  # the customer added a skip-verify member who has not confirmed: no api works (84061)
    left: bool = False  # the customer deleted the member: apis go on working
    chatting: bool = False  # welcome delivered or chat started: no further WelcomeCode

    @property
    def row_key(self) -> tuple[str, str]:
        return (self.userid.lower(), self.external_userid)


@dataclass(slots=True)
class GroupMember:
    """Someone in a customer group."""

    userid: str  # or external_userid
    type: int  # 1 staff, 2 external
    join_time: int
    join_scene: int = 1
    invitor: str = ""
    group_nickname: str = ""
    name: str = ""
    state: str = ""


@dataclass(slots=True)
class Group:
    """A customer group."""

    KIND: ClassVar[str] = "group"

    chat_id: str
    name: str
    owner: str
    create_time: int
    notice: str = ""
    status: int = 0
    dismissed: bool = False
    hidden: bool = False  # unknown to every call, without an event
    members: list[GroupMember] = field(default_factory=list)
    admins: list[str] = field(default_factory=list)

    @property
    def row_key(self) -> str:
        return self.chat_id

    def version(self) -> str:
        """Equal for equal membership, as ``member_version`` promises."""
        who = "\n".join(sorted(f"{m.type}:{m.userid.lower()}" for m in self.members))
        return hashlib.md5(f"{self.chat_id}\n{who}".encode(), usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class Further:
    """A record that one api family adds to the world; its kind stands in `FURTHER`."""

    KIND: ClassVar[str] = ""

    @property
    def row_key(self) -> Any:
        raise NotImplementedError


FURTHER: dict[str, Callable[..., Further]] = {}
Record: TypeAlias = App | Department | Staff | TagGroup | Customer | Follow | Group | GroupMessage | Further
Rule: TypeAlias = dict[str, Any]


class Corp:
    """One corp's world, with a lock of its own."""

    def __init__(self, corp_id: str, name: str, *, seed: int, habits: Habits | None = None) -> None:
        self.corp_id = corp_id
        self.name = name
        self.lock = threading.RLock()
        self.random = Random(f"{corp_id}:{seed}")
        self.habits = habits or Habits()
        self.apps: dict[str, App] = {}
        self.departments: dict[int, Department] = {}
        self.staff: dict[str, Staff] = {}
        self.tag_groups: dict[str, TagGroup] = {}
        self.customers: dict[str, Customer] = {}
        self.follows: dict[tuple[str, str], Follow] = {}
        self.groups: dict[str, Group] = {}
        self.further: dict[str, dict[Any, Any]] = {}  # kind -> records of single api families
        self.group_messages: dict[str, GroupMessage] = {}
        self.followers: dict[str, set[str]] = {}  # external_userid -> lower-case userids
        self.followed: dict[str, set[str]] = {}  # lower-case userid -> external_userids
        self.write: Callable[[Json], None] = nowhere
        self.directory_version = 0
        self.ledger: deque[Json] = deque(maxlen=KEPT_CALLS)
        self.calls = 0
        self.stale_groups: dict[str, tuple[float, Group]] = {}
        self.room: dict[str, Any] = {}  # what single api families keep in memory only: media, messages, codes

    def put(self, record: Record) -> None:
        """Store a new or changed record and journal it."""
        self._place(record)
        self.write({"put": record.KIND, "key": record.row_key, "value": asdict(record)})

    def drop(self, record: Record) -> None:
        """Forget a record and journal that."""
        self._remove(record)
        self.write({"drop": record.KIND, "key": record.row_key})

    def replay(self, line: Json) -> None:
        """Apply one line that `put` or `drop` wrote."""
        if "put" in line:
            self._place(_load(line["put"], line["value"]))
            return
        key = line["key"]
        table = self._table(line["drop"])
        record = table.get(tuple(key) if isinstance(key, list) else key)
        if record is not None:
            self._remove(record)

    def new_id(self, prefix: str, length: int = 30) -> str:
        """Make an id of WeCom's shape that is not in use."""
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        while True:
            made = prefix + "".join(self.random.choices(letters, k=length))
            if made not in self.customers and made not in self.groups and made not in self.tag_groups:
                return made

    def member(self, userid: str) -> Staff | None:
        """An in-service member; userids compare without case."""
        staff = self.staff.get(userid.lower())
        return staff if staff is not None and staff.status != LEFT else None

    def relation(self, userid: str, external_userid: str) -> Follow | None:
        return self.follows.get((userid.lower(), external_userid))

    def relations_of(self, userid: str) -> list[Follow]:
        """Every relation of a member, half ones too, oldest first."""
        rows = [self.follows[(userid.lower(), ext)] for ext in self.followed.get(userid.lower(), ())]
        return sorted(rows, key=lambda row: (row.createtime, row.external_userid))

    def find_tag(self, tag_id: str, *, deleted: bool = False) -> tuple[TagGroup, Tag] | None:
        """A living tag with its group, or one that is ``deleted`` as well."""
        for group in self.tag_groups.values():
            for tag in group.tags:
                if tag.id == tag_id and (deleted or not (tag.deleted or group.deleted)):
                    return group, tag
        return None

    def subtree(self, root: int) -> set[int]:
        """The ids of a department and all below it."""
        found = {root} if root in self.departments else set()
        size = -1
        while size != len(found):
            size = len(found)
            found |= {d.id for d in self.departments.values() if d.parentid in found}
        return found

    def before_group_change(self, group: Group) -> None:
        """Keep the present detail: for a moment `groupchat/get` goes on answering it, as WeCom's does."""
        lag, now = self.habits.group_lag_seconds, time.time()
        kept = self.stale_groups.get(group.chat_id)
        old = kept[1] if kept is not None and kept[0] > now else deepcopy(group)
        if lag > 0:
            self.stale_groups[group.chat_id] = (now + lag, old)

    def now(self) -> float:
        """The corp's own time."""
        return time.time() + self.habits.ahead_seconds

    def note_call(self, entry: Json) -> None:
        with self.lock:
            self.calls += 1
            self.ledger.append({"seq": self.calls, **entry})

    def _table(self, kind: str) -> dict[Any, Any]:
        tables: dict[str, dict[Any, Any]] = {
            App.KIND: self.apps,
            Department.KIND: self.departments,
            Staff.KIND: self.staff,
            TagGroup.KIND: self.tag_groups,
            Customer.KIND: self.customers,
            Follow.KIND: self.follows,
            Group.KIND: self.groups,
            GroupMessage.KIND: self.group_messages,
        }
        return tables[kind] if kind in tables else self.further.setdefault(kind, {})

    def _place(self, record: Record) -> None:
        self._table(record.KIND)[record.row_key] = record
        if isinstance(record, Follow):
            self.followers.setdefault(record.external_userid, set()).add(record.userid.lower())
            self.followed.setdefault(record.userid.lower(), set()).add(record.external_userid)
        elif isinstance(record, Department | Staff | App):
            self.directory_version += 1

    def _remove(self, record: Record) -> None:
        self._table(record.KIND).pop(record.row_key, None)
        if isinstance(record, Follow):
            self.followers.get(record.external_userid, set()).discard(record.userid.lower())
            self.followed.get(record.userid.lower(), set()).discard(record.external_userid)
        elif isinstance(record, Department | Staff | App):
            self.directory_version += 1


def _load(kind: str, value: Json) -> Record:
    if kind == TagGroup.KIND:
        return TagGroup(**{**value, "tags": [Tag(**tag) for tag in value["tags"]]})
    if kind == Group.KIND:
        return Group(**{**value, "members": [GroupMember(**member) for member in value["members"]]})
    if kind == GroupMessage.KIND:
        return GroupMessage(**{**value, "tasks": [GroupTask(**task) for task in value["tasks"]]})
    simple: dict[str, Callable[..., Record]] = {
        App.KIND: App,
        Department.KIND: Department,
        Staff.KIND: Staff,
        Customer.KIND: Customer,
        Follow.KIND: Follow,
    }
    return (simple.get(kind) or FURTHER[kind])(**value)


def nowhere(line: Json) -> None:
    """No journal."""
