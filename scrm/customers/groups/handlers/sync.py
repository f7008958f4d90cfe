"""The step groups of a full sync: chains of calls, one page each."""

from collections.abc import Sequence

from scrm.contracts.sync import SyncStepDue
from scrm.core import clock
from scrm.core.db import Session
from scrm.customers.groups import replies
from scrm.customers.groups.actions import groups
from scrm.customers.groups.handlers.callbacks import GROUP_GONE
from scrm.customers.groups.replies import OwnersContext, SyncGroupContext
from scrm.identity import directory
from scrm.identity.queries import left_userids
from scrm.wecom import sync
from scrm.wecom.calls import ask
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import Contacts, GroupChatInfo, GroupChatPage, GroupChats
from scrm.wecom.port.transfers import Transfers, UnassignedPage
from scrm.wecom.sync import StepContext

_OWNERS = 100  # page 92120
# No group of this id, or none of customers; the pages leave open which of them comes (page 92122).
_UNKNOWN = frozenset({40050, 86001, 86003, 90501, 90509})


def step_due(session: Session, event: SyncStepDue) -> None:
    """Begin our step."""
    if event.step != "groups":
        return
    sync.ask(session, ask(Contacts.list_follow_userids), replies.SYNC_GROUPS_OF, StepContext(event.run_id))
    _ask_leavers(session, event.run_id, "")
    sync.advance(session, event.run_id, "groups", asked=2)


def groups_of(session: Session, outcome: Outcome[list[str]], context: StepContext) -> None:
    """The groups of everybody with the feature, a hundred owners at a time: without a filter 81017 may come."""
    run_id = context.run_id
    if not sync.failed(session, outcome, run_id, "groups"):
        _groups_answered(session, run_id, asked=_ask_groups_of(session, run_id, outcome.result))


def leavers_listed(session: Session, outcome: Outcome[UnassignedPage], context: StepContext) -> None:
    """The groups of members who have left: they are listed by their owner's name alone (page 92120).

    Who left before the corp was connected is known from the list of unassigned customers; where that cannot be read,
    those known already are asked for.
    """
    run_id = context.run_id
    if outcome.state is CallState.DONE:
        page = outcome.result
        left = {row.handover_userid: row.dimission_time for row in page.items}
        for userid in sorted(left, key=str.lower):
            at = clock.from_unix(left[userid]) if left[userid] else outcome.asked_at
            directory.enter_leaver(session, userid, at=at)
        if page.next_cursor:
            _ask_leavers(session, run_id, page.next_cursor)
            _groups_answered(session, run_id, asked=1)
            return
    _groups_answered(session, run_id, asked=_ask_groups_of(session, run_id, left_userids(session)))


def groups_listed(session: Session, outcome: Outcome[GroupChatPage], context: OwnersContext) -> None:
    """One page of groups; owners whom WeCom refuses together are asked for one by one, since one of them is why."""
    run_id = context.run_id
    owners = context.owners
    if outcome.state is CallState.REFUSED and outcome.errcode in sync.NOT_VISIBLE:
        alone = owners if len(owners) > 1 else ()
        for owner in alone:
            _ask_groups(session, run_id, [owner], "")
        _groups_answered(session, run_id, asked=len(alone), skipped=0 if alone else 1)
        return
    if sync.failed(session, outcome, run_id, "groups"):
        return
    page = outcome.result
    groups.note_listed(session, [ref.chat_id for ref in page.items], run_id)
    for ref in page.items:
        _ask_group(session, run_id, ref.chat_id, status=ref.status)
    asked = len(page.items)
    if page.next_cursor:
        _ask_groups(session, run_id, owners, page.next_cursor)
        asked += 1
    _groups_answered(session, run_id, asked=asked)


def group_fetched(session: Session, outcome: Outcome[GroupChatInfo], context: SyncGroupContext) -> None:
    run_id = context.run_id
    if outcome.errcode == GROUP_GONE:
        groups.dissolve(session, context.chat_id, at=outcome.asked_at)
        _groups_answered(session, run_id)
        return
    if context.unlisted and outcome.state is CallState.REFUSED and outcome.errcode in _UNKNOWN:
        # WeCom says so of this group itself: nothing is concluded from a list, which may be short of it.
        groups.vanish(session, context.chat_id, at=outcome.asked_at)
        _groups_answered(session, run_id)
        return
    if outcome.state is not CallState.DONE:
        # No answer about this one, which the next sync asks for again; all the others are read.
        _groups_answered(session, run_id, skipped=1)
        return
    groups.take(session, outcome.result, status=context.status, whole=not outcome.aside, asked_at=outcome.asked_at)
    _groups_answered(session, run_id, done=1)


def _groups_answered(session: Session, run_id: int, *, asked: int = 0, done: int = 0, skipped: int = 0) -> None:
    if not sync.advance(session, run_id, "groups", answered=1, asked=asked, done=done, skipped=skipped):
        return
    unlisted = groups.take_unlisted(session, run_id, before=sync.started_at(session, run_id, "groups"))
    for chat_id in unlisted:
        _ask_group(session, run_id, chat_id, status=None, unlisted=True)
    if unlisted:
        sync.advance(session, run_id, "groups", asked=len(unlisted))
    else:
        sync.finish_step(session, run_id, "groups")


def _ask_group(session: Session, run_id: int, chat_id: str, *, status: int | None, unlisted: bool = False) -> None:
    context = SyncGroupContext(run_id, status, chat_id, unlisted)
    sync.ask(session, ask(GroupChats.get_group_chat, chat_id=chat_id), replies.SYNC_GROUP, context)


def _ask_leavers(session: Session, run_id: int, cursor: str) -> None:
    sync.ask(session, ask(Transfers.list_unassigned, cursor=cursor), replies.SYNC_LEAVERS, StepContext(run_id))


def _ask_groups_of(session: Session, run_id: int, owners: Sequence[str]) -> int:
    """Ask for the groups of all of these; the number of calls."""
    chunks = list(sync.chunks(owners, _OWNERS))
    for chunk in chunks:
        _ask_groups(session, run_id, chunk, "")
    return len(chunks)


def _ask_groups(session: Session, run_id: int, owners: Sequence[str], cursor: str) -> None:
    asked = ask(GroupChats.list_group_chats, owners=list(owners), cursor=cursor)
    sync.ask(session, asked, replies.SYNC_GROUPS, OwnersContext(run_id, tuple(owners)))
