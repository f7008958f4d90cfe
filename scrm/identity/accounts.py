"""Accounts of the console: making them, their passwords and tokens."""

import hashlib
import re
import secrets
from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scrm.core import audit, clock, constraints
from scrm.core.db import enter_corp, platform_transaction
from scrm.identity import admission, attempts, passwords, roster
from scrm.identity.errors import (
    AccountNameInvalid,
    AccountUnknown,
    CredentialsWrong,
    PasswordWeak,
)
from scrm.identity.models import Account, ApiToken, LoginSession, OauthState, Role
from scrm.identity.seen import keep_last_seen
from scrm.wecom import corps
from scrm.wecom.models import Corp

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
MIN_PASSWORD = 10


def create_account(
    name: str,
    *,
    role: Role,
    corp_id: str,
    userid: str | None = None,
    password: str | None = None,
    actor: audit.Who = audit.System.COMMAND_LINE,
) -> str:
    """Create an account and return its password: the given one, else a one-time one that must be changed.

    Raises `AccountNameInvalid`, `AccountNameTaken`, `StaffTaken` or `CorpUnknown`.
    """
    if _NAME.fullmatch(name) is None:
        raise AccountNameInvalid()
    chosen = password or secrets.token_urlsafe(12)
    stored = passwords.hashed(chosen)
    try:
        with platform_transaction() as session:
            corp = corps.by_corp_id(session, corp_id)
            session.add(
                Account(
                    name=name,
                    corp_no=corp.id,
                    role=role.value,
                    userid=userid,
                    password_hash=stored,
                    must_change_password=password is None,
                    created_at=clock.now(),
                )
            )
            enter_corp(session, corp.id)
            audit.record(session, actor, "account.created", f"account:{name}", {"role": role.value})
            admission.recheck_administrators(session)
    except IntegrityError as error:
        raise constraints.conflict(error, name=name, userid=userid) or error from None
    return chosen


def account_names(corp_id: str) -> set[str]:
    with platform_transaction() as session:
        corp = corps.by_corp_id(session, corp_id)
        return set(session.scalars(select(Account.name).where(Account.corp_no == corp.id)))


def set_disabled(corp_id: str, *, disabled: bool) -> None:
    """Shut out all accounts of a corp, signed-in browsers included, or let them in again."""
    with platform_transaction() as session:
        mine = select(Corp.id).where(Corp.corp_id == corp_id).scalar_subquery()
        wanted = select(Account).where(Account.corp_no == mine, Account.disabled_at.is_(None) == disabled)
        found = session.scalars(wanted.with_for_update()).all()
        _shut(session, found, disabled=disabled)


def count(session: Session, corp: int) -> int:
    """How many accounts a corp has."""
    return session.scalar(select(func.count()).select_from(Account).where(Account.corp_no == corp)) or 0


def remove_all(session: Session, corp: int) -> int:
    """Remove all accounts of a corp, their sessions and tokens with them; how many there were."""
    session.execute(delete(OauthState).where(OauthState.corp_no == corp))
    return len(session.scalars(delete(Account).where(Account.corp_no == corp).returning(Account.id)).all())


def create_token(name: str) -> str:
    """A bearer token for the account; shown once, stored as its hash. Raises `AccountUnknown`."""
    token = secrets.token_urlsafe(32)
    with platform_transaction() as session:
        account = _named(session, name)
        session.add(ApiToken(token_hash=token_hash(token), account_id=account.id, created_at=clock.now()))
        _audit(session, account, audit.System.COMMAND_LINE, "token.created")
    return token


def revoke_tokens(name: str) -> int:
    """All bearer tokens of the account open nothing from now on; how many there were. Raises `AccountUnknown`."""
    with platform_transaction() as session:
        account = _named(session, name)
        revoked = session.execute(
            delete(ApiToken).where(ApiToken.account_id == account.id).returning(ApiToken.token_hash)
        ).all()
        _audit(session, account, audit.System.COMMAND_LINE, "tokens.revoked")
    return len(revoked)


