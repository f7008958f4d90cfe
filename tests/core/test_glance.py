"""All corps are asked at a glance what each would be asked alone."""

import pytest
from sqlalchemy import literal, true

from scrm import wiring
from scrm.core.doorbell import Lane
from scrm.core.queue import turns
from scrm.core.queue.glance import Glance
from scrm.operations import watch
from tests.core.conftest import bare_corp
from tests.core.test_outbox import Knocked, knock
from workers import scheduler


@pytest.fixture(scope="module")
def three(service: str) -> list[int]:
    wiring.wire()
    return [bare_corp() for _ in range(3)]


def test_what_is_due_in_each_corp_is_seen_at_a_glance(three: list[int]) -> None:
    knock(three[1], Knocked(door="1", who="somebody"))
    glance = turns.due_everywhere(Lane.DEFAULT)
    for _ in range(2):
        found = {corp: holds for corp, holds in glance.look(three) if holds}
        assert found == {three[1]: {"outbox"}}
    alone = {corp: {queue.name for queue in turns.due_queues(corp, Lane.DEFAULT)} for corp in three}
    assert {corp: names for corp, names in alone.items() if names} == found
    turns.drain(three[1], Lane.DEFAULT)
    assert not any(holds for _, holds in glance.look(three))


def test_a_corp_that_cannot_be_asked_stops_no_other(three: list[int]) -> None:
    glance = Glance(lambda _: {"true": true(), "words": literal("50 % of 'it'") == literal("50 % of 'it'")})
    asked = [three[0], 987_654, three[2]]
    both = frozenset({"true", "words"})
    assert list(glance.look(asked)) == [(three[0], both), (three[2], both)]


def test_idle_corps_are_not_looked_after(three: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    monkeypatch.setattr(watch, "look_after", looked_at.append)
    scheduler.look_after()
    assert not set(three) & set(looked_at)
