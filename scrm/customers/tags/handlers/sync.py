"""The step tags of a full sync: one call."""

from scrm.contracts.sync import SyncStepDue
from scrm.core.db import Session
from scrm.customers.tags import replies
from scrm.customers.tags.actions import lists
from scrm.wecom import sync
from scrm.wecom.calls import ask
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import CorpTagGroup, Tags
from scrm.wecom.sync import StepContext


def step_due(session: Session, event: SyncStepDue) -> None:
    """Begin our step."""
    if event.step == "tags":
        sync.ask(session, ask(Tags.list_tags), replies.SYNC_TAGS, StepContext(event.run_id))
        sync.advance(session, event.run_id, event.step, asked=1)


def tags_listed(session: Session, outcome: Outcome[list[CorpTagGroup]], context: StepContext) -> None:
    run_id = context.run_id
    if sync.failed(session, outcome, run_id, "tags"):
        return
    done = lists.take(session, outcome.result, whole=not outcome.aside)
    if sync.advance(session, run_id, "tags", answered=1, done=done):
        sync.finish_step(session, run_id, "tags")
