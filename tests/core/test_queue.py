"""Every queue has all its faces: drained, counted, shown, and put back to work."""

import dataclasses

import pytest

from scrm import wiring
from scrm.core import outbox
from scrm.core.db import CorpBase, transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import figures, registry
from scrm.core.queue.nouns import WorkFailure
from scrm.core.queue.rows import Queued
from scrm.customers.groups.models import GroupChat
from scrm.operations.schemas import TaskKind
from scrm.runtime import doctor
from tests.support.service import TestCorp as Corp


def test_each_table_of_work_is_a_queue() -> None:
    wiring.wire()
    tables = {mapper.class_ for mapper in CorpBase.registry.mappers if issubclass(mapper.class_, Queued)}
    # Failures of a noun's work are no work of their own.
    assert tables - {WorkFailure} <= {queue.waiting.model for queue in registry.QUEUES}


def test_each_kind_of_parked_row_has_its_words() -> None:
    wiring.wire()
    assert {kind.kind for kind in registry.parked_kinds()} == set(TaskKind)


def test_queue_and_kind_are_registered_once() -> None:
    wiring.wire()
    known = registry.QUEUES[0]
    registry.register(known)
    assert registry.QUEUES.count(known) == 1
    other = dataclasses.replace(outbox.QUEUE, name=known.name)
    with pytest.raises(ValueError, match=f"queue {known.name}"):
        registry.register(other)
    same_words = dataclasses.replace(outbox.QUEUE, name="another", parked=known.parked)
    with pytest.raises(ValueError, match="parked work callback"):
        registry.register(same_words)


def test_every_queue_can_be_asked_how_it_stands(synced: Corp) -> None:
    with transaction(synced.number) as session:
        found = {one.queue: one for one in figures.figures(session)}
        assert figures.parked_count(session) == 0
        assert session.execute(figures.parked_rows()).all() == []
        assert not figures.replay(session, "nonsense", 1)
    assert list(found) == [queue.name for queue in wiring.QUEUES]
    assert all(one.late == 0 for one in found.values()), found
    # A group's day is counted when it is over.
    groups = len(synced.rows(GroupChat))
    assert {name: one.waiting for name, one in found.items() if one.waiting} == {"group_days": groups}
    for queue in registry.QUEUES:
        for lane in Lane:
            queue.due(synced.number, lane)


def test_doctor_says_what_waits_for_a_person(synced: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._judged("work", lambda: doctor._work(synced.number)).good
    monkeypatch.setattr(figures, "parked_count", lambda _session: 2)
    finding = doctor._judged("work", lambda: doctor._work(synced.number))
    assert not finding.good and "2 parked" in finding.detail
