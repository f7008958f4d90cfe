"""Names of members and accounts for whoever shows a ``staff:…`` or ``account:…``."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.core.db import platform_tables
from scrm.identity.models import Account, Staff


def staff(session: Session, ids: list[str]) -> dict[str, str]:
    """Userids are found however they are spelt: the archive folds them."""
    folded = {own.lower() for own in ids}
    query = select(func.lower(Staff.userid), Staff.name).where(func.lower(Staff.userid).in_(folded))
    found: dict[str, str] = {row[0]: row[1] for row in session.execute(query)}
    return {own: found[own.lower()] for own in ids if own.lower() in found}


def accounts(session: Session, ids: list[str]) -> dict[str, str]:
    """The member behind an account, where there is one."""
    with platform_tables(session) as corp:
        query = select(Account.name, Account.userid).where(Account.corp_no == corp, Account.name.in_(ids))
        behind = {name: userid for name, userid in session.execute(query) if userid}
    members = staff(session, list(behind.values()))
    return {name: members[userid] for name, userid in behind.items() if userid in members}
