"""The archive's pages come repeated, cut, turned back and poisoned while pullers are killed and pull two at a time.

Ordinary size is a tenth; ``-m slow`` runs the whole. SEED in the environment replays a run.
"""

import bisect
import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from scrm.core.db import transaction
from scrm.wecom import corp_spec, corps
from tests.faults.checker import Verdict
from tests.support import mortal
from tests.support.patience import Patience
from tests.support.service import TestCorp as Corp

SEED = int(os.environ.get("SEED", "7"))
_MISFORTUNES = (
    {"match": "archive/chatdata", "kind": "repeat", "probability": 0.12},
    {"match": "archive/chatdata", "kind": "back", "probability": 0.1},
    {"match": "archive/chatdata", "kind": "cut", "count": 137, "probability": 0.35},
    {"match": "archive/chatdata", "kind": "sdk", "errcode": 10001, "probability": 0.04},
    {"match": "archive/chatdata", "kind": "errcode", "errcode": -1, "probability": 0.02},
)
_STATE = text(
    "SELECT (SELECT seq FROM archive_cursor), (SELECT count(*) FROM message), (SELECT count(*) FROM archive_parked)"
)


@dataclass(frozen=True)
class Size:
    messages: int
    kills: int
    poison: int
    seconds: float


TENTH = Size(messages=10_000, kills=5, poison=40, seconds=90)
WHOLE = Size(messages=100_000, kills=50, poison=400, seconds=900)
SIZES = [pytest.param(TENTH, id="tenth"), pytest.param(WHOLE, id="whole", marks=pytest.mark.slow)]


@dataclass
class Watch:
    """Looks at cursor and rows all the time, as another process would see them."""

    corp: Corp
    seqs: list[int]
    wrong: list[str] = field(default_factory=list)
    looks: int = 0
    last: int = 0
    rows: int = 0

    def look(self) -> None:
        with transaction(self.corp.number) as session:
            seq, stored, parked = session.execute(_STATE).one()
        now = int(seq or Decimal(0))
        if now < self.last:
            self.wrong.append(f"the cursor went back from {self.last} to {now}")
        behind = bisect.bisect_right(self.seqs, now)
        if stored + parked < behind:
            self.wrong.append(f"the cursor is at {now} with {stored + parked} of {behind} rows")
        self.last, self.rows, self.looks = now, stored + parked, self.looks + 1

    @contextmanager
    def watching(self) -> Iterator[None]:
        done = threading.Event()

        def run() -> None:
            while not done.wait(0.01):
                self.look()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


@contextmanager
def pullers(corp: Corp, count: int) -> Iterator[list[ForkServerProcess]]:
    running = [mortal.started(mortal.pull_archive, corp.number) for _ in range(count)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.join()


@pytest.mark.parametrize("size", SIZES)
def test_r9_r10_each_message_is_stored_once_whatever_happens(archived: Corp, size: Size) -> None:
    dice = random.Random(SEED)
    archived.sim.call("POST", f"/corps/{archived.corp_id}/actions/add_contact", {"userid": "bob", "quiet": True})
    archived.act("fill_archive", count=size.messages // 2, seed=SEED, poison=size.poison // 2, gaps=2, quiet=True)
    archived.act("rotate_archive_key")
    _apply_keys(archived)
    made = {"count": size.messages - size.messages // 2, "seed": SEED + 1, "poison": size.poison // 2, "quiet": True}
    archived.act("fill_archive", **made)
    world = archived.sim.call("GET", f"/corps/{archived.corp_id}/archive", ids=1)
    archived.sim.call("PUT", "/misfortunes", {"seed": SEED, "rules": list(_MISFORTUNES)})
    watch = Watch(archived, [int(seq) for seq in world["seqs"]])
    began = time.monotonic()
    killed = 0
    with watch.watching(), pullers(archived, 2) as running:
        patience = Patience(size.seconds)
        while watch.rows < size.messages:
            at = watch.rows
            while watch.rows == at:
                patience.go_on(at, f"not all of {size.messages} messages come")
                time.sleep(0.005)
            if killed < size.kills:
                time.sleep(dice.uniform(0, 0.15))
                place = dice.randrange(2)
                running[place].kill()
                running[place].join()
                running[place] = mortal.started(mortal.pull_archive, archived.number)
                killed += 1
    seconds = time.monotonic() - began
    verdict = judge(archived, world)
    verdict.wrong += watch.wrong
    repeated, incidents = _counts(archived)
    report = (
        f"R9, R10: seed {SEED}, {size.messages} messages, {killed} kills, 2 pullers, {watch.looks} looks,"
        f" {repeated} came again, {len(world['poisoned'])} poisoned, incidents {incidents}, {seconds:.1f} s, {verdict}"
    )
    sys.stdout.write(f"{report}\n")
    assert verdict.good, report
    assert killed == size.kills, "all was pulled before everybody had been killed"
    assert repeated > 0
    assert incidents["jump"] >= 2


def judge(corp: Corp, world: dict[str, Any]) -> Verdict:
    """What WeCom holds against what we hold: messages in the clear, and parked ones."""
    verdict = Verdict()
    poisoned = set(world["poisoned"])
    with transaction(corp.number) as session:
        stored = session.scalars(text("SELECT msgid FROM message")).all()
        parked = session.scalars(text("SELECT msgid FROM archive_parked WHERE state = 'waiting'")).all()
        seq = session.scalar(text("SELECT seq FROM archive_cursor"))
        counted = session.scalar(text("SELECT stored FROM archive_cursor"))
        listed = session.scalar(text("SELECT sum(messages) FROM conversation"))
    verdict.compare("message", set(world["ids"]) - poisoned, stored)
    verdict.compare("parked", poisoned, parked)
    if int(seq or 0) != int(world["last_seq"]):
        verdict.wrong.append(f"the cursor is at {seq} instead of {world['last_seq']}")
    if not counted == listed == len(stored):
        verdict.wrong.append(f"{counted} counted and {listed} listed for {len(stored)} messages")
    return verdict


def _counts(corp: Corp) -> tuple[int, dict[str, int]]:
    with transaction(corp.number) as session:
        repeated = session.scalar(text("SELECT repeated FROM archive_cursor"))
        rows = session.execute(text("SELECT kind, count(*) FROM archive_incident GROUP BY kind")).all()
    return int(repeated or 0), dict(rows)


def _apply_keys(corp: Corp) -> None:
    file = corp_spec.check(corp.sim.corp_file(corp.corp_id))
    corps.apply(file, corp_spec.archive_values(file, Path()))
