"""What was handled long ago is removed; what a person must still see is not."""

import datetime as dt

from sqlalchemy import select, update

from scrm.core import clock
from scrm.core.db import platform_transaction, transaction
from scrm.core.outbox import OutboxRow
from scrm.core.platform import Tick
from scrm.identity.models import LoginSession, Role
from scrm.wecom.models import CallState, InboxRow, SyncRun, SyncState, SyncStep, WecomCall
from tests.support.service import TestCorp as Corp
from workers import housekeeping, scheduler

LONG_AGO = dt.timedelta(days=200)


def test_handled_rows_go_and_parked_ones_and_the_last_whole_sync_stay(synced: Corp) -> None:
    userid, external_userid = next(
        (row["userid"], row["external_userid"])
        for row in synced.sim.call("GET", f"/corps/{synced.corp_id}/relations")["items"]
        if row["status"] == "following"
    )
    synced.act("delete_contact", userid=userid, external_userid=external_userid)
    synced.settle()
    before = clock.now() - LONG_AGO
    with transaction(synced.number) as session:
        session.execute(update(InboxRow).values(handled_at=before))
        session.execute(update(OutboxRow).values(done_at=before))
        session.execute(update(WecomCall).values(finished_at=before))
        broken = SyncRun(state=SyncState.FAILED, started_by="test", started_at=before, updated_at=before)
        session.add(broken)
        session.flush()
        session.execute(update(SyncRun).values(finished_at=before))
        kept = session.scalars(select(WecomCall.id).order_by(WecomCall.id)).first()
        session.execute(update(WecomCall).where(WecomCall.id == kept).values(state=CallState.PARKED.value))
    counts = housekeeping.purge(synced.number)
    assert all(counts.values()), counts
    assert synced.rows(InboxRow) == synced.rows(OutboxRow) == []
    assert [run.state for run in synced.rows(SyncRun)] == ["done"], "it tells that the members are known"
    assert [call.id for call in synced.rows(WecomCall)] == [kept]


def test_fresh_rows_stay(synced: Corp) -> None:
    before = len(synced.rows(WecomCall)), len(synced.rows(SyncStep))
    assert not any(housekeeping.purge(synced.number).values())
    assert (len(synced.rows(WecomCall)), len(synced.rows(SyncStep))) == before


def test_ended_sign_ins_and_old_due_times_go(shared: Corp) -> None:
    console, ended = shared.console(Role.SALES), shared.console(Role.SALES)
    account = ended.get("/me")["name"]
    now = clock.now()
    with platform_transaction() as session:
        assert scheduler.claim(session, "test", now - LONG_AGO)
        assert scheduler.claim(session, "test", now)
    with platform_transaction() as session:
        mine = session.scalars(select(LoginSession).order_by(LoginSession.created_at.desc())).first()
        assert mine is not None
        mine.expires_at = now - LONG_AGO
    housekeeping.purge_platform()
    assert ended.status("GET", "/me").status_code == 401, account
    assert console.status("GET", "/me").status_code == 200
    with platform_transaction() as session:
        assert session.scalars(select(Tick.due).where(Tick.job == "test")).all() == [now]
