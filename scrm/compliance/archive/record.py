"""Conversations of the chat archive as a record kind."""

from collections.abc import Sequence

from sqlalchemy import select

from scrm.compliance.archive.models import Conversation, ConversationKind, ConversationMember
from scrm.compliance.archive.queries.messages import is_called, titles, visible
from scrm.core.records.field import Asked, Condition, Option, Served
from scrm.core.records.fields import Choice, Moment, Number, Words
from scrm.core.records.kind import RecordKind
from scrm.identity.permissions import Permission
from scrm.identity.records import member_by_userid

_KINDS = (
    Option(ConversationKind.CUSTOMER, "客户", "Customer"),
    Option(ConversationKind.GROUP, "群聊", "Group"),
    Option(ConversationKind.INTERNAL, "内部", "Internal"),
    Option(ConversationKind.OTHER, "其他", "Other"),
)


def _with(_asked: Asked, userids: Sequence[str]) -> Condition:
    there = ConversationMember.conversation_id == Conversation.id, ConversationMember.who.in_(userids)
    return select(ConversationMember.who).where(*there).exists()


CONVERSATION = RecordKind(
    name="conversation",
    zh="会话",
    en="Conversation",
    key=Conversation.id,
    visible=visible,
    read=Permission.MESSAGES_READ,
    list="/api/v1/messages/conversations",
    path="/messages?open={id}",
    default_sort="-last_at",
    default_columns=("name", "kind", "messages", "last_at"),
    fields=(
        Words(
            "name",
            "会话",
            "Conversation",
            served=Served.BIGRAMS,
            contains=lambda asked, words: is_called(asked.session, words),
            value=lambda asked, ids: titles(asked.session, asked.actor, ids),
        ),
        member_by_userid("member", "成员", "Member", served=Served.EXISTS, among=_with),
        Choice("kind", "类型", "Kind", served=Served.SMALL, column=Conversation.kind, choices=_KINDS),
        Number(
            "messages",
            "消息数",
            "Messages",
            served=Served.SMALL,
            column=Conversation.messages,
            sort=Conversation.messages,
        ),
        Moment(
            "first_at",
            "首条消息",
            "First message",
            served=Served.SMALL,
            column=Conversation.first_at,
            sort=Conversation.first_at,
        ),
        Moment(
            "last_at",
            "最近消息",
            "Last message",
            served=Served.BTREE,
            column=Conversation.last_at,
            sort=Conversation.last_at,
        ),
    ),
)
