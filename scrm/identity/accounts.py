"""Accounts of the console: making them, their passwords and tokens."""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scrm.core import audit, clock, constraints
from scrm.core.db import enter_corp, platform_transaction
from scrm.identity import admission, attempts, passwords, roster, sessions, strength, tokens
from scrm.identity.errors import AccountNameInvalid, AccountUnknown, CredentialsWrong, OwnPassword
from scrm.identity.models import Account, ApiToken, OauthState, Role
from scrm.wecom import corps
from scrm.wecom.models import Corp

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
ONE_TIME = dt.timedelta(hours=72)  # after that a one-time password opens nothing


def create_account(
    name: str,
    *,
    role: Role,
    corp_id: str,
    userid: str | None = None,
    password: str | None = None,
    actor: audit.Who = audit.System.COMMAND_LINE,
) -> str:
    """Create an account and return its password: the given one, made by the demo, else a one-time one to be changed.

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
                    one_time_until=clock.now() + ONE_TIME if password is None else None,
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


def create_token(name: str, *, days: int = tokens.LIFE.days, called: str = "") -> str:
    """A bearer token for the account, good for so many days; shown once, stored as its hash. Raises `AccountUnknown`.

    ``called`` says what it is for.
    """
    token = secrets.token_urlsafe(32)
    now = clock.now()
    ends = now + dt.timedelta(days=days)
    with platform_transaction() as session:
        account = _named(session, name)
        row = ApiToken(
            token_hash=token_hash(token), account_id=account.id, name=called, created_at=now, expires_at=ends
        )
        session.add(row)
        _audit(session, account, audit.System.COMMAND_LINE, "token.created", {"token": called, "days": days})
        tokens.watch(session, {})
    return token


def revoke_tokens(name: str) -> int:
    """All bearer tokens of the account open nothing from now on; how many there were. Raises `AccountUnknown`."""
    with platform_transaction() as session:
        account = _named(session, name)
        revoked = tokens.revoke_all(session, account.id)
        _audit(session, account, audit.System.COMMAND_LINE, "tokens.revoked", {"ended": revoked})
        tokens.watch(session, {})
    return revoked


def revoke_token(name: str, token_id: int) -> None:
    """One bearer token of the account, by its number. Raises `AccountUnknown` or `TokenUnknown`."""
    with roster.corp_of(name) as session:
        tokens.revoke_one(session, audit.System.COMMAND_LINE, roster.account_named(session, name), token_id)


def reset_password(name: str, *, actor: audit.Who = audit.System.COMMAND_LINE, corp: int | None = None) -> str:
    """A new one-time password, good for `ONE_TIME`; all browsers and tokens of the account end, and a lock is lifted.

    Whoever asks for it suspects that somebody else can sign in. ``corp`` is the only one whose accounts are meant.
    Raises `AccountUnknown`, `OwnPassword` or `Busy`.
    """
    if actor.audit_name == f"user:{name}":
        raise OwnPassword()
    password = secrets.token_urlsafe(12)
    stored = passwords.hashed(password)
    with platform_transaction() as session:
        account = _named(session, name, corp=corp)
        account.password_hash, account.must_change_password = stored, True
        account.one_time_until = clock.now() + ONE_TIME
        attempts.forget(session, name, account.id)
        ended = {"sessions": sessions.end_all(session, account.id), "tokens": tokens.revoke_all(session, account.id)}
        _audit(session, account, actor, "password.reset", ended)
        tokens.watch(session, {})
    return password


def set_one_disabled(name: str, *, disabled: bool) -> None:
    """Shut out one account, signed-in browsers included, or let it in again. Raises `AccountUnknown`."""
    with roster.corp_of(name) as session:
        roster.set_disabled(session, audit.System.COMMAND_LINE, name, disabled=disabled, must_remain=False)


def purge_sessions() -> int:
    """Remove sign-ins that have run out, and tokens that did so long ago; how many sign-ins."""
    with platform_transaction() as session:
        # Made by 0.1 while the upgrade was under way.
        endless = update(Account).where(Account.must_change_password, Account.one_time_until.is_(None))
        session.execute(endless.values(one_time_until=clock.now() + ONE_TIME))
        tokens.purge(session)
        return sessions.purge(session)


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


def change_password(
    account_id: int, *, old: str, new: str, keep_session: bytes | None, actor: audit.Who, known_as: str
) -> None:
    """Change a password and sign out all other browsers; tokens, which programs hold, stay.

    ``known_as`` is the person's name, which the password must not lean on either.
    Raises `CredentialsWrong`, `PasswordWeak`, `PasswordCommon`, `AccountLocked` or `Busy`.
    """
    counted = attempts.of_account(account_id)
    with platform_transaction() as session:
        locked = attempts.count(session, counted)
        before = session.get_one(Account, account_id)
        corp = session.get_one(Corp, before.corp_no)
    if locked is not None:
        raise locked
    if not passwords.matches(before.password_hash, old) or before.one_time_over(clock.now()):
        raise CredentialsWrong()
    strength.check(new, own_words=[before.name, before.userid or "", known_as, corp.name, corp.corp_id], old=old)
    stored = passwords.hashed(new)
    with platform_transaction() as session:
        account = session.get_one(Account, account_id, with_for_update=True)
        if account.password_hash != before.password_hash:
            raise CredentialsWrong()
        attempts.give_back(session, counted)
        account.password_hash, account.must_change_password, account.one_time_until = stored, False, None
        ended = sessions.end_all(session, account_id, but=keep_session)
        _audit(session, account, actor, "password.changed", {"sessions": ended})


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _shut(session: Session, accounts: Sequence[Account], *, disabled: bool) -> None:
    """Accounts of one corp."""
    if not accounts:
        return
    for account in accounts:
        account.disabled_at = clock.now() if disabled else None
        sessions.end_all(session, account.id)
    enter_corp(session, accounts[0].corp_no)
    verb = "account.disabled" if disabled else "account.enabled"
    for account in accounts:
        audit.record(session, audit.System.COMMAND_LINE, verb, f"account:{account.name}")


def _named(session: Session, name: str, *, corp: int | None = None) -> Account:
    account = session.scalars(select(Account).where(Account.name == name).with_for_update()).first()
    if account is None or corp not in {None, account.corp_no}:
        raise AccountUnknown(name=name)
    return account


def _audit(
    session: Session, account: Account, actor: audit.Who, verb: str, facts: dict[str, Any] | None = None
) -> None:
    enter_corp(session, account.corp_no)
    audit.record(session, actor, verb, f"account:{account.name}", facts)
