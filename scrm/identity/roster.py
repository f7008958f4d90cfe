"""Changing who may sign in and as what: roles, disabling, ending sessions.

Each takes a session of the account's corp. An administrator who may sign in must remain, except where the operator
changes something on the command line (``must_remain=False``): then the alarm says that none does.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.db import platform_tables, platform_transaction, transaction
from scrm.identity import admission, sessions
from scrm.identity.errors import AccountUnknown, LastAdministrator
from scrm.identity.models import Account, Role


@contextmanager
def corp_of(name: str) -> Iterator[Session]:
    """A transaction of the corp that the account belongs to; raises `AccountUnknown`."""
    with platform_transaction() as session:
        corp = session.scalars(select(Account.corp_no).where(Account.name == name)).first()
    if corp is None:
        raise AccountUnknown(name=name)
    with transaction(corp) as session:
        yield session


def account_named(session: Session, name: str) -> Account:
    """The account of this corp; raises `AccountUnknown`."""
    with platform_tables(session) as corp:
        account = session.scalars(select(Account).where(Account.corp_no == corp, Account.name == name)).first()
    if account is None:
        raise AccountUnknown(name=name)
    return account


def change_role(session: Session, actor: audit.Who, name: str, role: Role, *, must_remain: bool = True) -> None:
    """Give the account another role, from its next request on; raises `AccountUnknown` or `LastAdministrator`."""
    with platform_tables(session) as corp:
        account = _locked(session, corp, name)
        before, account.role = account.role, role.value
    if before != role.value:
        audit.record(session, actor, "account.role_changed", f"account:{name}", {"before": before, "after": role.value})
        _look(session, must_remain=must_remain)


def set_disabled(session: Session, actor: audit.Who, name: str, *, disabled: bool, must_remain: bool = True) -> None:
    """Shut the account out, its sessions ended and its tokens refused, or let it in again; raises as `change_role`."""
    with platform_tables(session) as corp:
        account = _locked(session, corp, name)
        before = account.disabled_at is not None
        if before != disabled:
            account.disabled_at = clock.now() if disabled else None
            sessions.end_all(session, account.id)
    if before != disabled:
        facts = {"before": _word(disabled=before), "after": _word(disabled=disabled)}
        audit.record(session, actor, "account.disabled" if disabled else "account.enabled", f"account:{name}", facts)
        _look(session, must_remain=must_remain)


def end_sessions(session: Session, actor: audit.Who, name: str) -> int:
    """Sign out every browser of the account; how many there were. Raises `AccountUnknown`."""
    with platform_tables(session) as corp:
        ended = sessions.end_all(session, _locked(session, corp, name).id)
    audit.record(session, actor, "account.sessions_ended", f"account:{name}", {"before": ended, "after": 0})
    return ended


def follow_rename(session: Session, userid: str, new_userid: str) -> None:
    """The member's account goes along; one that was made for the new userid meanwhile takes the old one over."""
    if userid.lower() == new_userid.lower():
        return
    with platform_tables(session) as corp:
        of = select(Account).where(Account.corp_no == corp).with_for_update()
        account = session.scalars(of.where(func.lower(Account.userid) == func.lower(userid))).first()
        if account is None:
            return
        newer = session.scalars(of.where(func.lower(Account.userid) == func.lower(new_userid))).first()
        if newer is not None:
            newer.userid = None
            session.flush()
        account.userid = new_userid
        session.flush()
        if newer is not None:
            newer.userid = userid
    if newer is not None:
        admission.shut_out(session, [userid], by=audit.System.CALLBACK)


def _locked(session: Session, corp: int, name: str) -> Account:
    """The account, with all of the corp's administrators locked: two cannot take the role from each other at once."""
    mine = select(Account).where(Account.corp_no == corp)
    wanted = (Account.name == name) | (Account.role == Role.ADMINISTRATOR)
    rows = session.scalars(mine.where(wanted).order_by(Account.id).with_for_update()).all()
    account = next((row for row in rows if row.name == name), None)
    if account is None:
        raise AccountUnknown(name=name)
    return account


def _look(session: Session, *, must_remain: bool) -> None:
    accounts = admission.admitted_accounts(session)
    if must_remain and not any(account.role == Role.ADMINISTRATOR for account in accounts):
        raise LastAdministrator()
    admission.watch_administrators(session)


def _word(*, disabled: bool) -> str:
    return "disabled" if disabled else "enabled"
