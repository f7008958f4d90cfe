"""What the customer file hears of contacts, and the states fetched after it."""

from scrm.contracts.archive import ConversationsSeen
from scrm.contracts.callbacks import (
    ContactAdded,
    ContactDeletedByStaff,
    ContactDeletedStaff,
    ContactEdited,
)
from scrm.contracts.directory import StaffMerged
from scrm.contracts.handovers import CustomersTransferred
from scrm.contracts.tags import tag_lists, tags
from scrm.contracts.welcomes import WelcomeEnded
from scrm.core.db import Session
from scrm.customers.file.actions import contacts, conversations, merges, states, transfers
from scrm.customers.file.replies import ContactContext
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import Contact

_NOBODY_FOLLOWS = 84061


def contact_added(session: Session, event: ContactAdded) -> None:
    contacts.added(session, event)


def contact_edited(session: Session, event: ContactEdited) -> None:
    contacts.edited(session, event)


def contact_deleted_by_staff(session: Session, event: ContactDeletedByStaff) -> None:
    contacts.deleted_by_staff(session, event)


def contact_deleted_staff(session: Session, event: ContactDeletedStaff) -> None:
    contacts.deleted_by_customer(session, event)


def staff_merged(session: Session, event: StaffMerged) -> None:
    merges.merge_staff(session, staff_id=event.staff_id, merged_id=event.merged_id)


def customers_transferred(session: Session, event: CustomersTransferred) -> None:
    transfers.moved(session, event)


def contact_fetched(session: Session, outcome: Outcome[Contact], context: ContactContext) -> None:
    """Take over a fetched customer; a tag that no list has named yet is asked for, and after it the customer again.

    Each tag is looked for once: the list may not know one that the customer still carries.
    """
    external_userid = context.external_userid
    if outcome.errcode == _NOBODY_FOLLOWS:
        states.take_nobody_follows(session, external_userid, asked_at=outcome.asked_at)
        return
    if outcome.state is not CallState.DONE:
        return
    contact = outcome.result
    states.take_contact(session, contact, asked_at=outcome.asked_at)
    named = {tag for follow in contact.follows for tag in follow.tag_ids or ()}
    sought = set(context.sought)
    missing = named - tags().listed(session, named).keys()
    if missing - sought:
        tag_lists().fetch_for(session, external_userid, app=context.app, sought=missing | sought)


def conversations_seen(session: Session, event: ConversationsSeen) -> None:
    conversations.seen(session, event)


def welcome_ended(session: Session, event: WelcomeEnded) -> None:
    contacts.welcomed(session, event)
