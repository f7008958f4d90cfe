"""Nothing stops or doubles the archive: odd rows, msgids that come again, no times, libraries that fail or hang."""

import datetime as dt
import re
import threading
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import insert, update

from scrm.compliance.alerts.kinds import word_hit
from scrm.compliance.alerts.models import Alert
from scrm.compliance.archive.models import Message, MessageVersion, UnknownType
from scrm.core import clock
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue.flights import flights
from scrm.core.queue.turns import take_turn
from scrm.identity.models import Role
from scrm.wecom import corp_spec, corps
from scrm.wecom.archive import pull as puller
from scrm.wecom.archive.models import ArchiveCursor, ArchiveIncident, ArchiveMedia, ArchiveParked
from scrm.wecom.client import archive_content
from scrm.wecom.client.archive_openers import Openers
from scrm.wecom.client.archive_simulated import SimulatedArchive
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import FAILING, ArchiveRefused, Envelope, Sealed
from tests.support import moved_clock
from tests.support.chats import pull, raw_row, say, told
from tests.support.company import SPEC, befriend
from tests.support.patience import Patience
from tests.support.service import TestCorp as Corp
from tests.support.service import connected
from tests.support.simulated import Simulator

ODD = [
    b'{"seq":{seq},"msgid":"odd","encrypt_random_key":"a","encrypt_chat_msg":"b"}',
    b'{"seq":{seq},"msgid":"odd","publickey_ver":null,"encrypt_random_key":"a","encrypt_chat_msg":"b"}',
    b'{"msgid":"odd","publickey_ver":1,"encrypt_random_key":"a","encrypt_chat_msg":"b"}',
    b'{"seq":{seq},"publickey_ver":1,"encrypt_random_key":"a","encrypt_chat_msg":"b"}',
    b'{"seq":{seq},"msgid":"o\xffd","publickey_ver":1,"encrypt_random_key":"a","encrypt_chat_msg":"b"}',
    b'{"seq":{seq},"msgid":"' + b"o" * 9_000 + b'","publickey_ver":1,"encrypt_random_key":"a","encrypt_chat_msg":"b"}',
    b'{"seq":18446744073709551615,"msgid":"odd","publickey_ver":1,"encrypt_random_key":"a","encrypt_chat_msg":"b"}',
    b"null",
    b'{"seq":{seq},"msgid":}',
]


def cursor(corp: Corp) -> ArchiveCursor:
    (row,) = corp.rows(ArchiveCursor)
    found: ArchiveCursor = row
    return found


def texts(corp: Corp) -> list[str]:
    return [row.body["text"]["content"] for row in corp.rows(Message)]


def message(msgid: str, words: str, **values: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp() * 1000)
    ends = {"from": "bob", "tolist": ["carl"], "roomid": "", "msgtime": now, "msgtype": "text"}
    return {"msgid": msgid, "action": "send", **ends, "text": {"content": words}, **values}


def test_odd_rows_are_parked_and_the_archive_goes_on_behind_them(archived: Corp) -> None:
    for number, raw in enumerate(ODD):
        raw_row(archived, raw)
        say(archived, "bob", "carl", f"第{number}句")
    pull(archived)
    pull(archived)
    assert texts(archived) == [f"第{number}句" for number in range(len(ODD))]
    assert (cursor(archived).attempts, cursor(archived).reason) == (0, None)
    assert int(cursor(archived).seq) == int(archived.sim.call("GET", f"/corps/{archived.corp_id}/archive")["last_seq"])
    parked = archived.rows(ArchiveParked)
    assert len(parked) == len(ODD)
    assert [row.reason for row in parked].count("malformed") == len(ODD) - 1  # the other has a seq that nobody follows
    assert any(row.raw and b"\xff" in row.raw for row in parked)


