"""What a test begins with, told to the rooms in WeCom's words: the port's dataclasses, as a sync brings them.

Every builder has defaults for what a test does not care about, and returns the key by which WeCom names the thing.
"""

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scrm.compliance.archive.actions.messages import MessageSink
from scrm.contracts.archive import OpenedMessage
from scrm.contracts.callbacks import ContactDeletedByStaff, ContactDeletedStaff, StaffDeleted
from scrm.core import clock
from scrm.core.db import transaction
from scrm.customers.file.actions import states
from scrm.customers.groups.actions import groups
from scrm.customers.tags.actions import lists as tags
from scrm.identity import departments, directory
from scrm.identity.models import Role
from scrm.wecom.port.contacts import (
    Contact,
    ContactInfo,
    CorpTag,
    CorpTagGroup,
    FollowInfo,
    GroupChatInfo,
    GroupChatMember,
)
from scrm.wecom.port.directory import DepartmentInfo, Member
from tests.rooms.house import Console, House
from tests.support.company import SPEC

_numbers = itertools.count(1)


@dataclass
class Given:
    """Builders for one corp."""

    house: House
    _tags: dict[str, list[CorpTag]] = field(default_factory=dict)

    def company(self) -> None:
        """The six people and five departments of `tests.support.company`."""
        told = [
            _department(row["id"], row["name"], row["parentid"], row.get("order", 0)) for row in SPEC["departments"]
        ]
        with transaction(self.house.number) as session:
            departments.take_departments(session, told, asked_at=clock.now(), run_id=None)
        self.staff(*(self._member(**row) for row in SPEC["staff"]))

    def department(self, number: int, name: str, *, parent: int = 1, order: int = 0) -> int:
        """A department by WeCom's id; 1 is the corp itself."""
        told = [_department(number, name, parent, order)]
        with transaction(self.house.number) as session:
            departments.take_departments(session, told, asked_at=clock.now(), run_id=None)
        return number

    def member(self, userid: str, name: str, *, department: Sequence[int] = (1,), **values: Any) -> str:
        """An employed member; ``leads`` are departments, ``direct_leader`` is a userid."""
        self.staff(self._member(userid=userid, name=name, department=department, **values))
        return userid

    def staff(self, *members: Member) -> None:
        """WeCom tells of these members alone; what follows of their status holds at once."""
        with transaction(self.house.number) as session:
            directory.take_members(session, members, asked_at=clock.now(), run_id=None)
        self.house.deliver()

    @staticmethod
    def _member(
        *,
        userid: str,
        name: str,
        department: Sequence[int],
        leads: Sequence[int] = (),
        direct_leader: Sequence[str] = (),
        status: int = 1,
    ) -> Member:
        return Member(
            userid=userid,
            name=name,
            alias="",
            position="",
            status=status,
            departments=list(department),
            main_department=department[0],
            leads=list(leads),
            direct_leader=next(iter(direct_leader), ""),
        )

    def tag(self, name: str, *, group: str = "等级") -> str:
        """A corp tag; its id."""
        tag_id = f"et-{next(_numbers)}"
        self._tags.setdefault(group, []).append(CorpTag(tag_id=tag_id, name=name, order=0))
        told = [CorpTagGroup(group_id=f"eg-{name}", name=name, order=0, tags=held) for name, held in self._tags.items()]
        with transaction(self.house.number) as session:
            tags.take(session, told)
        return tag_id

    def customer(self, name: str, *, of: str | Sequence[str], days_ago: float = 0, type: int = 1, **follow: Any) -> str:
        """A customer of one member or several, added so long ago; the external_userid.

        ``follow`` is what each of them wrote: remark, description, tag_ids, remark_mobiles, state, add_way …
        """
        external_userid = f"wm-{next(_numbers)}"
        self._follows(
            external_userid, [of] if isinstance(of, str) else of, name=name, days_ago=days_ago, type=type, **follow
        )
        return external_userid

    def follows(
        self, external_userid: str, *userids: str, name: str | None = None, days_ago: float = 0, **follow: Any
    ) -> None:
        """These members follow the customer, and nobody else; so WeCom answers when asked for the customer now."""
        self._follows(external_userid, userids, name=name, days_ago=days_ago, type=None, **follow)
        self.house.deliver()

    def _follows(
        self,
        external_userid: str,
        userids: Sequence[str],
        *,
        name: str | None,
        days_ago: float,
        type: int | None,
        **follow: Any,
    ) -> None:
        told = contact(external_userid, *userids, name=name, days_ago=days_ago, type=type, **follow)
        with transaction(self.house.number) as session:
            states.take_contact(session, told, asked_at=clock.now())

    def group(self, name: str, *, owner: str, members: Sequence[str] = ()) -> str:
        """A customer group; ``members`` are external_userids. The chat_id."""
        chat_id, now = f"wr-{next(_numbers)}", int(clock.now().timestamp())
        people = [(owner, 1), *((member, 2) for member in members)]
        told = GroupChatInfo(
            chat_id=chat_id,
            name=name,
            owner=owner,
            notice="",
            create_time=now,
            member_version=f"{next(_numbers)}",
            members=[
                GroupChatMember(userid=userid, type=kind, name="", join_time=now, join_scene=1)
                for userid, kind in people
            ],
        )
        with transaction(self.house.number) as session:
            groups.take(session, told, status=0)
        return chat_id

    def lost(
        self,
        external_userid: str,
        userid: str,
        *,
        by_staff: bool = True,
        transfer: bool = False,
        at: dt.datetime | None = None,
        app: str = "customer",
    ) -> None:
        """A callback tells that member or customer deleted the other; all who listen have heard of it.

        ``transfer``: it was given to a colleague, and is no loss. Whole seconds, as WeCom tells them.
        """
        moment = (at or clock.now()).replace(microsecond=0)
        pair: dict[str, Any] = {"userid": userid, "external_userid": external_userid, "event_at": moment, "app": app}
        self.house.tell(ContactDeletedByStaff(transfer=transfer, **pair) if by_staff else ContactDeletedStaff(**pair))

    def alert(self, name: str = "客户", *, of: str = "bob", by_staff: bool = True) -> int:
        """An open alert on a customer that the member lost; its number."""
        customer = self.customer(name, of=of)
        self.lost(customer, of, by_staff=by_staff)
        return self._newest("/alerts")

    def left(self, userid: str) -> None:
        """The member has left the company; a callback says so."""
        self.house.tell(StaffDeleted(userid=userid, event_at=clock.now().replace(microsecond=0)))

    def handover(self, userid: str = "bob", *, customers: int = 4, groups: int = 1) -> int:
        """The case of a member who left with so many customers and groups; its number."""
        for number in range(customers):
            self.customer(f"王{'一二三四五六七八九'[number]}", of=userid)
        for _ in range(groups):
            self.group("老客群", owner=userid)
        self.left(userid)
        return self._newest("/handovers")

    def rule(self, console: Console, **values: Any) -> dict[str, Any]:
        """A rule on words in chats, written by an officer."""
        body = {"name": "私下交易", "severity": "high", "words": "加我微信\n返点\n私下转账", **values}
        answer = console.status("POST", "/rules", body)
        assert answer.status_code == 201, answer.text
        rule: dict[str, Any] = answer.json()["rule"]
        return rule

    def said(self, sender: str, receiver: str, content: str = "", *, seconds_ago: float = 0, **body: Any) -> str:
        """One archived message, opened and stored with all that follows; the msgid.

        ``receiver`` is a person, or a group if it begins with wr. ``body`` replaces parts of the message.
        """
        (msgid,) = self.all_said(
            {"sender": sender, "receiver": receiver, "content": content, "seconds_ago": seconds_ago, **body}
        )
        return msgid

    def all_said(self, *messages: dict[str, Any]) -> list[str]:
        """A page of the archive; the arguments of `said` for each. The msgids."""
        sink = MessageSink()
        opened = [_opened(**message) for message in messages]
        with transaction(self.house.number) as session:
            sink.store(session, [sink.prepare(opened)])
        self.house.deliver()
        return [message.msgid for message in opened]

    def broadcast(self, console: Console, **values: Any) -> int:
        """A draft of a marketer's to everybody; its number."""
        body = {"title": "双十一预告", "text": "您好，新品已到店。", "audience": {"everyone": True}, **values}
        answer = console.status("POST", "/broadcasts", body)
        assert answer.status_code == 201, answer.text
        number: int = answer.json()["id"]
        return number

    def _newest(self, path: str) -> int:
        number: int = self.house.console(Role.ADMINISTRATOR).get(path)["items"][0]["id"]
        return number


