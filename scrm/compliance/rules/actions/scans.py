"""A rule goes over what was archived before, in the background: the row is the queue, its place the checkpoint."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from scrm.compliance.rules.actions import findings
from scrm.compliance.rules.actions.findings import ActiveRule
from scrm.compliance.rules.errors import ScanRunning
from scrm.compliance.rules.models import Rule, RuleScan
from scrm.compliance.rules.queries import visible_rule
from scrm.contracts.archive import chats
from scrm.core import alarms, audit, clock
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.queue.in_transaction import InTransaction
from scrm.core.queue.registry import Parked, Waiting
from scrm.core.queue.rows import revive
from scrm.identity import queries as identity
from scrm.identity.actor import Actor

BATCH = 2_000  # messages per transaction
STOPPED = alarms.kind(
    "rule_scan_stopped",
    zh="质检规则「{name}」的历史扫描反复出错，已停止；可重新发起扫描",
    en="The scan of past messages by the rule “{name}” failed again and again and has stopped; start it anew",
    path="/rules",
    tells=("administrator", "compliance"),
)
RUNNING, DONE, PARKED = "running", "done", "parked"


def start_scan(session: Session, actor: Actor, rule_id: int, *, days: int) -> RuleScan:
    """Have a rule look at the last ``days``; raises `ScanRunning`."""
    rule = visible_rule(session, actor, rule_id, lock=True)
    _refuse_two(session, rule.id)
    now = clock.now()
    since = now - dt.timedelta(days=days)
    scan = RuleScan(
        rule_id=rule.id,
        version=rule.version,
        state=RUNNING,
        since=since,
        until=now,
        reached=since,
        reached_id=0,
        total=chats().count(session, since, now),
        scanned=0,
        hits=0,
        started_by=actor.display_name,
        started_at=now,
        finished_at=None,
        due_at=now,
        attempts=0,
    )
    session.add(scan)
    session.flush()
    alarms.clear(session, STOPPED, f"rule:{rule.id}")
    audit.record(session, actor, "rule.scan_started", f"rule:{rule.id}", {"days": days, "messages": scan.total})
    ring_after_commit(session, Lane.BULK)
    return scan


def _act(session: Session, scans: Sequence[RuleScan]) -> None:
    for scan in scans:
        _go_on(session, scan)


def _mark(_session: Session, scans: Sequence[RuleScan]) -> None:
    """A scan that went on is due at once; what it failed over before is past."""
    for scan in scans:
        scan.attempts, scan.reason = 0, None


def _parking(session: Session, scan: RuleScan) -> None:
    scan.finished_at = clock.now()
    name = session.get_one(Rule, scan.rule_id).name
    alarms.raise_alarm(session, STOPPED, f"rule:{scan.rule_id}", name=name)


def _replay(session: Session, scan: RuleScan) -> None:
    """Go on from where it stopped; raises `ScanRunning` if the rule has begun another one."""
    _refuse_two(session, scan.rule_id)
    revive(scan, RUNNING)
    scan.finished_at = None
    alarms.clear(session, STOPPED, f"rule:{scan.rule_id}")
    ring_after_commit(session, Lane.BULK)


def _refuse_two(session: Session, rule_id: int) -> None:
    session.execute(select(Rule.id).where(Rule.id == rule_id).with_for_update())
    running = select(RuleScan.id).where(RuleScan.rule_id == rule_id, RuleScan.state == RUNNING)
    if session.scalars(running).first() is not None:
        raise ScanRunning()


def _go_on(session: Session, scan: RuleScan) -> None:
    """One batch of messages."""
    heard = chats().after(session, (scan.reached, scan.reached_id), scan.until, BATCH)
    if not heard:
        scan.state, scan.finished_at = DONE, clock.now()
        return
    rule = session.get_one(Rule, scan.rule_id)
    active = ActiveRule(rule.id, scan.version, rule.name, rule.severity, findings.compiled(session, rule, scan.version))
    people = {who.lower() for message in heard for who in (message.sender, *message.receivers) if who}
    staff = identity.userids_among(session, people)
    scan.hits += findings.apply(session, active, heard, [findings.said(message) for message in heard], staff)
    scan.scanned += len(heard)
    scan.reached, scan.reached_id = heard[-1].at, heard[-1].id


_newer = aliased(RuleScan)
# One that somebody has begun anew waits for nobody.
_STOPPED = (RuleScan.state == PARKED) & ~exists().where(_newer.rule_id == RuleScan.rule_id, _newer.id > RuleScan.id)

QUEUE: InTransaction[RuleScan, RuleScan] = InTransaction(
    name="rule_scans",
    model=RuleScan,
    waiting=Waiting(model=RuleScan, where=RuleScan.state == RUNNING, due_at=RuleScan.due_at),
    parked=Parked(
        kind="scan",
        model=RuleScan,
        where=_STOPPED,
        what=literal("rule_scan"),
        subject=func.concat("rule:", RuleScan.rule_id),
        since=RuleScan.started_at,
        replay=_replay,
    ),
    lane=Lane.BULK,
    states=(RUNNING,),
    batch=1,
    read=lambda _session, scan: scan,
    act=_act,
    mark=_mark,
    parking=_parking,
)