def test_msgid_is_one_message_over_months_and_what_differs_is_kept_and_shown(archived: Corp) -> None:
    first = int((clock.now() - dt.timedelta(days=40)).timestamp() * 1000)
    rule = archived.console(Role.COMPLIANCE)
    rule.status("POST", "/rules", {"name": "返点", "words": "返点两千", "severity": "high"})
    told(archived, message("m1", "原来的话", msgtime=first))
    pull(archived)
    told(archived, message("m1", "原来的话", msgtime=first))  # another seq alone
    changed = message("m1", "返点两千")
    told(archived, changed)
    told(archived, changed)
    told(archived, message("m1", "又一版", msgtime=first))
    told(archived, message("m2", "后面"))
    pull(archived)
    assert texts(archived) == ["原来的话", "后面"]
    assert [row.body["text"]["content"] for row in archived.rows(MessageVersion)] == ["返点两千", "又一版"]
    assert [row.msgid for row in archived.rows(ArchiveIncident) if row.kind == "conflict"] == ["m1", "m1"]
    (shown,) = rule.get("/messages", q="原来的话")["items"]
    assert [version["body"]["content"] for version in shown["versions"]] == ["返点两千", "又一版"]
    (alert,) = archived.rows(Alert, Alert.kind == word_hit.NAME)
    assert (alert.snapshot["msgid"], [hit["words"] for hit in shown["hits"]]) == ("m1", [["返点两千"]])
    pull(archived)
    assert len(archived.rows(MessageVersion)) == 2


@pytest.mark.parametrize("msgtime", [0, None, -5, "yesterday", True, 12, 10**18, []])
def test_message_without_a_time_stands_where_it_was_archived_and_says_so(archived: Corp, msgtime: Any) -> None:
    told(archived, message("m1", "没有时间", msgtime=msgtime))
    told(archived, message("m2", "秒", msgtime=int(clock.now().timestamp()) - 3600))
    pull(archived)
    untimed, timed = sorted(archived.rows(Message), key=lambda row: row.msgid)
    assert (untimed.time_known, timed.time_known) == (False, True)
    assert clock.now() - untimed.at < dt.timedelta(minutes=5)
    assert dt.timedelta(minutes=55) < clock.now() - timed.at < dt.timedelta(minutes=65)
    told(archived, message("m1", "没有时间", msgtime=msgtime))
    pull(archived)
    assert (len(archived.rows(Message)), archived.rows(MessageVersion)) == (2, [])


def test_second_envelope_of_a_parked_msgid_is_opened_and_the_first_is_kept(archived: Corp) -> None:
    said = message("m1", "第二封能打开")
    told(archived, said, poison="version")
    told(archived, said, poison="body")
    pull(archived)
    assert [row.reason for row in archived.rows(ArchiveParked)] == ["no_key", "decrypt"]
    told(archived, said)
    pull(archived)
    assert texts(archived) == ["第二封能打开"]
    assert [row.state for row in archived.rows(ArchiveParked)] == ["superseded", "superseded"]


def test_parked_messages_and_their_files_come_with_the_key(archived: Corp) -> None:
    customer = befriend(archived, "bob", "王小明")
    archived.act("rotate_archive_key", withheld=True)
    say(archived, "bob", customer, msgtype="image")
    pull(archived)
    archived.act("find_archive_key", version=2)
    file = corp_spec.check(archived.sim.corp_file(archived.corp_id))
    corps.apply(file, corp_spec.archive_values(file, Path()))
    pull(archived)
    assert [(row.state) for row in archived.rows(ArchiveMedia)] == ["stored"]
    assert [row.state for row in archived.rows(ArchiveParked)] == ["opened"]


def test_parked_messages_are_tried_daily_and_when_the_configuration_changes(archived: Corp) -> None:
    told(
        archived,
        message(
            "m1",
            "坏",
        ),
        poison="body",
    )
    pull(archived)
    pull(archived)
    assert [row.attempts for row in archived.rows(ArchiveParked)] == [1]
    with moved_clock.later(86_400 + 60):
        pull(archived)
        assert [row.attempts for row in archived.rows(ArchiveParked)] == [2]
    with transaction(archived.number) as session:
        session.execute(update(ArchiveCursor).values(configured="of another library"))
    pull(archived)
    assert [row.attempts for row in archived.rows(ArchiveParked)] == [1]  # counted anew


