"""`scrm drain` beside a running service: what a worker has in hand is not left behind."""

import threading
import time

from click.testing import CliRunner
from sqlalchemy import select

from scrm.cli import main
from scrm.compliance.alerts.models import Alert
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import turns
from scrm.wecom.models import InboxRow, WecomCall
from tests.support.chats import say
from tests.support.service import TestCorp as Corp


def _drain() -> None:
    result = CliRunner().invoke(main, ["drain"])
    assert result.exit_code == 0, result.output


def _delete_somebody(corp: Corp) -> None:
    relations = corp.sim.call("GET", f"/corps/{corp.corp_id}/relations")["items"]
    one = next(item for item in relations if item["status"] == "following")
    corp.act("delete_contact", userid=one["userid"], external_userid=one["external_userid"])
    corp.wait_delivered()


def test_drain_waits_for_callbacks_that_a_worker_has_claimed(synced: Corp) -> None:
    _delete_somebody(synced)
    claimed = threading.Event()

    def work_slowly() -> None:
        with transaction(synced.number) as session:
            session.scalars(select(InboxRow).with_for_update()).all()
            claimed.set()
            time.sleep(1)

    worker = threading.Thread(target=work_slowly)
    worker.start()
    claimed.wait()
    _drain()
    worker.join()
    assert len(synced.rows(Alert)) == 1


def test_drain_answers_in_one_line_and_logs_beside_it(archived: Corp) -> None:
    say(archived, "bob", "carl", "你好")
    archived.wait_delivered()
    result = CliRunner().invoke(main, ["drain"])
    assert len(result.stdout.splitlines()) == 1
    assert "archive.page_stored" in result.stderr


def test_drain_waits_for_the_answer_of_a_call_that_has_left(synced: Corp) -> None:
    _delete_somebody(synced)
    synced.sim.misfortunes({"match": "message/send", "kind": "latency", "corp_id": synced.corp_id, "seconds": 1})
    worker = threading.Thread(target=turns.drain, args=(synced.number, Lane.URGENT))
    worker.start()
    time.sleep(0.5)
    _drain()
    worker.join()
    assert {call.state for call in synced.rows(WecomCall)} <= {"done", "refused"}
