"""A broadcast's state is written in one place, which refuses what the table does not know and notes the event."""

import pytest

from scrm.core import audit
from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.core.errors import NotPermitted
from scrm.identity.models import Role
from scrm.marketing.broadcasts import states
from scrm.marketing.broadcasts.errors import BroadcastStateWrong
from scrm.marketing.broadcasts.models import Broadcast, BroadcastSlice
from scrm.marketing.broadcasts.states import SliceVerb, Verb
from tests.rooms.given import Given
from tests.rooms.house import House


def test_move_writes_state_and_event_and_what_is_impossible_neither(house: House, given: Given) -> None:
    given.company()
    given.customer("甲", of="bob", days_ago=1)
    number = given.broadcast(house.console(Role.MARKETER))
    with transaction(house.number) as session:
        row = session.get_one(Broadcast, number)
        before = len(house.rows(AuditEvent))
        for verb in (Verb.BEGIN, Verb.FINISH, Verb.STOP, Verb.CREATE_ALL):
            with pytest.raises(BroadcastStateWrong) as wrong:
                states.move(session, row, verb, audit.System.SCHEDULER)
            assert (wrong.value.status, row.state) == (409, "draft")
        with pytest.raises(NotPermitted):
            states.move(session, row, Verb.SUBMIT, audit.System.SCHEDULER)
        assert (row.state, len(house.rows(AuditEvent))) == ("draft", before)
        row.state = "scheduled"
        states.move(session, row, Verb.BEGIN, audit.System.SCHEDULER, {"seen": True})
        assert row.state == "sending"
        event = house.rows(AuditEvent)[-1]
        assert (event.verb, event.subject, event.facts) == ("broadcast.begun", f"broadcast:{number}", {"seen": True})


def test_slice_that_is_done_is_sent_by_nobody_again() -> None:
    for state in ("done", "cancelled", "refused", "skipped", "accepted"):
        row = BroadcastSlice(state=state)
        with pytest.raises(BroadcastStateWrong):
            states.move_slice(row, SliceVerb.REQUEST)
        assert row.state == state
