"""That WeCom's tags have changed, and the list fetched after it."""

from scrm.contracts.callbacks import CorpTagsChanged
from scrm.contracts.customers import contacts
from scrm.core.db import Session
from scrm.customers.tags.actions import lists
from scrm.customers.tags.replies import TagsContext
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import CorpTagGroup


def corp_tags_changed(session: Session, _event: CorpTagsChanged) -> None:
    lists.fetch(session)


def tags_fetched(session: Session, outcome: Outcome[list[CorpTagGroup]], context: TagsContext) -> None:
    """Take over the list; the customers for whom it was asked are fetched now, since their tags are known only now."""
    if outcome.state is not CallState.DONE:
        return
    lists.take(session, outcome.result, whole=not outcome.aside)
    for external_userid, wanted in lists.served(session, context, asked_before=outcome.asked_at):
        contacts().fetch(session, external_userid, app=wanted.app, sought=wanted.sought)