def reset_password(name: str) -> str:
    """A new one-time password; signs out every browser and lifts a lock. Raises `AccountUnknown`."""
    password = secrets.token_urlsafe(12)
    stored = passwords.hashed(password)
    with platform_transaction() as session:
        account = _named(session, name)
        account.password_hash, account.must_change_password = stored, True
        attempts.forget(session, name, account.id)
        session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
        _audit(session, account, audit.System.COMMAND_LINE, "password.reset")
    return password


def set_one_disabled(name: str, *, disabled: bool) -> None:
    """Shut out one account, signed-in browsers included, or let it in again. Raises `AccountUnknown`."""
    with roster.corp_of(name) as session:
        roster.set_disabled(session, audit.System.COMMAND_LINE, name, disabled=disabled, must_remain=False)


def purge_sessions() -> int:
    """Remove sign-ins that have run out; how many."""
    with platform_transaction() as session:
        over = LoginSession.expires_at < clock.now()
        keep_last_seen(session, set(session.scalars(select(LoginSession.account_id).where(over))))
        return len(session.execute(delete(LoginSession).where(over).returning(LoginSession.token_hash)).all())


def tell_refused() -> int:
    """Write into the trail how many guesses were refused where no later sign-in has done so; of how many accounts."""
    with platform_transaction() as session:
        untold = attempts.untold(session)
    for account_id in untold:
        with platform_transaction() as session:
            account = session.get(Account, account_id)
            refused = attempts.take_refused(session, account_id)
            if account is not None and refused:
                enter_corp(session, account.corp_no)
                facts = {"attempts": refused}
                audit.record(session, audit.System.SIGN_IN, "login.refused", f"account:{account.name}", facts)
    return len(untold)


def change_password(account_id: int, *, old: str, new: str, keep_session: bytes | None, actor: audit.Who) -> None:
    """Change a password and sign out all other browsers.

    Raises `CredentialsWrong`, `PasswordWeak`, `AccountLocked` or `Busy`.
    """
    counted = attempts.of_account(account_id)
    with platform_transaction() as session:
        locked = attempts.count(session, counted)
        before = session.get_one(Account, account_id)
    if locked is not None:
        raise locked
    if not passwords.matches(before.password_hash, old):
        raise CredentialsWrong()
    if len(new) < MIN_PASSWORD or new in {before.name, old}:
        raise PasswordWeak()
    stored = passwords.hashed(new)
    with platform_transaction() as session:
        account = session.get_one(Account, account_id, with_for_update=True)
        if account.password_hash != before.password_hash:
            raise CredentialsWrong()
        attempts.give_back(session, counted)
        account.password_hash, account.must_change_password = stored, False
        others = delete(LoginSession).where(LoginSession.account_id == account_id)
        if keep_session is not None:
            others = others.where(LoginSession.token_hash != keep_session)
        session.execute(others)
        _audit(session, account, actor, "password.changed")


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _shut(session: Session, accounts: Sequence[Account], *, disabled: bool) -> None:
    """Accounts of one corp."""
    if not accounts:
        return
    for account in accounts:
        account.disabled_at = clock.now() if disabled else None
    session.execute(delete(LoginSession).where(LoginSession.account_id.in_([account.id for account in accounts])))
    enter_corp(session, accounts[0].corp_no)
    verb = "account.disabled" if disabled else "account.enabled"
    for account in accounts:
        audit.record(session, audit.System.COMMAND_LINE, verb, f"account:{account.name}")


def _named(session: Session, name: str) -> Account:
    account = session.scalars(select(Account).where(Account.name == name).with_for_update()).first()
    if account is None:
        raise AccountUnknown(name=name)
    return account


def _audit(session: Session, account: Account, actor: audit.Who, verb: str) -> None:
    enter_corp(session, account.corp_no)
    audit.record(session, actor, verb, f"account:{account.name}")
