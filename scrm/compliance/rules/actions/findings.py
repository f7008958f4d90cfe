"""Running the rules over messages and raising alerts, one per message and rule; and telling who must look."""

import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.compliance.alerts.kinds import word_hit
from scrm.compliance.alerts.models import Alert, AlertNotice, AlertState
from scrm.compliance.alerts.texts import texts
from scrm.compliance.archive.actions.conversations import sender_kind
from scrm.compliance.archive.actions.prepared import Ends, Prepared
from scrm.compliance.archive.models import SenderKind
from scrm.compliance.rules.actions import quotes
from scrm.compliance.rules.kind import Compiled, Said
from scrm.compliance.rules.kinds import compile_rule
from scrm.compliance.rules.models import Rule, RuleVersion
from scrm.contracts.customers import people
from scrm.contracts.groups import groups
from scrm.core import audit, clock
from scrm.core.db import current_corp
from scrm.identity import queries as identity
from scrm.identity.models import Role, Staff
from scrm.wecom import calls, cards
from scrm.wecom.cards import NoticeState
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.messages import AppMessages

SPOKEN = 20_000  # characters of one message that rules look at


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message as rules and alerts need it."""

    msgid: str
    at: dt.datetime
    conversation_id: int
    sender: str
    sender_kind: SenderKind
    userid: str  # the member it is about: the sender, or who was spoken to; folded, empty if none
    other: str  # the customer, the group, or the second member
    roomid: str

    @classmethod
    def of(cls, message: Prepared, conversation_id: int, staff: set[str]) -> "Candidate":
        """Of a message that is being stored; ``staff`` holds the folded userids among its people."""
        return cls.made(
            msgid=message.opened.msgid,
            at=message.at,
            conversation_id=conversation_id,
            sender=message.ends.sender,
            sender_kind=sender_kind(message.ends.sender, staff),
            receivers=message.ends.receivers,
            roomid=message.ends.roomid,
            staff=staff,
        )

    @classmethod
    def made(
        cls,
        *,
        msgid: str,
        at: dt.datetime,
        conversation_id: int,
        sender: str,
        sender_kind: SenderKind,
        receivers: Sequence[str],
        roomid: str,
        staff: set[str],
    ) -> "Candidate":
        is_staff = sender_kind is SenderKind.STAFF
        receiver = receivers[0] if len(receivers) == 1 and not roomid else ""
        userid = sender if is_staff else receiver if receiver.lower() in staff else ""
        other = roomid or (receiver if is_staff else sender)
        return cls(msgid, at, conversation_id, sender, sender_kind, userid.lower(), other, roomid)


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


def said(spoken: str, sender_kind: SenderKind) -> Said:
    """A message as rules see it: not without end."""
    return Said(quotes.bordered(spoken[:SPOKEN]), sender_kind.value)


def scan(session: Session, messages: Sequence[Prepared], ids: Mapping[Ends, int], staff: set[str]) -> int:
    """Run every rule in force over messages that are being stored in these conversations; the number of alerts."""
    rules = active_rules(session)
    if not rules:
        return 0
    kinds = {ends: sender_kind(ends.sender, staff) for ends in ids}
    spoken = [said(message.spoken, kinds[message.ends]) for message in messages]

    def candidate(place: int) -> Candidate:
        return Candidate.of(messages[place], ids[messages[place].ends], staff)

    return sum(apply(session, rule, spoken, candidate) for rule in rules)


def apply(session: Session, rule: ActiveRule, spoken: Sequence[Said], candidate: Callable[[int], Candidate]) -> int:
    """Run one rule; alerts that stand already stay as they are. The number raised.

    ``candidate`` gives the message at a place: few hit, so few are asked for.
    """
    hits = []
    for finding in rule.compiled.scan(spoken):
        about, text = candidate(finding.index), spoken[finding.index].text
        own = quotes.own_words(session, text, conversation_id=about.conversation_id, msgid=about.msgid, at=about.at)
        still = [finding] if own == text else rule.compiled.scan([spoken[finding.index]._replace(text=own)])
        hits += [(about, one.words) for one in still]
    raised = _raise(session, rule, hits) if hits else []
    if raised:
        now = clock.now()
        session.execute(
            update(Rule)
            .where(Rule.id == rule.id)
            .values(hits=Rule.hits + len(raised), last_hit_at=max(at for _, at in raised))
        )
        audit.record_all(
            session,
            audit.System.ARCHIVE,
            "alert.raised",
            [f"alert:{alert_id}" for alert_id, _ in raised],
            {"kind": word_hit.NAME, "rule": rule.id, "version": rule.version},
        )
        _tell_officers(session, rule, [alert_id for alert_id, _ in raised], now)
    return len(raised)


def _raise(
    session: Session, rule: ActiveRule, hits: Sequence[tuple[Candidate, list[str]]]
) -> list[tuple[int, dt.datetime]]:
    staff = identity.staff_by_userids(session, {candidate.userid for candidate, _ in hits if candidate.userid})
    rooms = groups().names(session, {candidate.roomid for candidate, _ in hits})
    names = people().names(session, {candidate.other for candidate, _ in hits})
    names |= {chat: (name, "") for chat, name in rooms.items()}
    now = clock.now()
    rows = []
    for candidate, words in hits:
        member = staff.get(candidate.userid)
        snapshot = _snapshot(rule, candidate, words, member, names.get(candidate.other))
        rows.append(
            {
                "kind": word_hit.NAME,
                "userid": candidate.userid,
                "external_userid": candidate.other,
                "event_at": candidate.at,
                "source": f"{rule.id}:{candidate.msgid}",
                "severity": rule.severity,
                "detected_by": "archive",
                "staff_id": member.id if member is not None else None,
                "customer_id": None,
                "state": AlertState.OPEN.value,
                "snapshot": snapshot,
                "raised_at": now,
                "updated_at": now,
                **texts(snapshot, candidate.userid, candidate.other),
            }
        )
    statement = (
        insert(Alert)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["kind", "userid", "external_userid", "event_at", "source"])
        .returning(Alert.id, Alert.event_at)
    )
    return [(alert_id, at) for alert_id, at in session.execute(statement)]


def _snapshot(
    rule: ActiveRule, candidate: Candidate, words: list[str], member: Staff | None, other: tuple[str, str] | None
) -> dict[str, Any]:
    """What the alert shows; the words of the rule that were found, never the message."""
    name, avatar = other if other is not None else ("", "")
    return {
        "customer_name": name or candidate.other,
        "customer_avatar": avatar,
        "staff_name": (member.name or member.userid) if member is not None else candidate.userid,
        "userid": member.userid if member is not None else candidate.userid,
        "tags": [],
        "rule_id": rule.id,
        "rule_name": rule.name,
        "rule_version": rule.version,
        "words": words[:20],
        "msgid": candidate.msgid,
        "conversation_id": candidate.conversation_id,
        "sender_kind": candidate.sender_kind.value,
        "in_group": bool(candidate.roomid),
    }


def _tell_officers(session: Session, rule: ActiveRule, alert_ids: Sequence[int], now: dt.datetime) -> None:
    """One app message for all hits of half a minute, to those who may read the chats: the compliance officers.

    While a message waits, further hits add nothing to it: it says where to look, not how many there are.
    """
    officers = [
        staff.userid for staff in identity.staff_of_role(session, corp=current_corp(session), role=Role.COMPLIANCE)
    ]
    if not officers:
        return
    session.execute(
        insert(AlertNotice),
        [
            {"alert_id": alert_id, "userid": userid, "state": NoticeState.WAITING.value, "created_at": now}
            for alert_id in alert_ids
            for userid in officers
        ],
    )
    kind = word_hit.KIND
    calls.request(
        session,
        AppMessages.send_text_card,
        cards.card(
            userids=officers,
            title=f"{kind.zh}提醒",
            lines=kind.notice.lines({"rule_name": rule.name}, now),
            path=kind.notice.path,
        ),
        subject="word-hits",
        reply="compliance.hit_notice_answered",
        key="word-hits",
        context={"userids": officers},
        delay=kind.notice.wait,
    )


_NOTICED = text(
    "UPDATE alert_notice n SET state = :state, msgid = :msgid, reason = :reason, finished_at = :now"
    " FROM alert a WHERE a.id = n.alert_id AND a.kind = 'word_hit' AND n.state = 'waiting'"
    " AND n.created_at <= :asked_at AND n.userid = ANY(:userids)"
)


def notice_answered(session: Session, outcome: Outcome) -> None:
    """WeCom's answer: it stands for every hit that had waited for this message."""
    state = {CallState.DONE: NoticeState.SENT, CallState.UNKNOWN: NoticeState.UNKNOWN}.get(
        outcome.state, NoticeState.REFUSED
    )
    receipt = outcome.result
    refused = {userid.lower() for userid in receipt.invalid_users} if receipt is not None else set()
    userids: list[str] = outcome.context["userids"]
    values: dict[str, Any] = {"now": clock.now(), "asked_at": outcome.asked_at}
    got = [userid for userid in userids if userid.lower() not in refused]
    msgid = receipt.msgid if receipt is not None else None
    session.execute(
        _NOTICED, {**values, "state": state.value, "msgid": msgid, "reason": outcome.reason, "userids": got}
    )
    if len(got) < len(userids):
        missed = [userid for userid in userids if userid.lower() in refused]
        values |= {"state": NoticeState.REFUSED.value, "msgid": msgid, "reason": "invaliduser", "userids": missed}
        session.execute(_NOTICED, values)
