"""Storms: many unique customer events, some of them twice, shuffled, with retries, and the world right at the end.

A storm plays adds, edits, deletions and departures over the existing staff on a virtual clock in the recent past, so
that each event is unique and those of one pair lie seconds apart; then it sends them in any order.
"""

import json
import threading
import time
from collections.abc import Iterator
from random import Random
from typing import Any, cast

from simulator.callbacks import Delivery, Sender
from simulator.events import customer_apps
from simulator.play import VERBS, Args, BadAction, Stage
from simulator.world import App, Corp, Follow, Json

_MIX = (("add_contact", 35), ("edit_contact", 35), ("delete_contact", 15), ("customer_deletes", 15))
GAP_SECONDS = 2  # between two events of one pair


class _Catcher:
    """Stands where the sender stands while the storm is being written, and keeps what would be sent."""

    def __init__(self) -> None:
        self.caught: list[tuple[App, bytes, Json]] = []

    def send(self, app: App, xml: bytes, *, facts: Json, **_: Any) -> Delivery:
        self.caught.append((app, xml, facts))
        return Delivery(0, app.key, xml, facts)


class Storm:
    """One storm with its journal."""

    def __init__(
        self,
        id_: int,
        corp: Corp,
        *,
        unique: int,
        duplicates: float,
        shuffle: bool,
        seed: int,
        apps: list[str] | None = None,
    ) -> None:
        self.id = id_
        self.seed = seed
        self.started = time.time()
        self._corp = corp
        self._lock = threading.Lock()
        self._finished = 0
        self.deliveries: list[Delivery] = []
        random = Random(f"storm:{seed}")
        if apps is not None and not set(apps) <= set(corp.apps):
            raise BadAction("apps must be keys of this corp's apps")
        with corp.lock:
            letters = [row for row in _write(corp, random, unique) if apps is None or row[0].key in apps]
        extra = [random.choice(letters) for _ in range(round(len(letters) * duplicates))] if letters else []
        self.unique = unique
        self.letters = letters + extra
        if shuffle:
            random.shuffle(self.letters)

    def send(self, sender: Sender, rate: float) -> None:
        """Queue every letter; at ``rate`` a second, or all at once if 0."""
        start = time.time()
        for number, (app, xml, facts) in enumerate(self.letters):
            due = start + number / rate if rate > 0 else 0.0
            self.deliveries.append(sender.send(app, xml, facts=facts, due=due, on_done=lambda _: self._count()))

    def status(self) -> Json:
        with self._lock:
            finished = self._finished
        done = [row for row in self.deliveries if row.done]
        return {
            "id": self.id,
            "seed": self.seed,
            "unique": self.unique,
            "deliveries": len(self.letters),
            "finished": finished,
            "answered": sum(1 for row in done if row.answered),
            "given_up": sum(1 for row in done if not row.answered),
            "done": finished == len(self.letters),
            "seconds": round(time.time() - self.started, 2),
        }

    def journal(self) -> Iterator[str]:
        """One JSON line per delivery: key (SHA-256 of the inner XML), app, xml, answered, attempts."""
        for row in self.deliveries:
            line = {
                "key": row.key,
                "app": row.app_key,
                "xml": row.xml.decode(),
                "answered": row.answered,
                "done": row.done,
                "attempts": row.attempts,
                **row.facts,
            }
            yield json.dumps(line, ensure_ascii=False) + "\n"

    def _count(self) -> None:
        with self._lock:
            self._finished += 1


def _write(corp: Corp, random: Random, unique: int) -> list[tuple[App, bytes, Json]]:
    """Play ``unique`` events through the ordinary verbs and catch what they would send."""
    sellers = [
        s for s in corp.staff.values() if corp.member(s.userid) and s.customer_contact and customer_apps(corp, s)
    ]
    if not sellers:
        raise BadAction("nobody's events reach a callback: set a callback first")
    catcher = _Catcher()
    stage = Stage(corp, cast(Sender, catcher))
    span = max(120, unique // 10)
    begin = int(time.time()) - span
    last: dict[tuple[str, str], int] = {row.row_key: row.createtime for row in corp.follows.values()}
    live = [row for row in corp.follows.values() if not row.half and corp.member(row.userid)]
    ties = [tag.id for group in corp.tag_groups.values() if not group.deleted for tag in group.living()]
    played = 0
    while played < unique:
        stage.at = begin + span * played // unique
        verb = random.choices([verb for verb, _ in _MIX], [weight for _, weight in _MIX])[0]
        args: Json = {"welcome": False}
        if verb == "add_contact":
            args |= {"userid": random.choice(sellers).userid, "state": random.choice(("", "", "storm"))}
        else:
            row = _pick(random, live, corp, last, stage.at)
            if row is None or (verb == "customer_deletes" and row.left):
                continue
            args |= {"userid": row.userid, "external_userid": row.external_userid}
            if verb == "edit_contact":
                args |= {"remark": f"备注{played}", "add_tags": random.sample(ties, min(1, len(ties)))}
        shown = VERBS[verb](stage, Args(args))
        last[shown["userid"].lower(), shown["external_userid"]] = stage.at
        if verb == "add_contact":
            live.append(corp.follows[shown["userid"].lower(), shown["external_userid"]])
        played += 1
    return catcher.caught


def _pick(random: Random, live: list[Follow], corp: Corp, last: dict[tuple[str, str], int], at: int) -> Follow | None:
    for _ in range(min(50, len(live))):
        place = random.randrange(len(live))
        row = live[place]
        if corp.follows.get(row.row_key) is not row:
            live[place] = live[-1]
            live.pop()
            if not live:
                return None
        elif last[row.row_key] + GAP_SECONDS <= at:
            return row
    return None
