"""Customer groups as a record kind."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from scrm.core import search
from scrm.core.records.field import Asked, Condition, Option, Served
from scrm.core.records.fields import Choice, Flag, Moment, Number, Words
from scrm.core.records.kind import RecordKind
from scrm.customers.groups.models import TEXT_VERSION, GroupChat, GroupMember
from scrm.customers.groups.queries import STAFF, names_by_number, visible
from scrm.identity.permissions import Permission
from scrm.identity.records import member_by_userid

_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Page 92120.
_STATUSES = (
    Option("0", "正常", "Normal"),
    Option("1", "群主离职", "Owner has left"),
    Option("2", "离职继承中", "Being inherited"),
    Option("3", "离职继承完成", "Inherited"),
)


def _inside(*where: ColumnElement[bool]) -> ColumnElement[Any]:
    there = GroupMember.group_chat_id == GroupChat.id, *where
    return select(func.count()).select_from(GroupMember).where(*there).correlate(GroupChat).scalar_subquery()


def _with(_asked: Asked, userids: Sequence[str]) -> Condition:
    there = GroupMember.group_chat_id == GroupChat.id, func.lower(GroupMember.userid).in_(userids)
    return select(GroupMember.id).where(*there, GroupMember.type == STAFF).exists()


def _names(asked: Asked, ids: Sequence[int]) -> Mapping[int, str]:
    return names_by_number(asked.session, ids)


GROUP = RecordKind(
    name="group",
    zh="客户群",
    en="Customer group",
    key=GroupChat.id,
    visible=visible,
    read=Permission.CUSTOMERS_READ,
    list="/api/v1/groups",
    path="/customers/groups/{chat_id}",
    default_sort="-number",
    default_columns=("name", "owner", "members", "customers", "created_at"),
    fields=(
        Number("number", "编号", "Number", served=Served.BTREE, column=GroupChat.id, sort=GroupChat.id),
        Words(
            "name",
            "群名",
            "Name",
            served=Served.BIGRAMS,
            contains=lambda _, words: search.called(words, GroupChat, TEXT_VERSION),
            value=_names,
        ),
        member_by_userid(
            "owner", "群主", "Owner", served=Served.SMALL, made=lambda _: func.lower(GroupChat.owner_userid)
        ),
        member_by_userid("member", "群内成员", "Has member", served=Served.EXISTS, among=_with),
        Number("members", "人数", "Members", served=Served.EXISTS, made=lambda _: _inside()),
        Number(
            "customers", "客户数", "Customers", served=Served.EXISTS, made=lambda _: _inside(GroupMember.type != STAFF)
        ),
        Choice("status", "状态", "Status", served=Served.SMALL, column=GroupChat.status, stored=int, choices=_STATUSES),
        Flag(
            "dismissed", "已解散", "Dismissed", served=Served.SMALL, made=lambda _: GroupChat.dismissed_at.is_not(None)
        ),
        Moment(
            "created_at",
            "建群时间",
            "Created",
            served=Served.SMALL,
            column=GroupChat.created_at,
            sort=func.coalesce(GroupChat.created_at, _NEVER),
            nullable=True,
        ),
        Moment(
            "dismissed_at",
            "解散时间",
            "Dismissed at",
            served=Served.SMALL,
            column=GroupChat.dismissed_at,
            nullable=True,
        ),
    ),
)
