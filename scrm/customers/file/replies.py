"""What the customer file asks of WeCom, and what it wants back with the answer."""

from dataclasses import dataclass

from scrm.wecom.port.contacts import Contact, ContactPage
from scrm.wecom.replies import Reply
from scrm.wecom.sync import StepContext


@dataclass(frozen=True)
class ContactContext:
    """A customer whom an app asks for; ``sought`` are tags for which the list of tags has been read already."""

    external_userid: str
    app: str | None = None
    sought: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChainContext(StepContext):
    """Members whose customers are read page by page."""

    userids: tuple[str, ...]


@dataclass(frozen=True)
class UnseenContext(ChainContext):
    external_userid: str


CONTACT_FETCHED = Reply[Contact, ContactContext]("customers.contact_fetched", ContactContext)
SYNC_CUSTOMERS_OF = Reply[list[str], StepContext]("customers.sync_customers_of", StepContext)
SYNC_CONTACTS = Reply[ContactPage, ChainContext]("customers.sync_contacts", ChainContext)
SYNC_UNSEEN = Reply[Contact, UnseenContext]("customers.sync_unseen", UnseenContext)
