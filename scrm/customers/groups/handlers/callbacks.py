"""What callbacks and handovers say of groups, and the states fetched after them."""

from scrm.contracts.callbacks import GroupChatChanged
from scrm.contracts.handovers import GroupsTransferred
from scrm.core.db import Session
from scrm.customers.groups.actions import groups
from scrm.customers.groups.replies import GroupContext
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import GroupChatInfo

GROUP_GONE = 49008


def group_chat_changed(session: Session, event: GroupChatChanged) -> None:
    if event.dismissed:
        groups.dismissed(session, event)
    else:
        groups.changed(session, event)


def groups_transferred(session: Session, event: GroupsTransferred) -> None:
    groups.moved(session, event)


def group_fetched(session: Session, outcome: Outcome[GroupChatInfo], context: GroupContext) -> None:
    if outcome.errcode == GROUP_GONE:
        groups.dissolve(session, context.chat_id, at=outcome.asked_at)
    elif outcome.state is CallState.DONE:
        groups.take(session, outcome.result, whole=not outcome.aside, asked_at=outcome.asked_at)
