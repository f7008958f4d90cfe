"""A broadcast in bad weather while processes die: each customer in exactly one accepted call, nobody over quota.

Ordinary size is a tenth; ``-m slow`` runs the whole. SEED in the environment replays a run.
"""

import contextlib
import itertools
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from redis.exceptions import RedisError

from scrm.core.doorbell import Lane
from scrm.core.rings import DRAIN_JOB, lane_queue
from tests.faults.installation import PATIENT, Installation, environment
from tests.support.patience import Patience
from tests.support.simulated import Json, Simulator

SEED = int(os.environ.get("SEED", "7"))
ADD = "externalcontact/add_msg_template"
READS = "externalcontact/get_groupmsg_*"
# A fifth of all calls go wrong, one way or another.
SHARE = 0.2
FAULTS: tuple[Json, ...] = (
    {"kind": "errcode", "errcode": -1},
    {"kind": "errcode", "errcode": 42001},
    {"kind": "errcode", "errcode": 45009},
    {"kind": "timeout_before", "seconds": 0.05},
    {"kind": "timeout_after", "seconds": 0.05},
    {"kind": "half_body"},
    {"kind": "html502"},
)
# Each 45009 holds its method for a minute; on thousands of polls that would be all that happens.
READ_FAULTS = tuple(fault for fault in FAULTS if fault.get("errcode") != 45009)
LOST_BEFORE = {"errcode", "timeout_before", "html502"}  # these do not stand in the ledger of calls that arrived
LEASE = 61  # a call whose caller was killed is on its way for this long, by the deployment's clock

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Size:
    """Members are the number of calls, since each sends to fewer than ten thousand."""

    customers: int
    staff: int
    kills: int
    seconds: float


TENTH = Size(customers=3_600, staff=120, kills=6, seconds=240)
WHOLE = Size(customers=100_000, staff=500, kills=20, seconds=1_800)


@dataclass
class Campaign:
    """One corp, a marketer's token, and the means to hurt and to hurry the service."""

    service: Installation
    sim: Simulator
    corp_id: str
    schema: str
    token: str

    def ask(self, method: str, path: str, body: Any = None) -> Json:
        headers = {"Authorization": f"Bearer {self.token}"}
        patience = Patience(60)
        while True:
            try:
                answer = requests.request(
                    method, f"{self.service.web}/api/v1{path}", json=body, headers=headers, timeout=PATIENT
                )
                break
            except requests.ConnectionError:
                patience.go_on(None, "the web server does not come back")
                time.sleep(0.2)
        assert answer.status_code < 300, f"{path}: {answer.status_code} {answer.text[:300]}"
        found: Json = answer.json()
        return found

    def submit(self, audience: Json, title: str) -> int:
        body = {"title": title, "text": "您好，本周新品到店。", "audience": audience}
        number: int = self.ask("POST", "/broadcasts", body)["id"]
        self.ask("POST", f"/broadcasts/{number}/submit")
        return number

    def detail(self, number: int) -> Json:
        return self.ask("GET", f"/broadcasts/{number}")

    def calls(self, where: str) -> int:
        ((count,),) = self.service.rows(f"SELECT count(*) FROM {self.schema}.wecom_call WHERE {where}")
        return int(count)

    def calls_of(self, userid: str) -> list[tuple[Any, ...]]:
        """Key, state, times and reason of what was asked for a sender."""
        columns = "key, state, reason, leased_at::text, finished_at::text"
        query = f"SELECT {columns} FROM {self.schema}.wecom_call WHERE arguments->>'sender' = %(userid)s ORDER BY id"
        return self.service.rows(query, userid=userid)

    def hurry(self, seconds: float) -> None:
        """Later for everybody: leases, pauses and polls are due sooner, and the sweeper rings for them at once."""
        self.service.run("UPDATE scrm.clock SET offset_seconds = offset_seconds + %(s)s", s=seconds)
        corp = int(self.schema.removeprefix("corp_"))
        with contextlib.suppress(RedisError):
            lane_queue(Lane.BULK, self.service.redis()).enqueue(DRAIN_JOB, corp, Lane.BULK.value)

    def wait(self, number: int, states: set[str], *, seconds: float) -> Json:
        """Until the broadcast stands in one of these states; time goes faster while nothing is on its way."""
        patience = Patience(seconds)
        while True:
            detail = self.detail(number)
            if detail["state"] in states:
                return detail
            if detail["state"] == "paused":
                self.ask("POST", f"/broadcasts/{number}/resume")
            patience.go_on((detail["state"], detail["report"], detail["progress"]), "the broadcast does not go on")
            if not self.calls("state = 'leased'") and not self.calls(f"state = 'ready' AND due_at <= {self._now()}"):
                self.hurry(20)
            time.sleep(0.3)

    def _now(self) -> str:
        return "now() + (SELECT make_interval(secs => offset_seconds) FROM scrm.clock)"

    def weather(self, match: str, faults: tuple[Json, ...], *, latency: float = 0.0) -> list[Json]:
        """Rules of which one strikes a fifth of the calls."""
        each = 1 - (1 - SHARE) ** (1 / len(faults))
        rules = [{"match": match, "probability": each, "corp_id": self.corp_id, **fault} for fault in faults]
        # Calls that go well take their time, so that there is somebody to be killed.
        slow = {"match": ADD, "kind": "latency", "seconds": latency, "corp_id": self.corp_id}
        return [*rules, *([slow] if latency else [])]

    def messages(self) -> list[Json]:
        path = f"/corps/{self.corp_id}/group_messages"
        items: list[Json] = self.sim.call("GET", path, limit=100_000, recipients=1)["items"]
        return items

    def arrived(self) -> int:
        """Calls that create tasks, as the ledger has them."""
        path = f"/corps/{self.corp_id}/ledger"
        return len(self.sim.call("GET", path, method=ADD, limit=100_000, refused=1)["items"])


