"""Writing rules: every change is a version, so that an alert can say by which it was raised."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.compliance.rules.actions import findings
from scrm.compliance.rules.errors import RuleChanged, RuleLinesBad, RuleNameTaken, RuleTooLong, RuleWordsMissing
from scrm.compliance.rules.kinds import word_list
from scrm.compliance.rules.kinds.word_list import MAX_WORDS, Cleaned, Parameters, Senders, WordList, clean
from scrm.compliance.rules.models import Rule, RuleVersion
from scrm.compliance.rules.queries import visible_rule
from scrm.compliance.rules.schemas import RuleBody, RuleUpdate, TrialAnswer, TrialBody, TrialHit
from scrm.core import audit, clock
from scrm.core.db import lock_subject
from scrm.identity.actor import Actor

_NAMED_LINES = 20


@dataclass(frozen=True)
class Author:
    """Who writes a rule where nobody is signed in."""

    display_name: str
    audit_name: str
    source: audit.Source | None = None


def create_if_none(session: Session, author: Author, body: RuleBody) -> None:
    """Make a first rule; where there is one already, whoever made it, nothing happens."""
    if session.scalars(select(Rule.id).limit(1)).first() is None:
        create_rule(session, author, body)


def create_rule(session: Session, actor: Actor | Author, body: RuleBody) -> tuple[Rule, int]:
    """Make a rule; it looks at what is archived from now on. The rule, and how many lines were duplicates."""
    cleaned = _cleaned(body.words)
    _name_is_free(session, body.name.strip())
    now = clock.now()
    rule = Rule(
        name=body.name.strip(),
        kind=word_list.KIND.name,
        severity=body.severity.value,
        enabled=body.enabled,
        version=1,
        words=len(cleaned.words),
        hits=0,
        last_hit_at=None,
        created_by=actor.display_name,
        created_at=now,
        updated_at=now,
    )
    session.add(rule)
    session.flush()
    _keep_version(session, actor, rule, _parameters(cleaned, body.senders))
    _record(session, actor, "rule.created", rule)
    return rule, cleaned.duplicates


def update_rule(session: Session, actor: Actor, rule_id: int, body: RuleUpdate) -> tuple[Rule, int]:
    """Change a rule; raises `RuleChanged` if somebody else did meanwhile."""
    cleaned = _cleaned(body.words)
    rule = visible_rule(session, actor, rule_id, lock=True)
    if rule.version != body.version:
        raise RuleChanged(version=rule.version)
    if rule.name != body.name.strip():
        _name_is_free(session, body.name.strip())
    rule.name = body.name.strip()
    if "severity" in body.model_fields_set:
        rule.severity = body.severity.value
    if "enabled" in body.model_fields_set:
        rule.enabled = body.enabled
    senders = body.senders if "senders" in body.model_fields_set else _senders(session, rule)
    rule.words, rule.version, rule.updated_at = len(cleaned.words), rule.version + 1, clock.now()
    _keep_version(session, actor, rule, _parameters(cleaned, senders))
    _record(session, actor, "rule.changed", rule)
    return rule, cleaned.duplicates


def set_enabled(session: Session, actor: Actor, rule_id: int, *, enabled: bool) -> Rule:
    """Switch a rule on or off; what it has found stays."""
    rule = visible_rule(session, actor, rule_id, lock=True)
    if rule.enabled != enabled:
        rule.enabled, rule.updated_at = enabled, clock.now()
        _record(session, actor, "rule.enabled" if enabled else "rule.disabled", rule)
    return rule


def try_out(session: Session, actor: Actor, body: TrialBody) -> TrialAnswer:
    """What words would find in a text; nothing is stored. It was said to nobody, so a quotation in it is none."""
    if body.words is not None:
        compiled: Any = WordList(Parameters(words=_cleaned(body.words).words))
    else:
        rule = visible_rule(session, actor, body.rule_id or 0)
        compiled = findings.compiled(session, rule, rule.version)
    return TrialAnswer(
        hits=[TrialHit(word=hit.word, start=hit.start, end=hit.end) for hit in compiled.locate(body.text)]
    )


def _cleaned(words: str) -> Cleaned:
    cleaned = clean(words.splitlines())
    if cleaned.bad:
        lines = "、".join(str(line) for line, _ in cleaned.bad[:_NAMED_LINES])
        raise RuleLinesBad(count=len(cleaned.bad), lines=lines)
    if not cleaned.words:
        raise RuleWordsMissing()
    if len(cleaned.words) > MAX_WORDS:
        raise RuleTooLong(count=len(cleaned.words), limit=MAX_WORDS)
    return cleaned


def _parameters(cleaned: Cleaned, senders: Senders) -> dict[str, Any]:
    return Parameters(words=cleaned.words, senders=senders).model_dump(mode="json")


def _senders(session: Session, rule: Rule) -> Senders:
    """Whose messages the rule looks at now."""
    return Senders(session.get_one(RuleVersion, (rule.id, rule.version)).parameters["senders"])


def _name_is_free(session: Session, name: str) -> None:
    lock_subject(session, f"rule-name:{name}")
    if session.scalars(select(Rule.id).where(Rule.name == name)).first() is not None:
        raise RuleNameTaken()


def _keep_version(session: Session, actor: Actor | Author, rule: Rule, parameters: dict[str, Any]) -> None:
    session.add(
        RuleVersion(
            rule_id=rule.id,
            version=rule.version,
            parameters=parameters,
            changed_by=actor.display_name,
            changed_at=rule.updated_at,
        )
    )
    session.flush()


def _record(session: Session, actor: Actor | Author, verb: str, rule: Rule) -> None:
    audit.record(session, actor, verb, f"rule:{rule.id}", {"version": rule.version, "words": rule.words})
