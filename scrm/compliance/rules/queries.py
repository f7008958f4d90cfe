"""Reads of rules; they belong to the whole corp, so a data scope of part of it sees none."""

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session

from scrm.compliance.rules.errors import RuleNotFound
from scrm.compliance.rules.kinds import RuleKind
from scrm.compliance.rules.models import Rule, RuleScan, RuleVersion
from scrm.compliance.rules.schemas import RuleChange, RuleDetail, RuleQuery, RuleRow, RuleScanRow
from scrm.contracts.alerts import Severity, hits
from scrm.core import search
from scrm.core.paging import Rows, fetch
from scrm.identity.actor import Actor

_VERSIONS = 20
_SCANS = 5


def visible(actor: Actor) -> Select[Rule]:
    """All rules for who sees the whole corp."""
    query = select(Rule)
    return query if actor.scope is None else query.where(false())


def visible_rule(session: Session, actor: Actor, rule_id: int, *, lock: bool = False) -> Rule:
    """One rule, locked for a change if asked; raises `RuleNotFound`."""
    query = visible(actor).where(Rule.id == rule_id)
    rule = session.scalars(query.with_for_update() if lock else query).first()
    if rule is None:
        raise RuleNotFound()
    return rule


def rule_page(session: Session, actor: Actor, page: RuleQuery) -> Rows[RuleRow]:
    """Rules, the latest change first."""
    query = visible(actor)
    if page.enabled is not None:
        query = query.where(Rule.enabled == page.enabled)
    if page.q:
        names = query.with_only_columns(Rule.id, Rule.name)
        query = query.where(Rule.id.in_(search.among(page.q, session.execute(names))))
    rows = fetch(
        session,
        query,
        page,
        keys=[Rule.updated_at, Rule.id],
        key_of=lambda rule: [rule.updated_at.isoformat(), rule.id],
    )
    today = hits().today(session)
    return rows.map(lambda rule: _row(rule, today))


def rule_detail(session: Session, actor: Actor, rule_id: int) -> RuleDetail:
    """One rule with words, versions and scans."""
    rule = visible_rule(session, actor, rule_id)
    parameters = session.get_one(RuleVersion, (rule.id, rule.version)).parameters
    words = func.jsonb_array_length(RuleVersion.parameters["words"])
    versions = session.execute(
        select(RuleVersion.version, RuleVersion.changed_by, RuleVersion.changed_at, words)
        .where(RuleVersion.rule_id == rule.id)
        .order_by(RuleVersion.version.desc())
        .limit(_VERSIONS)
    )
    scans = session.scalars(
        select(RuleScan).where(RuleScan.rule_id == rule.id).order_by(RuleScan.id.desc()).limit(_SCANS)
    )
    return RuleDetail(
        **dict(_row(rule, hits().today(session))),
        word_list=parameters["words"],
        senders=parameters["senders"],
        versions=[
            RuleChange(version=version, changed_by=who, changed_at=at, words=count)
            for version, who, at, count in versions
        ],
        scans=[RuleScanRow.model_validate(scan, from_attributes=True) for scan in scans],
    )


def _row(rule: Rule, today: dict[int, int]) -> RuleRow:
    return RuleRow(
        id=rule.id,
        name=rule.name,
        kind=RuleKind(rule.kind),
        severity=Severity(rule.severity),
        enabled=rule.enabled,
        version=rule.version,
        words=rule.words,
        hits=rule.hits,
        hits_today=today.get(rule.id, 0),
        last_hit_at=rule.last_hit_at,
        created_by=rule.created_by,
        updated_at=rule.updated_at,
    )
