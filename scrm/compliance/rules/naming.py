"""Names of rules for whoever shows a ``rule:…``."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.compliance.rules.models import Rule
from scrm.core.naming import numbers


def rules(session: Session, ids: list[str]) -> dict[str, str]:
    query = select(Rule.id, Rule.name).where(Rule.id.in_(numbers(ids)))
    return {str(number): name for number, name in session.execute(query)}
