"""Rules on messages: list, write, switch, try out, go over the past."""

from scrm.compliance.rules import queries
from scrm.compliance.rules.actions import rules as actions
from scrm.compliance.rules.actions import scans
from scrm.compliance.rules.schemas import (
    RuleBody,
    RuleDetail,
    RulePage,
    RuleQuery,
    RuleSaved,
    RuleUpdate,
    ScanBody,
    TrialAnswer,
    TrialBody,
)
from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.reading import NothingPersonal
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission

api = Api("rules")


@api.get(
    "/rules", permission=Permission.MESSAGES_READ, reads=NothingPersonal("rules"), query=RuleQuery, response=RulePage
)
def list_rules(actor: Actor, session: Session, query: RuleQuery) -> object:
    """Rules, the latest change first."""
    return queries.rule_page(session, actor, query)


@api.post("/rules", permission=Permission.RULES_EDIT, body=RuleBody, response=RuleSaved, status=201)
def create_rule(actor: Actor, session: Session, body: RuleBody) -> object:
    """Make a rule; it looks at what is archived from now on."""
    rule, duplicates = actions.create_rule(session, actor, body)
    return RuleSaved(rule=queries.rule_detail(session, actor, rule.id), duplicates=duplicates)


@api.post("/rules/try", permission=Permission.MESSAGES_READ, body=TrialBody, response=TrialAnswer, further=(404,))
def try_rule(actor: Actor, session: Session, body: TrialBody) -> object:
    """What words would find in a text."""
    return actions.try_out(session, actor, body)


@api.get(
    "/rules/<int:rule_id>", permission=Permission.MESSAGES_READ, reads=NothingPersonal("a rule"), response=RuleDetail
)
def get_rule(actor: Actor, session: Session, rule_id: int) -> object:
    """One rule with words, versions and scans."""
    return queries.rule_detail(session, actor, rule_id)


@api.post("/rules/<int:rule_id>", permission=Permission.RULES_EDIT, body=RuleUpdate, response=RuleSaved)
def update_rule(actor: Actor, session: Session, rule_id: int, body: RuleUpdate) -> object:
    """Change a rule; every change is a version."""
    rule, duplicates = actions.update_rule(session, actor, rule_id, body)
    return RuleSaved(rule=queries.rule_detail(session, actor, rule.id), duplicates=duplicates)


@api.post("/rules/<int:rule_id>/enable", permission=Permission.RULES_EDIT, response=RuleDetail)
def enable_rule(actor: Actor, session: Session, rule_id: int) -> object:
    """Switch a rule on."""
    actions.set_enabled(session, actor, rule_id, enabled=True)
    return queries.rule_detail(session, actor, rule_id)


@api.post("/rules/<int:rule_id>/disable", permission=Permission.RULES_EDIT, response=RuleDetail)
def disable_rule(actor: Actor, session: Session, rule_id: int) -> object:
    """Switch a rule off; what it has found stays."""
    actions.set_enabled(session, actor, rule_id, enabled=False)
    return queries.rule_detail(session, actor, rule_id)


@api.post("/rules/<int:rule_id>/scan", permission=Permission.RULES_EDIT, body=ScanBody, response=RuleDetail)
def scan_archive(actor: Actor, session: Session, rule_id: int, body: ScanBody) -> object:
    """Have a rule go over what was archived before."""
    scans.start_scan(session, actor, rule_id, days=body.days)
    return queries.rule_detail(session, actor, rule_id)