def campaign(service: Installation, sim: Simulator, folder: Path, size: Size) -> Campaign:
    corp_id = f"wwcast{next(_numbers):03d}x{os.getpid():09d}"
    population = {"staff": size.staff, "customers": size.customers, "groups": 0, "seed": SEED}
    habits = {"group_quota": "day", "dispatch_seconds": 0.2, "group_send_seconds": 0.2}
    began = time.monotonic()
    schema = service.connect(sim, corp_id, folder, seconds=900, population=population, habits=habits)
    name = f"marketer-{corp_id}"
    _run(service, "user", "create", name, "--role", "administrator", "--corp", corp_id)
    token = _run(service, "token", "create", "--user", name)
    sys.stdout.write(f"{size.customers} customers of {size.staff} members known in {time.monotonic() - began:.0f} s\n")
    found = Campaign(service, sim, corp_id, schema, token)
    raised = found.ask("PUT", "/broadcasts/policy", {"quota": "day", "approval_above": 100_000_000})
    _run(service, "corp", "approval-limit", corp_id, "--confirm", str(raised["pending"]["id"]))
    return found


def _run(service: Installation, *words: str) -> str:
    command = [sys.executable, "-m", "scrm.cli", *words]
    env = environment(service.there.data, service.port)
    return subprocess.run(command, env=env, check=True, timeout=PATIENT, capture_output=True, text=True).stdout.split()[
        -1
    ]


