"""The puller: pages, keys, poison, gaps, failures; the cursor and the rows stand or fall together."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from scrm.compliance.archive.actions.messages import MessageSink
from scrm.compliance.archive.actions.prepared import Prepared
from scrm.compliance.archive.models import Message
from scrm.contracts.archive import OpenedMessage
from scrm.core import storage
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import turns
from scrm.core.queue.leased import Hold, LeaseLost
from scrm.core.queue.rows import ATTEMPTS
from scrm.identity.models import Role
from scrm.wecom import corp_spec, corps
from scrm.wecom.archive import media
from scrm.wecom.archive import pull as puller
from scrm.wecom.archive.models import ArchiveCursor, ArchiveIncident, ArchiveMedia, ArchiveParked
from tests.support import moved_clock
from tests.support.chats import pull, say
from tests.support.company import befriend
from tests.support.service import TestCorp as Corp


def cursor(corp: Corp) -> ArchiveCursor:
    (row,) = corp.rows(ArchiveCursor)
    found: ArchiveCursor = row
    return found


def msgids(corp: Corp) -> list[str]:
    return [row.msgid for row in corp.rows(Message)]


def test_callback_brings_the_message_within_the_same_settling(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    said = say(archived, "bob", customer, "您好，现货有三种颜色")
    archived.settle()
    assert msgids(archived) == [said["msgid"]]
    assert int(cursor(archived).seq) == int(archived.sim.call("GET", f"/corps/{archived.corp_id}/archive")["last_seq"])


def test_page_that_comes_again_is_stored_once_and_counted(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    first = [say(archived, "bob", customer, f"第{n}句话")["msgid"] for n in range(3)]
    pull(archived)
    archived.sim.misfortunes({"match": "archive/chatdata", "kind": "repeat", "next": 1})
    before = int(cursor(archived).seq)
    second = say(archived, customer, "bob", "第四句话")["msgid"]
    pull(archived)
    assert sorted(msgids(archived)) == sorted([*first, second])
    assert cursor(archived).repeated >= 3
    assert int(cursor(archived).seq) > before


def test_seq_that_goes_back_does_not_take_the_cursor_back(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    say(archived, "bob", customer)
    pull(archived)
    archived.sim.misfortunes({"match": "archive/chatdata", "kind": "back", "next": 1})
    say(archived, "bob", customer)
    pull(archived)
    last = int(archived.sim.call("GET", f"/corps/{archived.corp_id}/archive")["last_seq"])
    assert int(cursor(archived).seq) == last
    assert len(msgids(archived)) == 2


def test_page_that_was_cut_goes_on_where_it_ended(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    archived.sim.misfortunes({"match": "archive/chatdata", "kind": "cut", "count": 2, "next": 2})
    said = [say(archived, "bob", customer, f"第{n}句话")["msgid"] for n in range(7)]
    pull(archived)
    assert msgids(archived) == said


@pytest.mark.parametrize(
    ("poison", "reason"),
    [
        *(("key", "wrong_key"), ("body", "decrypt"), ("json", "no_message"), ("version", "no_key")),
        ("room", "unstored"),
    ],
)
def test_poisoned_message_is_parked_sealed_and_holds_nobody_up(archived: Corp, poison: str, reason: str) -> None:
    customer = befriend(archived, "bob", "王小明")
    before = [say(archived, "bob", customer, f"第{number}句")["msgid"] for number in range(3)]
    bad = say(archived, "bob", customer, "毒", poison=poison)["msgid"]
    after = [say(archived, "bob", customer, f"再说{number}")["msgid"] for number in range(3)]
    pull(archived)
    pull(archived)
    assert msgids(archived) == before + after
    assert (cursor(archived).attempts, cursor(archived).stored) == (0, 6)
    (parked,) = archived.rows(ArchiveParked)
    assert (parked.msgid, parked.reason, parked.state) == (bad, reason, "waiting")
    assert parked.encrypt_chat_msg


def test_message_that_our_own_code_cannot_take_is_parked_alone(archived: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = befriend(archived, "bob", "王小明")
    said = [say(archived, "bob", customer, words)["msgid"] for words in ("一", "二", "三")]
    prepare = MessageSink.prepare

    def fails(self: MessageSink, messages: Sequence[OpenedMessage]) -> list[Prepared]:
        if any(message.msgid == said[1] for message in messages):
            raise KeyError("a layout that nobody knew")
        return prepare(self, messages)

    with monkeypatch.context() as patched:
        patched.setattr(MessageSink, "prepare", fails)
        pull(archived)
        assert msgids(archived) == [said[0], said[2]]
        (parked,) = archived.rows(ArchiveParked)
        assert (parked.msgid, parked.reason, cursor(archived).attempts) == (said[1], "unstored", 0)
    with transaction(archived.number) as session:
        puller.retry_parked(session)
    pull(archived)
    assert sorted(msgids(archived)) == sorted(said)


def test_message_that_cannot_be_stored_may_be_tried_again_beside_others(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    bad, locked = (say(archived, "bob", customer, "毒", poison=kind)["msgid"] for kind in ("room", "version"))
    pull(archived)
    with transaction(archived.number) as session:
        assert puller.retry_parked(session) == 2
    good = say(archived, "bob", customer, "好的")["msgid"]
    pull(archived)
    assert msgids(archived) == [good]
    parked = {row.msgid: (row.reason, row.state, row.attempts) for row in archived.rows(ArchiveParked)}
    assert parked == {bad: ("unstored", "waiting", 1), locked: ("no_key", "waiting", 1)}


def test_message_of_an_unknown_key_opens_once_the_key_is_there(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    archived.act("rotate_archive_key", withheld=True)
    said = say(archived, "bob", customer, "用新密钥加密")["msgid"]
    pull(archived)
    assert (msgids(archived), archived.rows(ArchiveParked)[0].reason) == ([], "no_key")
    archived.act("find_archive_key", version=2)
    file = corp_spec.check(archived.sim.corp_file(archived.corp_id))
    corps.apply(file, corp_spec.archive_values(file, Path()))
    pull(archived)
    assert msgids(archived) == [said]
    (parked,) = archived.rows(ArchiveParked)
    assert (parked.state, cursor(archived).stored) == ("opened", 1)


def test_large_gap_is_noted_and_a_small_one_is_not(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    for skip in (0, 5, 2_000_000):
        say(archived, "bob", customer, skip=skip)
    pull(archived)
    (incident,) = archived.rows(ArchiveIncident)
    assert incident.kind == "jump"
    assert incident.next_seq - incident.after_seq > 1_000_000


def test_longer_away_than_the_window_is_noted(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    say(archived, "bob", customer)
    pull(archived)
    with moved_clock.later(6 * 86_400):
        say(archived, "bob", customer)
        pull(archived)
        assert [row.kind for row in archived.rows(ArchiveIncident)] == ["window"]


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ({"kind": "sdk", "errcode": 10001}, "10001"),
        ({"kind": "sdk", "errcode": 10009}, "10009"),
        ({"kind": "errcode", "errcode": 45009}, "45009"),
        ({"kind": "errcode", "errcode": 301052}, "301052"),
    ],
)
def test_failure_is_told_and_overcome(archived: Corp, rule: dict[str, object], word: str) -> None:
    customer = befriend(archived, "bob", "王小明")
    archived.sim.misfortunes({"match": "archive/chatdata", **rule})
    said = say(archived, "bob", customer)["msgid"]
    pull(archived)
    assert word in str(cursor(archived).reason)
    assert msgids(archived) == []
    archived.sim.misfortunes()
    pull(archived)
    assert (msgids(archived), cursor(archived).reason) == ([said], None)


def test_page_too_large_is_asked_for_in_halves(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    archived.sim.call("PUT", f"/corps/{archived.corp_id}/habits", {"archive_page_bytes": 4_000})
    said = [say(archived, "bob", customer, "长" * 20)["msgid"] for _ in range(9)]
    pull(archived)
    assert msgids(archived) == said


def test_two_pullers_do_not_pull_at_once(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    say(archived, "bob", customer)
    (_, (one,)) = puller.QUEUE._claim(archived.number, Lane.BULK, 1)
    assert puller.QUEUE.drain_batch(archived.number, Lane.BULK) == 0
    assert not turns.due_queues(archived.number, Lane.BULK).count(puller.QUEUE)
    puller.QUEUE._carry_out(archived.number, one)
    assert len(msgids(archived)) == 1


def test_puller_that_was_taken_for_dead_stores_nothing(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    (_, (slow,)) = puller.QUEUE._claim(archived.number, Lane.BULK, 1)
    say(archived, "bob", customer)
    with moved_clock.later(int(puller.LEASE.total_seconds()) + 1):
        (_, (other,)) = puller.QUEUE._claim(archived.number, Lane.BULK, 1)
        puller.QUEUE._carry_out(archived.number, slow)
        assert msgids(archived) == []
        assert (cursor(archived).lease, cursor(archived).leases) == (other.lease, 2)
        puller.QUEUE._carry_out(archived.number, other)
    assert len(msgids(archived)) == 1
    assert (cursor(archived).lease, cursor(archived).leases) == (None, 0)


def test_pull_that_moves_keeps_its_lease_and_one_that_lost_it_takes_nothing_back(archived: Corp) -> None:
    befriend(archived, "bob", "王小明")
    (_, (one,)) = puller.QUEUE._claim(archived.number, Lane.BULK, 1)
    until = cursor(archived).due_at
    hold = Hold(ArchiveCursor, archived.number, 1, one.lease, dt.timedelta(hours=1))
    hold.go_on()
    assert cursor(archived).due_at == until, "it has just been leased"
    hold._renewed -= 3_600
    hold.go_on()
    renewed = cursor(archived).due_at
    assert renewed > until + dt.timedelta(minutes=30)
    lost = Hold(ArchiveCursor, archived.number, 1, "another", dt.timedelta(hours=2))
    lost._renewed -= 7_200
    lost.go_on()
    assert cursor(archived).due_at == renewed
    with transaction(archived.number) as session, pytest.raises(LeaseLost):
        lost.confirm(session)
    puller.QUEUE._carry_out(archived.number, one)


def test_pull_that_fails_again_and_again_is_shown_to_a_person_and_goes_on(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    archived.sim.misfortunes({"match": "archive/chatdata", "kind": "sdk", "errcode": 10009})
    said = say(archived, "bob", customer)["msgid"]
    admin = archived.console(Role.ADMINISTRATOR)
    for _ in range(ATTEMPTS):
        assert admin.get("/tasks", kind="archive")["items"] == []
        pull(archived)
    (task,) = admin.get("/tasks", kind="archive")["items"]
    assert (task["attempts"], "10009" in task["reason"]) == (ATTEMPTS, True)
    archived.sim.misfortunes()
    assert admin.status("POST", f"/tasks/archive/{task['id']}/replay").status_code == 204
    archived.drain()
    assert (msgids(archived), admin.get("/tasks", kind="archive")["items"]) == ([said], [])


def test_media_is_fetched_in_the_background_and_checked(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    say(archived, customer, "bob", msgtype="image", size=1_100_000)
    say(archived, customer, "bob", msgtype="file", md5sum="0" * 32)
    say(archived, customer, "bob", msgtype="file", md5sum="")
    archived.sim.misfortunes({"match": "archive/media", "kind": "sdk", "errcode": 10003, "next": 1})
    pull(archived)
    with moved_clock.later(10):
        pull(archived)
    rows = archived.rows(ArchiveMedia)
    assert [(row.state, row.checked) for row in rows] == [("stored", "same"), ("stored", "other"), ("stored", "absent")]
    assert rows[0].stored_size == 1_100_000


def test_media_that_is_gone_is_lost_and_asked_for_no_more(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    say(archived, customer, "bob", msgtype="image")
    archived.sim.call("PUT", f"/corps/{archived.corp_id}/habits", {"archive_ahead_seconds": 4 * 86_400})
    archived.sim.misfortunes({"match": "archive/media", "kind": "sdk", "errcode": 10010})
    pull(archived)
    (row,) = archived.rows(ArchiveMedia)
    assert (row.state, "10010" in str(row.reason)) == ("lost", True)


@pytest.mark.parametrize("meanwhile", ["stored", "waiting"])
def test_failure_after_the_lease_changes_nothing_of_what_another_worker_has_done(
    archived: Corp, meanwhile: str
) -> None:
    customer = befriend(archived, "bob", "王小明")
    archived.sim.misfortunes({"match": "archive/media", "kind": "sdk", "errcode": 10003})
    say(archived, customer, "bob", msgtype="image")
    pull(archived)
    with moved_clock.later(60):
        (_, (slow,)) = media.QUEUE._claim(archived.number, Lane.BULK, 1)
    with moved_clock.later(60 + int(media.LEASE.total_seconds()) + 1):
        if meanwhile == "stored":
            archived.sim.misfortunes()
            pull(archived)
        else:
            assert [item.id for item in media.QUEUE._claim(archived.number, Lane.BULK, 1)[1]] == [slow.id]
        (before,) = archived.rows(ArchiveMedia)
        archived.sim.misfortunes({"match": "archive/media", "kind": "sdk", "errcode": 10010})
        media.QUEUE._carry_out(archived.number, slow)
        (row,) = archived.rows(ArchiveMedia)
        assert (row.state, row.attempts, row.due_at) == (meanwhile, before.attempts, before.due_at)


def test_control_characters_and_nuls_are_no_obstacle(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    say(archived, "bob", customer, "前\x00后\x01")
    pull(archived)
    words = archived.scalar(lambda session: session.scalars(select(Message.words)).one())
    assert words.startswith("前")
    assert archived.rows(ArchiveParked) == []


def test_file_that_cannot_be_kept_costs_none_of_those_claimed_with_it(
    archived: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = befriend(archived, "bob", "王小明")
    for _ in range(2):
        say(archived, customer, "bob", msgtype="image")
    keep, full = storage.keep, [True]

    def kept(corp: int, file: storage.Incoming) -> bytes:
        if full.pop() if full else False:
            raise OSError(28, "No space left on device")
        return keep(corp, file)

    monkeypatch.setattr(storage, "keep", kept)
    pull(archived)
    assert [row.state for row in archived.rows(ArchiveMedia)] == ["waiting", "stored"]
    with moved_clock.later(60):
        pull(archived)
    assert [row.state for row in archived.rows(ArchiveMedia)] == ["stored", "stored"]