def contact(
    external_userid: str,
    *userids: str,
    name: str | None = None,
    days_ago: float = 0,
    type: int | None = None,
    **follow: Any,
) -> Contact:
    """What WeCom tells of a customer: followed by these members for so long; no name: what is known of it stays."""
    at = int((clock.now() - dt.timedelta(days=days_ago)).timestamp())
    return Contact(
        info=_info(external_userid, name=name, type=type),
        follows=[_follow(userid, createtime=at, **follow) for userid in userids],
    )


def _department(number: int, name: str, parent: int, order: int) -> DepartmentInfo:
    return DepartmentInfo(id=number, name=name, parent_id=parent, order=order, leaders=[])


def _info(external_userid: str, *, name: str | None, type: int | None) -> ContactInfo:
    return ContactInfo(
        external_userid=external_userid,
        name=name,
        avatar="",
        type=type,
        gender=0,
        unionid=None,
        position="",
        corp_name="",
        corp_full_name="",
    )


def _follow(userid: str, **told: Any) -> FollowInfo:
    blank: dict[str, Any] = {
        "remark": "",
        "description": "",
        "tag_ids": [],
        "personal_tags": [],
        "remark_corp_name": "",
        "remark_mobiles": [],
        "add_way": 1,
        "oper_userid": userid,
        "state": "",
    }
    return FollowInfo(userid=userid, **(blank | told))


def _opened(*, sender: str, receiver: str, content: str = "", seconds_ago: float = 0, **body: Any) -> OpenedMessage:
    number = next(_numbers)
    told = {
        "msgid": f"message-{number}",
        "action": "send",
        "from": sender,
        "tolist": [] if receiver.startswith("wr") else [receiver],
        "roomid": receiver if receiver.startswith("wr") else "",
        "msgtime": int((clock.now() - dt.timedelta(seconds=seconds_ago)).timestamp() * 1000),
        "msgtype": "text",
        **({"text": {"content": content}} if "msgtype" not in body else {}),
        **body,
    }
    text = json.dumps(told, ensure_ascii=False).encode()
    return OpenedMessage(number, told["msgid"], 1, told, text, hashlib.sha256(text).digest())