@pytest.mark.parametrize(
    "size", [pytest.param(TENTH, id="tenth"), pytest.param(WHOLE, id="whole", marks=pytest.mark.slow)]
)
def test_each_customer_stands_in_exactly_one_accepted_call(
    installation: Installation, sim: Simulator, tmp_path: Path, size: Size
) -> None:
    dice = random.Random(SEED)
    known = campaign(installation, sim, tmp_path, size)
    state = sim.call("GET", f"/corps/{known.corp_id}/state")
    tag = dice.choice([tag["id"] for group in state["tag_groups"] for tag in group["tags"]])
    first = known.submit({"all": [tag]}, "额度用完的人")
    known.wait(first, {"collecting"}, seconds=120)
    sim.act(known.corp_id, "confirm_group_messages")
    used_up = known.wait(first, {"finished"}, seconds=120)["report"]["delivered"]
    before = {message["msgid"] for message in known.messages()}
    arrived = known.arrived()
    rules = known.weather(ADD, FAULTS, latency=0.12) + known.weather(READS, READ_FAULTS)
    sim.call("PUT", "/misfortunes", {"seed": SEED, "rules": rules})
    try:
        began = time.monotonic()
        number = known.submit({"everyone": True}, "全体客户")
        kills = _kill(known, dice, size.kills)
        detail = known.wait(number, {"collecting", "finished"}, seconds=size.seconds)
        sent_in = time.monotonic() - began
        lost = sum(rule["fired"] for rule in sim.call("GET", "/misfortunes")["rules"][: len(FAULTS)])
        lost_before = sum(
            rule["fired"]
            for rule in sim.call("GET", "/misfortunes")["rules"][: len(FAULTS)]
            if rule["kind"] in LOST_BEFORE
        )
        attempts = known.arrived() - arrived + lost_before
        sim.act(known.corp_id, "confirm_group_messages")
        detail = known.wait(number, {"finished"}, seconds=size.seconds)
    finally:
        sim.misfortunes()
    report, progress = detail["report"], detail["progress"]
    messages = [message for message in known.messages() if message["msgid"] not in before]
    reached = Counter(who for message in messages for task in message["tasks"] for who in task["recipients"])
    results = Counter(
        status for message in messages for task in message["tasks"] for status in task["results"].values()
    )
    ratio = attempts / progress["calls"]
    sys.stdout.write(
        f"seed {SEED}: {report['audience']} recipients, {progress['calls']} calls at least, {attempts} made "
        f"({ratio:.2f} ×), {lost} faults, {kills} kills, sent in {sent_in:.0f} s, report {report}\n"
    )
    twice = {who for who, times in reached.items() if times > 1}
    assert not twice, _story(known, messages, twice)
    assert len(reached) == report["audience"] - report["over_quota"] and report["over_quota"] == used_up > 0
    assert results[3] == 0 and report["quota_at_wecom"] == 0, "a customer is over quota"
    assert report["delivered"] == results[1] and report["not_a_friend"] == results[2]
    assert sum(count for name, count in report.items() if name != "audience") == report["audience"]
    assert report["planned"] == report["created"] == report["in_doubt"] == 0
    assert kills == size.kills
    assert ratio <= 1.3, f"{attempts} calls for {progress['calls']} slices"


def _story(known: Campaign, messages: list[Json], twice: set[str]) -> str:
    """How it came to two accepted calls: the messages, and all calls of their senders."""
    lines = [f"{len(twice)} customers stand in two accepted calls"]
    for message in messages:
        for task in message["tasks"]:
            if twice & set(task["recipients"]):
                lines.append(f"{message['msgid']} at {message['at']:.1f} of {task['userid']}")
                lines += map(str, known.calls_of(task["userid"]))
    return "\n".join(lines)


def _kill(known: Campaign, dice: random.Random, times: int) -> int:
    """Kill workers: half of the times with a call on its way, else at any moment; leases of the dead end at once."""
    killed = 0
    for turn in itertools.count():
        if turn % 2:
            _until(lambda: known.calls("state = 'leased' AND method = 'group_messages.add_msg_template'") > 0)
        else:
            time.sleep(dice.uniform(0.05, 0.6))
        name = "worker-bulk" if turn % 5 else dice.choice(("scheduler", "worker-default", "worker-bulk"))
        if known.service.pids(name):  # not while it is being started anew
            known.service.kill(name)
            killed += 1
            if name == "worker-bulk":
                known.hurry(LEASE)
        if killed == times:
            break
    return killed


def _until(condition: Any) -> None:
    """For a while: where none comes, one is killed at any moment."""
    for _ in range(200):
        if condition():
            break
        time.sleep(0.02)