def test_malformed_row_is_read_anew_daily_and_by_a_version_that_understands_it(
    archived: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(archived, message("m1", "版本号是文字"))
    told(
        archived,
        message(
            "m2",
            "密钥还没有",
        ),
        poison="version",
    )
    raw_row(archived, b"{nothing}")
    plain = archive_content.parse
    odd = re.compile(rb'"publickey_ver":\s*(\d+)')
    monkeypatch.setattr(archive_content, "parse", lambda page: plain(odd.sub(rb'"publickey_ver":"v\1"', page)))
    pull(archived)
    reasons = ["malformed"] * 3
    assert [row.reason for row in archived.rows(ArchiveParked)] == reasons
    pull(archived)
    assert [row.attempts for row in archived.rows(ArchiveParked)] == [1, 1, 1]
    with moved_clock.later(86_400 + 60):
        pull(archived)
    assert [(row.reason, row.attempts) for row in archived.rows(ArchiveParked)] == [("malformed", 2)] * 3
    whole = archive_content._whole
    monkeypatch.setattr(
        archive_content, "_whole", lambda value, below: whole(value[1:] if str(value)[:1] == "v" else value, below)
    )
    with transaction(archived.number) as session:
        session.execute(update(ArchiveCursor).values(configured="of the version before"))
    pull(archived)
    assert texts(archived) == ["版本号是文字"]
    rows = archived.rows(ArchiveParked)
    assert [(row.state, row.reason) for row in rows] == [
        ("opened", "malformed"),
        ("waiting", "no_key"),
        ("waiting", "malformed"),
    ]
    assert rows[1].publickey_ver > 1 and all(row.raw for row in rows)


def _failing(monkeypatch: pytest.MonkeyPatch, code: Any) -> None:
    def refuse(self: Openers, keys: object, envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
        raise code if isinstance(code, Exception) else AssertionError

    monkeypatch.setattr(Openers, "open_each", refuse)


def test_library_that_fails_over_everything_pauses_the_pull_and_parks_nothing(
    archived: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        told(archived, message(f"m{number}", f"第{number}句"))
    with monkeypatch.context() as patched:
        _failing(patched, ArchiveRefused(FAILING, Reaction.RETRY, "the library fails over every message"))
        for attempt in range(1, 4):
            pull(archived)
            assert (archived.rows(ArchiveParked), cursor(archived).attempts) == ([], attempt)
        assert (cursor(archived).seq, cursor(archived).failing_since is not None) == (Decimal(0), True)
    pull(archived)
    assert (texts(archived), cursor(archived).failing_since) == (["第0句", "第1句", "第2句"], None)


def test_what_a_library_fails_over_for_minutes_does_not_stop_the_archive_for_good(
    archived: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(archived)
    told(archived, message("m1", "毒"))
    with monkeypatch.context() as patched:
        _failing(patched, ArchiveRefused(FAILING, Reaction.RETRY, "the library fails over every message"))
        pull(archived)
        assert (cursor(archived).attempts, archived.rows(ArchiveParked)) == (1, [])
        with transaction(archived.number) as session:
            session.execute(update(ArchiveCursor).values(attempts=puller._PATIENCE))
        pull(archived)
    assert [(row.msgid, row.reason) for row in archived.rows(ArchiveParked)] == [("m1", "crash")]
    assert cursor(archived).attempts == 0


def test_parked_messages_that_a_library_dies_of_do_not_keep_the_pages_waiting(
    archived: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        told(archived, message(f"p{number}", "毒"), poison="body")
    pull(archived)
    with transaction(archived.number) as session:
        puller.retry_parked(session)
    open_each = Openers.open_each

    def dies(self: Openers, keys: Any, envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
        if any(one.msgid.startswith("p") for one in envelopes):
            raise ArchiveRefused(-1, Reaction.CONFIG, "dies of them")
        return open_each(self, keys, envelopes)

    monkeypatch.setattr(Openers, "open_each", dies)
    told(archived, message("m1", "新的"))
    pull(archived)
    assert (texts(archived), cursor(archived).reason) == (["新的"], None)


def test_hanging_library_of_one_corp_keeps_no_other_waiting(
    archived: Corp, service: str, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, hung, over = threading.Event(), threading.Event(), threading.Event()
    get = SimulatedArchive.get_chat_data
    hanging = archived.corp_id

    def hangs(self: SimulatedArchive, *, seq: int, limit: int) -> list[Envelope]:
        if hanging in self._base:
            hung.set()
            release.wait(60)
            over.set()
        return get(self, seq=seq, limit=limit)

    monkeypatch.setattr(SimulatedArchive, "get_chat_data", hangs)
    told(archived, message("m1", "被卡住的"))
    try:
        with connected(sim, service, "wb", **{**SPEC, "archive": True}) as other:
            for words in ("第一句", "第二句"):  # when the library begins to hang, and when it is known to
                told(other, message(words, words))
                for corp in (archived, other):
                    with transaction(corp.number) as session:
                        at_rest = update(ArchiveCursor).where(ArchiveCursor.lease.is_(None))
                        session.execute(at_rest.values(due_at=clock.now()))
                patience = Patience(30)
                while words not in (found := texts(other)):
                    patience.go_on(found, "the other corp's messages come while one library hangs")
                    for corp in (archived, other):  # as a worker goes round
                        take_turn(corp.number, Lane.BULK)
                assert hung.is_set() and texts(archived) == []
        assert puller.QUEUE.drain_batch(archived.number, Lane.BULK) == 0, "it is on its way"
        assert not over.is_set(), "it has hung all the time"
    finally:
        release.set()  # what hangs would keep the process's collector at rest
    archived.drain()
    while flights.wait(archived.number, Lane.BULK, seconds=30):
        archived.drain()
    assert texts(archived) == ["被卡住的"]


def test_unknown_types_are_searched_scanned_counted_and_shown(archived: Corp) -> None:
    console = archived.console(Role.COMPLIANCE)
    console.status("POST", "/rules", {"name": "私单", "words": "私下接单", "severity": "high"})
    inner = '{"deep":[{"note":"可以\\u79c1下接单"}]}'
    told(archived, message("m1", "", msgtype="hologram", hologram={"a": {"b": [inner]}}, caption="全息说明"))
    broken = [{"type": "ChatRecordText", "content": "{不是 JSON 的原文"}, "裸的一项"]
    told(archived, message("m2", "", msgtype="chatrecord", chatrecord={"title": "记录", "item": broken}))
    deep: Any = "底"
    for _ in range(600):
        deep = [deep]
    told(archived, message("m3", "", msgtype="abyss", abyss={"x": deep}))
    pull(archived)
    assert [row["msgid"] for row in console.get("/messages", q="私下接单")["items"]] == ["m1"]
    assert [row["msgid"] for row in console.get("/messages", q="全息说明")["items"]] == ["m1"]
    (record,) = console.get("/messages", q="不是 JSON 的原文")["items"]
    assert [part["body"] for part in record["body"]["item"]] == [
        {"unparsed": "{不是 JSON 的原文"},
        {"unparsed": "裸的一项"},
    ]
    assert len(archived.rows(Alert, Alert.kind == word_hit.NAME)) == 1
    assert console.get("/messages", msgtype="abyss")["total"] == 1
    types = console.get("/messages/archive")["unknown_types"]
    assert [(row["msgtype"], row["count"]) for row in types] == [("abyss", 1), ("hologram", 1)]
    rare = [{"msgtype": f"rare{number:02}", "messages": 1, "last_at": clock.now()} for number in range(25)]
    with transaction(archived.number) as session:
        session.execute(insert(UnknownType), rare)
    text = requests.get(f"{archived.web}/metrics", timeout=10).text
    prefix = f'scrm_archive_unknown_types{{corp="{archived.corp_id}",type='
    metrics = dict(line.removeprefix(prefix).split("} ") for line in text.splitlines() if line.startswith(prefix))
    assert (len(metrics), metrics['"abyss"'], metrics['"other"']) == (21, "1.0", "7.0")
