"""Running the rules over messages; what they find becomes alerts."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scrm.compliance.rules.actions import quotes
from scrm.compliance.rules.kind import Compiled, Said
from scrm.compliance.rules.kinds import compile_rule
from scrm.compliance.rules.models import Rule, RuleVersion
from scrm.contracts.alerts import Hit, HitRule, hits
from scrm.contracts.archive import Heard, SenderKind
from scrm.core.db import current_corp

SPOKEN = 20_000  # characters of one message that rules look at


@dataclass(frozen=True)
class ActiveRule:
    """A rule in force, ready to run."""

    id: int
    version: int
    name: str
    severity: str
    compiled: Compiled


_lock = threading.Lock()
_compiled: dict[tuple[int, int, int], Compiled] = {}


def active_rules(session: Session) -> list[ActiveRule]:
    """The rules that are switched on; a compiled version is kept for the life of the process."""
    rows = session.scalars(select(Rule).where(Rule.enabled).order_by(Rule.id)).all()
    return [
        ActiveRule(row.id, row.version, row.name, row.severity, compiled(session, row, row.version)) for row in rows
    ]


def compiled(session: Session, rule: Rule, version: int) -> Compiled:
    key = (current_corp(session), rule.id, version)
    with _lock:
        known = _compiled.get(key)
    if known is None:
        parameters = session.get_one(RuleVersion, (rule.id, version)).parameters
        known = compile_rule(rule.kind, parameters)
        with _lock:
            for old in [one for one in _compiled if one[:2] == key[:2] and one[2] < version]:
                del _compiled[old]
            _compiled[key] = known
    return known


def said(message: Heard) -> Said:
    """A message as rules see it: not without end."""
    return Said(quotes.bordered(message.spoken[:SPOKEN]), message.sender_kind.value)


def look(session: Session, heard: Sequence[Heard], staff: set[str]) -> int:
    """Run every rule in force over messages that are being stored; the number of alerts."""
    rules = active_rules(session)
    if not rules:
        return 0
    spoken = [said(message) for message in heard]
    return sum(apply(session, rule, heard, spoken, staff) for rule in rules)


def apply(session: Session, rule: ActiveRule, heard: Sequence[Heard], spoken: Sequence[Said], staff: set[str]) -> int:
    """Run one rule over messages and what rules see of them; the number of alerts raised."""
    found = []
    for finding in rule.compiled.scan(spoken):
        about, text = heard[finding.index], spoken[finding.index].text
        own = quotes.own_words(session, text, conversation_id=about.conversation_id, msgid=about.msgid, at=about.at)
        still = [finding] if own == text else rule.compiled.scan([spoken[finding.index]._replace(text=own)])
        found += [_hit(about, one.words, staff) for one in still]
    named = HitRule(id=rule.id, version=rule.version, name=rule.name, severity=rule.severity)
    raised = hits().raise_hits(session, named, found) if found else []
    if raised:
        counts = {"hits": Rule.hits + len(raised), "last_hit_at": max(raised)}
        session.execute(update(Rule).where(Rule.id == rule.id).values(counts))
    return len(raised)


def _hit(message: Heard, words: list[str], staff: set[str]) -> Hit:
    """Of whom an alert is: the member who said it or was spoken to, and the customer, group or second member."""
    is_staff = message.sender_kind is SenderKind.STAFF
    receiver = message.receivers[0] if len(message.receivers) == 1 and not message.roomid else ""
    userid = message.sender if is_staff else receiver if receiver.lower() in staff else ""
    return Hit(
        msgid=message.msgid,
        at=message.at,
        conversation_id=message.conversation_id,
        sender_kind=message.sender_kind,
        userid=userid.lower(),
        other=message.roomid or (receiver if is_staff else message.sender),
        roomid=message.roomid,
        words=words,
    )
