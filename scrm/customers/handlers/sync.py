"""The steps tags, customers and groups of a full sync: chains of calls, one page each."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from scrm.core import clock
from scrm.core.db import Session
from scrm.core.doorbell import Lane
from scrm.customers.actions import groups, states, tags
from scrm.events.sync import SyncStepDue
from scrm.identity import directory
from scrm.identity.queries import left_userids, staff_by_userids
from scrm.wecom import calls, sync
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import CONTACT_LIST, ContactPage, Contacts, GroupChatInfo, GroupChatPage, GroupChats, Tags
from scrm.wecom.port.transfers import Transfers, UnassignedPage

# Members per chain of pages: small enough that several chains go on at once, large enough for full pages of 100.
_CHAIN = 10
_OWNERS = 100  # page 92120


def step_due(session: Session, event: SyncStepDue) -> None:
    """Begin one of our steps."""
    if event.step == "tags":
        _ask(session, event.run_id, Tags.list_tags, {}, "customers.sync_tags")
    elif event.step in {"customers", "groups"}:
        reply = f"customers.sync_{event.step}_of"
        _ask(session, event.run_id, Contacts.list_follow_userids, {}, reply)
    else:
        return
    if event.step == "groups":
        _ask_leavers(session, event.run_id, "")
    sync.advance(session, event.run_id, event.step, asked=2 if event.step == "groups" else 1)


def tags_listed(session: Session, outcome: Outcome) -> None:
    run_id: int = outcome.context["run_id"]
    if sync.failed(session, outcome, run_id, "tags"):
        return
    done = tags.take(session, outcome.result, whole=not outcome.aside)
    if sync.advance(session, run_id, "tags", answered=1, done=done):
        sync.finish_step(session, run_id, "tags")


def customers_of(session: Session, outcome: Outcome) -> None:
    """Who has the customer-contact feature: their customers, in chains of pages."""
    run_id: int = outcome.context["run_id"]
    if sync.failed(session, outcome, run_id, "customers"):
        return
    userids: list[str] = outcome.result
    chains = list(_chunks(userids, _CHAIN))
    for chain in chains:
        _ask_contacts(session, run_id, chain, "")
    _customers_answered(session, run_id, asked=len(chains))


def contacts_listed(session: Session, outcome: Outcome) -> None:
    """One page of (member, customer) pairs; a chain that WeCom refuses as a whole is split by member."""
    run_id: int = outcome.context["run_id"]
    userids: list[str] = outcome.context["userids"]
    if outcome.state is CallState.REFUSED:
        if outcome.errcode == _NO_CUSTOMERS or (len(userids) == 1 and outcome.errcode in _NOT_VISIBLE):
            _customers_answered(session, run_id, skipped=0 if outcome.errcode == _NO_CUSTOMERS else 1)
            return
        if outcome.errcode in _NOT_VISIBLE:
            for userid in userids:
                _ask_contacts(session, run_id, [userid], "")
            _customers_answered(session, run_id, asked=len(userids))
            return
    if sync.failed(session, outcome, run_id, "customers"):
        return
    page: ContactPage = outcome.result
    states.take_rows(session, page.items, asked_at=outcome.asked_at, run_id=run_id)
    done = len(page.items)
    if page.next_cursor:
        _ask_contacts(session, run_id, userids, page.next_cursor)
        _customers_answered(session, run_id, asked=1, done=done)
        return
    told = all(item.kind != CONTACT_LIST for item in outcome.aside)
    unseen = _ask_of_unseen(session, run_id, userids) if told else 0
    _customers_answered(session, run_id, asked=unseen, done=done, skipped=0 if told else 1)


def unseen_fetched(session: Session, outcome: Outcome) -> None:
    """A customer whom a chain did not list beside somebody: asked for alone, and ended where it is not there either."""
    run_id: int = outcome.context["run_id"]
    if outcome.state is CallState.DONE:
        states.take_contact(session, outcome.result, asked_at=outcome.asked_at, run_id=run_id)
        if outcome.aside:  # whoever was not met may stand in what cannot be read
            _customers_answered(session, run_id, skipped=1)
            return
    elif outcome.errcode not in _CUSTOMER_GONE:
        # No answer about this one, which the next sync asks for again; all the others have been read.
        _customers_answered(session, run_id, skipped=1)
        return
    listing = _listing(session, run_id, outcome.context["userids"])
    states.end_unseen(session, listing, outcome.context["external_userid"], at=outcome.asked_at)
    _customers_answered(session, run_id)


def groups_of(session: Session, outcome: Outcome) -> None:
    """The groups of everybody with the feature, a hundred owners at a time: without a filter 81017 may come."""
    run_id: int = outcome.context["run_id"]
    if not sync.failed(session, outcome, run_id, "groups"):
        _groups_answered(session, run_id, asked=_ask_groups_of(session, run_id, outcome.result))


def leavers_listed(session: Session, outcome: Outcome) -> None:
    """The groups of members who have left: they are listed by their owner's name alone (page 92120).

    Who left before the corp was connected is known from the list of unassigned customers; where that cannot be read,
    those known already are asked for.
    """
    run_id: int = outcome.context["run_id"]
    if outcome.state is CallState.DONE:
        page: UnassignedPage = outcome.result
        left = {row.handover_userid: row.dimission_time for row in page.items}
        for userid in sorted(left, key=str.lower):
            at = clock.from_unix(left[userid]) if left[userid] else outcome.asked_at
            directory.enter_leaver(session, userid, at=at)
        if page.next_cursor:
            _ask_leavers(session, run_id, page.next_cursor)
            _groups_answered(session, run_id, asked=1)
            return
    _groups_answered(session, run_id, asked=_ask_groups_of(session, run_id, left_userids(session)))


def groups_listed(session: Session, outcome: Outcome) -> None:
    """One page of groups; owners whom WeCom refuses together are asked for one by one, since one of them is why."""
    run_id: int = outcome.context["run_id"]
    owners: list[str] = outcome.context["owners"]
    if outcome.state is CallState.REFUSED and outcome.errcode in _NOT_VISIBLE:
        alone = owners if len(owners) > 1 else []
        for owner in alone:
            _ask_groups(session, run_id, [owner], "")
        _groups_answered(session, run_id, asked=len(alone), skipped=0 if alone else 1)
        return
    if sync.failed(session, outcome, run_id, "groups"):
        return
    page: GroupChatPage = outcome.result
    groups.note_listed(session, [ref.chat_id for ref in page.items], run_id)
    for ref in page.items:
        _ask_group(session, run_id, ref.chat_id, status=ref.status)
    asked = len(page.items)
    if page.next_cursor:
        _ask_groups(session, run_id, owners, page.next_cursor)
        asked += 1
    _groups_answered(session, run_id, asked=asked)


def group_fetched(session: Session, outcome: Outcome) -> None:
    run_id: int = outcome.context["run_id"]
    if outcome.errcode == _GROUP_GONE:
        groups.dismiss(session, outcome.context["chat_id"], at=outcome.asked_at)
        _groups_answered(session, run_id)
        return
    if outcome.state is not CallState.DONE:
        # No answer about this one, which the next sync asks for again; all the others are read.
        _groups_answered(session, run_id, skipped=1)
        return
    group: GroupChatInfo = outcome.result
    groups.take(session, group, status=outcome.context["status"], whole=not outcome.aside)
    _groups_answered(session, run_id, done=1)


_NO_CUSTOMERS = 84061
_GROUP_GONE = 49008
_CUSTOMER_GONE = frozenset({_NO_CUSTOMERS, 40096})  # nobody visible follows; no such customer
_NOT_VISIBLE = frozenset({60111, 60011, 40003, 40096, 701008})


def _ask_of_unseen(session: Session, run_id: int, userids: Sequence[str]) -> int:
    """The chain is read to its end: ask for each of its members' customers who was not met. The number of calls.

    A row that vanishes while the pages are read may shift another past the cursor, so a list alone ends nothing.
    """
    customers = states.unseen(session, _listing(session, run_id, userids))
    for external_userid in customers:
        arguments = {"external_userid": external_userid}
        context = {"userids": list(userids), "external_userid": external_userid}
        _ask(session, run_id, Contacts.get_contact, arguments, "customers.sync_unseen", **context)
    return len(customers)


def _listing(session: Session, run_id: int, userids: Sequence[str]) -> states.Listing:
    staff_ids = [staff.id for staff in staff_by_userids(session, userids).values()]
    return states.Listing(run_id, staff_ids, sync.started_at(session, run_id, "customers"))


def _customers_answered(session: Session, run_id: int, *, asked: int = 0, done: int = 0, skipped: int = 0) -> None:
    if sync.advance(session, run_id, "customers", answered=1, asked=asked, done=done, skipped=skipped):
        sync.finish_step(session, run_id, "customers")


def _groups_answered(session: Session, run_id: int, *, asked: int = 0, done: int = 0, skipped: int = 0) -> None:
    if not sync.advance(session, run_id, "groups", answered=1, asked=asked, done=done, skipped=skipped):
        return
    unlisted = groups.take_unlisted(session, run_id, before=sync.started_at(session, run_id, "groups"))
    for chat_id in unlisted:
        _ask_group(session, run_id, chat_id, status=None)
    if unlisted:
        sync.advance(session, run_id, "groups", asked=len(unlisted))
    else:
        sync.finish_step(session, run_id, "groups")


def _ask_group(session: Session, run_id: int, chat_id: str, *, status: int | None) -> None:
    arguments = {"chat_id": chat_id}
    _ask(session, run_id, GroupChats.get_group_chat, arguments, "customers.sync_group", status=status, chat_id=chat_id)


def _ask_contacts(session: Session, run_id: int, userids: Sequence[str], cursor: str) -> None:
    arguments = {"userids": list(userids), "cursor": cursor}
    _ask(session, run_id, Contacts.list_contacts, arguments, "customers.sync_contacts", userids=list(userids))


def _ask_leavers(session: Session, run_id: int, cursor: str) -> None:
    _ask(session, run_id, Transfers.list_unassigned, {"cursor": cursor}, "customers.sync_leavers")


def _ask_groups_of(session: Session, run_id: int, owners: Sequence[str]) -> int:
    """Ask for the groups of all of these; the number of calls."""
    chunks = list(_chunks(owners, _OWNERS))
    for chunk in chunks:
        _ask_groups(session, run_id, chunk, "")
    return len(chunks)


def _ask_groups(session: Session, run_id: int, owners: Sequence[str], cursor: str) -> None:
    arguments = {"owners": list(owners), "cursor": cursor}
    _ask(session, run_id, GroupChats.list_group_chats, arguments, "customers.sync_groups", owners=list(owners))


def _ask(
    session: Session,
    run_id: int,
    method: Callable[..., Any],
    arguments: dict[str, Any],
    reply: str,
    **context: Any,
) -> None:
    calls.request(
        session,
        method,
        arguments,
        subject=f"{sync.subject(run_id)}:{reply}:{sorted(arguments.items())}",
        reply=reply,
        context=sync.context(run_id, **context),
        lane=Lane.BULK,
    )


def _chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
