"""The judge of every fault test: the sender's journal, the tables after quiescence, the simulator's own world.

lost = answered 200 without an effect; duplicated = effects beyond one per key; phantom = effects that nobody sent.
"""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from tests.faults.installation import Installation
from tests.support.patience import Patience
from tests.support.simulated import Json, Simulator

_TIMELINE = {
    "add_external_contact": "added",
    "add_half_external_contact": "half_added",
    "edit_external_contact": "edited",
    "del_external_contact": "deleted_by_staff",
    "del_follow_user": "deleted_by_customer",
}
_ALERTS = {"del_external_contact": "staff_deleted_customer", "del_follow_user": "customer_left"}
_STATUS = {"following": "active", "half": "half", "left": "deleted_by_customer"}


@dataclass
class Verdict:
    """What was found, in words; nothing is what a test asks for."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def compare(self, what: str, wanted: Iterable[Any], found: Iterable[Any]) -> None:
        counted, expected = Counter(found), set(wanted)
        self.lost += [f"{what} {key}" for key in sorted(expected - set(counted))]
        self.phantom += [f"{what} {key}" for key in sorted(set(counted) - expected)]
        self.duplicated += [f"{what} {key} × {times}" for key, times in counted.items() if times > 1]

    def __str__(self) -> str:
        counts = f"lost/duplicated/phantom {len(self.lost)}/{len(self.duplicated)}/{len(self.phantom)}"
        details = [*self.lost, *self.duplicated, *self.phantom, *self.wrong]
        return "\n".join([counts, f"{len(self.wrong)} wrong", *details[:20]])

    @property
    def good(self) -> bool:
        return not (self.lost or self.duplicated or self.phantom or self.wrong)


@dataclass
class Watched:
    """One corp under observation: what stood before, and every attempt of the sender since."""

    service: Installation
    sim: Simulator
    corp_id: str
    schema: str
    before: set[str] = field(default_factory=set)
    attempts: list[Json] = field(default_factory=list)
    seq: int = 0

    def begin(self) -> None:
        self.before = {row[0] for row in self._all("SELECT key FROM {}.timeline_entry")}

    def collect(self) -> int:
        """Take over what the sender did meanwhile; how many deliveries are still on their way."""
        while True:
            page = self.sim.call("GET", f"/corps/{self.corp_id}/deliveries", after=self.seq, limit=1000)
            self.attempts += page["items"]
            self.seq = page["last"]
            if not page["items"]:
                pending: int = page["pending"]
                return pending

    def wait_delivered(self, *, seconds: float) -> None:
        patience = Patience(seconds)
        while pending := self.collect():
            patience.go_on((pending, self.seq), "callbacks are not delivered")
            time.sleep(0.2)

    def wait_quiet(self, *, seconds: float) -> float:
        """How long it took until nothing is waiting any more."""
        began, patience = time.monotonic(), Patience(seconds)
        while open_rows := self._open():
            patience.go_on(open_rows, "not quiet")
            time.sleep(0.2)
        return time.monotonic() - began

    def judge(self) -> Verdict:
        """Compare all three histories."""
        verdict = Verdict()
        sent = {(row["app"], row["key"]): row["xml"] for row in self.attempts}
        answered = {(row["app"], row["key"]) for row in self.attempts if row["status"] == 200}
        verdict.wrong += [f"never answered: {key}" for key in sorted(set(sent) - answered)]
        stored = self._all("SELECT app, encode(digest, 'hex') FROM {}.wecom_inbox")
        verdict.compare("inbox", answered, stored)
        happened = {self._event(xml) for xml in sent.values()}
        told = [row[0] for row in self._all("SELECT key FROM {}.timeline_entry WHERE kind NOT LIKE 'welcome%%'")]
        wanted = {f"{_TIMELINE[kind]}:{userid.lower()}:{customer}:{at}" for kind, userid, customer, at in happened}
        verdict.compare("timeline", wanted | {key for key in self.before if not key.startswith("welcome")}, told)
        query = "SELECT kind, userid, external_userid, extract(epoch FROM event_at)::bigint, detected_by FROM {}.alert"
        losses = {
            (_ALERTS[kind], userid.lower(), who, at, "callback")
            for kind, userid, who, at in happened
            if kind in _ALERTS
        }
        verdict.compare("alert", losses, self._all(query))
        self._judge_relations(verdict)
        self._judge_messages(verdict)
        for table, bad in (("wecom_inbox", "parked"), ("outbox", "parked"), ("wecom_call", "parked")):
            rows = self._all(f"SELECT id, reason FROM {{}}.{table} WHERE state = '{bad}'")
            verdict.wrong += [f"{table} {row}" for row in rows]
        return verdict

    def _judge_relations(self, verdict: Verdict) -> None:
        world = self.sim.call("GET", f"/corps/{self.corp_id}/relations")["items"]
        wanted = {(row["userid"].lower(), row["external_userid"]): _STATUS[row["status"]] for row in world}
        query = (
            "SELECT lower(s.userid), c.external_userid, r.status FROM {0}.follow_relation r"
            " JOIN {0}.staff s ON s.id = r.staff_id JOIN {0}.customer c ON c.id = r.customer_id"
        )
        ours = {(userid, customer): status for userid, customer, status in self._all(query)}
        for pair, status in wanted.items():
            if ours.get(pair) != status:
                verdict.wrong.append(f"relation {pair}: {ours.get(pair)} for {status}")
        for pair, status in ours.items():
            if pair not in wanted and status in {"active", "half"}:
                verdict.wrong.append(f"relation {pair}: {status}, but WeCom has none")

    def _judge_messages(self, verdict: Verdict) -> None:
        """At most one app message per alert, exactly one where we say so; at most one welcome per customer."""
        per_alert: Counter[int] = Counter()
        seq = 0
        while page := self.sim.call("GET", f"/corps/{self.corp_id}/ledger", method="message/send", after=seq)["items"]:
            per_alert.update(int(call["args"]["textcard"]["url"].rpartition("/")[2]) for call in page)
            seq = page[-1]["seq"]
        verdict.duplicated += [f"message on alert {alert} × {times}" for alert, times in per_alert.items() if times > 1]
        told = {
            row[0]
            for row in self._all("SELECT DISTINCT record_id FROM {}.notice WHERE state = 'sent' AND record = 'alert'")
        }
        verdict.lost += [f"message on alert {alert}" for alert in sorted(told - set(per_alert))]
        waiting = self._all("SELECT record_id FROM {}.notice WHERE state = 'waiting' AND record = 'alert'")
        verdict.wrong += [f"notice of alert {alert} still waits" for (alert,) in waiting]
        greeted = Counter(
            item["external_userid"] for item in self.sim.call("GET", f"/corps/{self.corp_id}/welcomes")["items"]
        )
        verdict.duplicated += [f"welcome {customer} × {times}" for customer, times in greeted.items() if times > 1]
        ours = {row[0] for row in self._all("SELECT external_userid FROM {}.welcome WHERE state = 'sent'")}
        verdict.lost += [f"welcome {customer}" for customer in sorted(ours - set(greeted))]

    def _event(self, xml: str) -> tuple[str, str, str, int]:
        fields = {child.tag: child.text or "" for child in ElementTree.fromstring(xml)}
        return fields["ChangeType"], fields["UserID"], fields["ExternalUserID"], int(fields["CreateTime"])

    def _open(self) -> dict[str, int]:
        waiting = {
            "wecom_inbox": "state = 'ready'",
            "outbox": "state = 'ready'",
            "wecom_call": "state IN ('ready', 'leased', 'answered')",
        }
        counts = {
            table: self._all(f"SELECT count(*) FROM {{}}.{table} WHERE {where}")[0][0]
            for table, where in waiting.items()
        }
        return {table: count for table, count in counts.items() if count}

    def _all(self, query: str) -> list[tuple[Any, ...]]:
        return self.service.rows(query.format(self.schema))
