"""What was handled long ago is removed; what a person must still see is not."""

import datetime as dt

import pytest
from sqlalchemy import select, update

from scrm.core import clock
from scrm.core.db import platform_transaction, transaction
from scrm.core.outbox import OutboxRow
from scrm.identity.models import LoginSession, Role
from scrm.operations import housekeeping
from scrm.wecom.models import CallState, InboxRow, SyncRun, SyncState, SyncStep, WecomCall
from tests.support.service import TestCorp as Corp

LONG_AGO = dt.timedelta(days=200)


def purged(corp: Corp) -> dict[str, int]:
    """What a whole run of the job removes, by kind."""
    carried: dict[str, int] = {}
    more = True
    while more:
        with transaction(corp.number) as session:
            more = housekeeping.purge(session, carried)
    return carried


def test_handled_rows_go_and_parked_ones_and_the_last_whole_sync_stay(
    synced: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    userid, external_userid = next(
        (row["userid"], row["external_userid"])
        for row in synced.sim.call("GET", f"/corps/{synced.corp_id}/relations")["items"]
        if row["status"] == "following"
    )
    synced.act("delete_contact", userid=userid, external_userid=external_userid)
    synced.settle()
    monkeypatch.setattr(housekeeping, "_BATCH", 3)
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
    counts = purged(synced)
    assert all(counts.values()), counts
    assert synced.rows(InboxRow) == synced.rows(OutboxRow) == []
    assert [run.state for run in synced.rows(SyncRun)] == ["done"], "it tells that the members are known"
    assert [call.id for call in synced.rows(WecomCall)] == [kept]


def test_fresh_rows_stay(synced: Corp) -> None:
    before = len(synced.rows(WecomCall)), len(synced.rows(SyncStep))
    assert not any(purged(synced).values())
    assert (len(synced.rows(WecomCall)), len(synced.rows(SyncStep))) == before


def test_ended_sign_ins_go(shared: Corp) -> None:
    console, ended = shared.console(Role.SALES), shared.console(Role.SALES)
    account = ended.get("/me")["name"]
    now = clock.now()
    with platform_transaction() as session:
        mine = session.scalars(select(LoginSession).order_by(LoginSession.created_at.desc())).first()
        assert mine is not None
        mine.expires_at = now - LONG_AGO
    housekeeping.purge_platform()
    assert ended.status("GET", "/me").status_code == 401, account
    assert console.status("GET", "/me").status_code == 200
