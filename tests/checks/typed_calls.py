"""What mypy must refuse: each line is wrong, and `warn_unused_ignores` makes the check red if mypy lets it pass."""

from scrm.customers.file.replies import CONTACT_FETCHED, ContactContext
from scrm.customers.groups.replies import GroupContext
from scrm.wecom.calls import ask
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import Contact, Contacts, GroupChatInfo, GroupChats


def _takes_groups(_session: object, _outcome: Outcome[GroupChatInfo], _context: GroupContext) -> None: ...


def _takes_another_context(_session: object, _outcome: Outcome[Contact], _context: GroupContext) -> None: ...


def refused() -> None:
    """Never called."""
    ask(Contacts.get_contact, external_user_id="wm1")  # type: ignore[call-arg]  # a misspelt argument
    ask(Contacts.get_contact, external_userid=1)  # type: ignore[arg-type]  # an argument of another type
    ask(Contacts.get_contact)  # type: ignore[call-arg]  # an argument left out
    asked = ask(Contacts.get_contact, external_userid="wm1")
    asked.then(CONTACT_FETCHED, GroupContext("wr1"))  # type: ignore[misc]  # another reply's context
    asked.then(CONTACT_FETCHED, ContactContext(external="wm1"))  # type: ignore[call-arg]  # a misspelt field
    group = ask(GroupChats.get_group_chat, chat_id="wr1")
    group.then(CONTACT_FETCHED, ContactContext("wm1"))  # type: ignore[arg-type]  # a reply to another answer
    CONTACT_FETCHED.by(_takes_groups)  # type: ignore[arg-type]  # a function that takes another answer
    CONTACT_FETCHED.by(_takes_another_context)  # type: ignore[arg-type]  # or another context
