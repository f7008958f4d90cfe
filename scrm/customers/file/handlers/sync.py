"""The step customers of a full sync: chains of calls, one page each."""

from collections.abc import Sequence

from scrm.contracts.sync import SyncStepDue
from scrm.core.db import Session
from scrm.customers.file import replies
from scrm.customers.file.actions import states
from scrm.customers.file.replies import ChainContext, UnseenContext
from scrm.identity.queries import staff_by_userids
from scrm.wecom import sync
from scrm.wecom.calls import ask
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import CONTACT_LIST, Contact, ContactPage, Contacts
from scrm.wecom.sync import StepContext

# Members per chain of pages: small enough that several chains go on at once, large enough for full pages of 100.
_CHAIN = 10
_NO_CUSTOMERS = 84061
_CUSTOMER_GONE = frozenset({_NO_CUSTOMERS, 40096})  # nobody visible follows; no such customer


def step_due(session: Session, event: SyncStepDue) -> None:
    """Begin our step."""
    if event.step == "customers":
        sync.ask(session, ask(Contacts.list_follow_userids), replies.SYNC_CUSTOMERS_OF, StepContext(event.run_id))
        sync.advance(session, event.run_id, event.step, asked=1)


def customers_of(session: Session, outcome: Outcome[list[str]], context: StepContext) -> None:
    """Who has the customer-contact feature: their customers, in chains of pages."""
    run_id = context.run_id
    if sync.failed(session, outcome, run_id, "customers"):
        return
    userids = outcome.result
    chains = list(sync.chunks(userids, _CHAIN))
    for chain in chains:
        _ask_contacts(session, run_id, chain, "")
    _customers_answered(session, run_id, asked=len(chains))


def contacts_listed(session: Session, outcome: Outcome[ContactPage], context: ChainContext) -> None:
    """One page of (member, customer) pairs; a chain that WeCom refuses as a whole is split by member."""
    run_id = context.run_id
    userids = context.userids
    if outcome.state is CallState.REFUSED:
        if outcome.errcode == _NO_CUSTOMERS or (len(userids) == 1 and outcome.errcode in sync.NOT_VISIBLE):
            _customers_answered(session, run_id, skipped=0 if outcome.errcode == _NO_CUSTOMERS else 1)
            return
        if outcome.errcode in sync.NOT_VISIBLE:
            for userid in userids:
                _ask_contacts(session, run_id, [userid], "")
            _customers_answered(session, run_id, asked=len(userids))
            return
    if sync.failed(session, outcome, run_id, "customers"):
        return
    page = outcome.result
    states.take_rows(session, page.items, asked_at=outcome.asked_at, run_id=run_id)
    done = len(page.items)
    if page.next_cursor:
        _ask_contacts(session, run_id, userids, page.next_cursor)
        _customers_answered(session, run_id, asked=1, done=done)
        return
    told = all(item.kind != CONTACT_LIST for item in outcome.aside)
    unseen = _ask_of_unseen(session, run_id, userids) if told else 0
    _customers_answered(session, run_id, asked=unseen, done=done, skipped=0 if told else 1)


def unseen_fetched(session: Session, outcome: Outcome[Contact], context: UnseenContext) -> None:
    """A customer whom a chain did not list beside somebody: asked for alone, and ended where it is not there either."""
    run_id = context.run_id
    if outcome.state is CallState.DONE:
        states.take_contact(session, outcome.result, asked_at=outcome.asked_at, run_id=run_id)
        if outcome.aside:  # whoever was not met may stand in what cannot be read
            _customers_answered(session, run_id, skipped=1)
            return
    elif outcome.errcode not in _CUSTOMER_GONE:
        # No answer about this one, which the next sync asks for again; all the others have been read.
        _customers_answered(session, run_id, skipped=1)
        return
    listing = _listing(session, run_id, context.userids)
    states.end_unseen(session, listing, context.external_userid, at=outcome.asked_at)
    _customers_answered(session, run_id)


def _ask_of_unseen(session: Session, run_id: int, userids: Sequence[str]) -> int:
    """The chain is read to its end: ask for each of its members' customers who was not met. The number of calls.

    A row that vanishes while the pages are read may shift another past the cursor, so a list alone ends nothing.
    """
    customers = states.unseen(session, _listing(session, run_id, userids))
    for external_userid in customers:
        context = UnseenContext(run_id, tuple(userids), external_userid)
        sync.ask(session, ask(Contacts.get_contact, external_userid=external_userid), replies.SYNC_UNSEEN, context)
    return len(customers)


def _listing(session: Session, run_id: int, userids: Sequence[str]) -> states.Listing:
    staff_ids = [staff.id for staff in staff_by_userids(session, userids).values()]
    return states.Listing(run_id, staff_ids, sync.started_at(session, run_id, "customers"))


def _customers_answered(session: Session, run_id: int, *, asked: int = 0, done: int = 0, skipped: int = 0) -> None:
    if sync.advance(session, run_id, "customers", answered=1, asked=asked, done=done, skipped=skipped):
        sync.finish_step(session, run_id, "customers")


def _ask_contacts(session: Session, run_id: int, userids: Sequence[str], cursor: str) -> None:
    asked = ask(Contacts.list_contacts, userids=list(userids), cursor=cursor)
    sync.ask(session, asked, replies.SYNC_CONTACTS, ChainContext(run_id, tuple(userids)))
