"""A rule goes over what was archived before, in the background: the row is the queue, its place the checkpoint."""

import datetime as dt

import structlog
from sqlalchemy import exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from scrm.compliance import content
from scrm.compliance.actions import findings
from scrm.compliance.actions.findings import ActiveRule, Candidate
from scrm.compliance.errors import ScanRunning
from scrm.compliance.models.messages import Message, SenderKind
from scrm.compliance.models.rules import Rule, RuleScan
from scrm.compliance.queries.rules import visible_rule
from scrm.core import alarms, audit, clock, work
from scrm.core.db import transaction
from scrm.core.doorbell import Lane, ring_after_commit
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
log = structlog.get_logger(__name__)


def start_scan(session: Session, actor: Actor, rule_id: int, *, days: int) -> RuleScan:
    """Have a rule look at the last ``days``; raises `ScanRunning`."""
    rule = visible_rule(session, actor, rule_id, lock=True)
    running = select(RuleScan.id).where(RuleScan.rule_id == rule.id, RuleScan.state == RUNNING)
    if session.scalars(running).first() is not None:
        raise ScanRunning()
    now = clock.now()
    since = now - dt.timedelta(days=days)
    total = session.scalar(select(func.count()).select_from(Message).where(Message.at >= since, Message.at < now))
    scan = RuleScan(
        rule_id=rule.id,
        version=rule.version,
        state=RUNNING,
        since=since,
        until=now,
        reached=since,
        reached_id=0,
        total=total or 0,
        scanned=0,
        hits=0,
        started_by=actor.display_name,
        started_at=now,
        finished_at=None,
    )
    session.add(scan)
    session.flush()
    alarms.clear(session, STOPPED, f"rule:{rule.id}")
    audit.record(session, actor, "rule.scan_started", f"rule:{rule.id}", {"days": days, "messages": scan.total})
    ring_after_commit(session, Lane.BULK)
    return scan


def drain_batch(corp: int, lane: Lane) -> int:
    """One batch of one scan; the number of messages looked at, at least one while a scan runs."""
    if lane is not Lane.BULK:
        return 0
    with transaction(corp) as session:
        scan = session.scalars(
            select(RuleScan).where(*_due()).order_by(RuleScan.id).limit(1).with_for_update(skip_locked=True)
        ).first()
        if scan is None:
            return 0
        try:
            with session.begin_nested():
                return _go_on(session, scan)
        except Exception as error:  # a scan that raises stops alone, not the lane
            if work.passes_by_itself(error):
                raise
            _failed(session, scan, error)
            return 1


def _due() -> tuple[work.Condition, ...]:
    return RuleScan.state == RUNNING, or_(RuleScan.due_at.is_(None), RuleScan.due_at <= clock.now())


def _failed(session: Session, scan: RuleScan, error: Exception) -> None:
    scan.attempts += 1
    scan.reason, scan.due_at = work.reason(error), work.next_try(scan.attempts)
    if scan.attempts >= work.ATTEMPTS:
        scan.state, scan.finished_at = PARKED, clock.now()
        name = session.get_one(Rule, scan.rule_id).name
        alarms.raise_alarm(session, STOPPED, f"rule:{scan.rule_id}", name=name)
    log.error("rule_scan.failed", scan=scan.id, rule=scan.rule_id, attempts=scan.attempts, exc_info=error)


TOPIC = work.Topic(
    name="rule-scans",
    drain_batch=drain_batch,
    due=lambda _corp, lane: exists().where(*_due()) if lane is Lane.BULK else None,
)


def _go_on(session: Session, scan: RuleScan) -> int:
    rows = session.scalars(
        select(Message)
        .where(
            Message.at >= scan.reached,  # said twice, so that partitions before it are not looked at
            tuple_(Message.at, Message.id) > (scan.reached, scan.reached_id),
            Message.at < scan.until,
        )
        .order_by(Message.at, Message.id)
        .limit(BATCH)
    ).all()
    if not rows:
        scan.state, scan.finished_at = DONE, clock.now()
        return 1
    rule = session.get_one(Rule, scan.rule_id)
    active = ActiveRule(rule.id, scan.version, rule.name, rule.severity, findings.compiled(session, rule, scan.version))
    people = {who.lower() for row in rows for who in (row.sender, *_receivers(row)) if who}
    staff = identity.userids_among(session, people)
    spoken = [findings.said(content.words(row.body), SenderKind(row.sender_kind)) for row in rows]
    scan.hits += findings.apply(session, active, spoken, lambda place: _candidate(rows[place], staff))
    scan.scanned += len(rows)
    scan.reached, scan.reached_id = rows[-1].at, rows[-1].id
    return len(rows)


def _candidate(row: Message, staff: set[str]) -> Candidate:
    return Candidate.made(
        msgid=row.msgid,
        at=row.at,
        conversation_id=row.conversation_id,
        sender=row.sender,
        sender_kind=SenderKind(row.sender_kind),
        receivers=_receivers(row),
        roomid=str(row.body.get("roomid") or ""),
        staff=staff,
    )


def _receivers(row: Message) -> list[str]:
    listed = row.body.get("tolist")
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
