"""Signing in and out, and finding the actor of a request."""

import datetime as dt
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any

from flask import Response, after_this_request, request
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from scrm.core import audit, clock, recorder, sealing
from scrm.core.audit import Source
from scrm.core.db import enter_corp, platform_transaction, transaction
from scrm.core.errors import Busy, NotSignedIn
from scrm.core.http import json_response
from scrm.core.settings import settings
from scrm.identity import admission, attempts, browsers, cookies, devices, passwords, queries, sessions, tokens
from scrm.identity.accounts import token_hash
from scrm.identity.actor import Actor
from scrm.identity.errors import CredentialsWrong, CsrfTokenWrong, PasswordChangeNeeded
from scrm.identity.models import Account, ApiToken, LoginSession, Role, Staff
from scrm.identity.permissions import ROLE_PERMISSIONS
from scrm.identity.schemas import Credentials, Me
from scrm.identity.seen import keep_last_seen
from scrm.wecom.models import Corp

COOKIE = "scrm_session"
_SEEN_EVERY = dt.timedelta(minutes=5)
# What a browser that was let in by a one-time password may do until it has one of its own.
_BEFORE_NEW_PASSWORD = frozenset({"identity.get_me", "identity.change_password", "identity.sign_out", "console.page"})
# A failure is told this long after the comparison: writing it into the trail of a known name takes some milliseconds,
# more where the machine is busy.
EVEN_SECONDS = 0.05
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class _Caller:
    """Whose request it is; ``session_hash`` is none for a bearer token."""

    account: Account
    by: str  # ``session:`` or ``token:`` and the beginning of its digest
    session_hash: bytes | None = None
    must_change_password: bool = False


@dataclass(frozen=True)
class _Who:
    name: str
    by: str = ""

    @property
    def audit_name(self) -> str:
        return f"user:{self.name}"

    @property
    def source(self) -> Source:
        return _source(self.by)


def sign_in(credentials: Credentials) -> Response:
    """Check name and password, start a session; raises `CredentialsWrong`, `AccountLocked` or `Busy`.

    The password is compared with no transaction open: the guess is counted before, the outcome settled after.
    """
    name = credentials.name
    with platform_transaction() as session:
        account = session.scalars(select(Account).where(Account.name == name)).first()
        device = devices.known(account.id) if account is not None else None
        counted = attempts.buckets(request.remote_addr or "", name, device)
        locked = attempts.count(session, counted)
        both_kinds = _any_of_before(session)
    if locked is not None:
        # By itself: whoever is let in takes this sum first, and then what is counted here.
        with platform_transaction() as session:
            attempts.note_refused(session, name, account.id if account is not None else None)
        raise locked
    stored = account.password_hash if account is not None else None
    try:
        right = passwords.matches(stored, credentials.password, both_kinds=both_kinds)
        if right and account is not None and stored is not None and passwords.is_of_before(stored):
            stored, right = _hashed_anew(account.id, stored, credentials.password)
    except Busy:
        with platform_transaction() as session:
            attempts.uncount(session, counted)
        raise
    told_at = time.monotonic() + EVEN_SECONDS
    with platform_transaction() as session:
        refused = attempts.take_refused(session, account.id) if account is not None else 0
        fresh = session.get(Account, account.id if account else 0, with_for_update=True)
        right = right and fresh is not None and _still(fresh, stored)
        if right:
            attempts.give_back(session, counted)
        response = _settled(session, fresh, refused=refused, right=right) if fresh is not None else None
    if response is None:
        time.sleep(max(told_at - time.monotonic(), 0.0))
        raise CredentialsWrong()
    return response


def start_session(account_id: int, *, how: str) -> Response:
    """Start a session for an account whose identity has been shown otherwise (WeCom's sign-in).

    Raises `CredentialsWrong` if it may not be used.
    """
    with platform_transaction() as session:
        response = _signed_in(session, session.get_one(Account, account_id, with_for_update=True), how=how)
    devices.mark(response, account_id)
    return response


def authenticate(session: Session) -> Actor:
    """The actor of this request by bearer token or session cookie; enters the actor's corp.

    The one place where whoever is not in service is shut out, whatever the role and the way. Raises `NotSignedIn`, or
    `CsrfTokenWrong` for a changing request by cookie without its token.
    """
    found = _by_bearer(session) or _by_cookie(session)
    if found is None:
        raise NotSignedIn()
    account, session_hash = found.account, found.session_hash
    corp = session.get(Corp, account.corp_no)
    if corp is None:  # removed since the account was read
        raise NotSignedIn()
    enter_corp(session, corp.id)
    staff = queries.staff_by_userid(session, account.userid) if account.userid else None
    if not admission.admitted(session, account, staff):
        raise NotSignedIn()
    csrf = csrf_token(session_hash) if session_hash else ""
    actor = _actor(session, found, corp, csrf, staff)
    recorder.came(actor)
    if session_hash and request.method not in _SAFE_METHODS:
        given = request.headers.get("X-CSRF-Token", "")
        if not hmac.compare_digest(given.encode(), csrf.encode()):
            raise CsrfTokenWrong()
    if found.must_change_password and request.endpoint not in _BEFORE_NEW_PASSWORD:
        raise PasswordChangeNeeded()
    return actor


def carries_session() -> bool:
    """Whether this request names a session at all; whether it is one that lives is `authenticate`'s to say."""
    return bool(cookies.given(COOKIE) or cookies.given_before(COOKIE))


def sign_out(actor: Actor) -> Response:
    """End this browser's session."""
    with platform_transaction() as session:
        if actor.session_hash is not None:
            keep_last_seen(session, [actor.account_id])
            session.execute(delete(LoginSession).where(LoginSession.token_hash == actor.session_hash))
        enter_corp(session, actor.corp)
        audit.record(session, actor, "logout.done", f"account:{actor.name}")
    response = Response(status=204)
    cookies.drop(response, COOKIE)
    return response


def me(actor: Actor) -> Me:
    return Me(
        name=actor.name,
        display_name=actor.display_name,
        role=actor.role,
        corp_id=actor.corp_id,
        corp_name=actor.corp_name,
        userid=actor.userid,
        permissions=sorted(ROLE_PERMISSIONS[actor.role]),
        csrf_token=actor.csrf_token,
        must_change_password=actor.must_change_password,
        demo=settings().demo,
    )


def csrf_token(session_hash: bytes) -> str:
    key = sealing.derive(settings().secret_key, "csrf")
    return hmac.new(key, session_hash, "sha256").hexdigest()


def _any_of_before(session: Session) -> bool:
    """Whether a password is stored as 0.1 did; on the platform tables."""
    before = Account.password_hash.not_like(f"{passwords.KIND}%")
    return session.scalars(select(Account.id).where(before).limit(1)).first() is not None


def _hashed_anew(account_id: int, stored: str, password: str) -> tuple[str | None, bool]:
    """Store a right password as it is stored today: what is stored now, and whether the password is still right.

    Two sign-ins side by side both bring it; the one that comes second compares with what the first has stored.
    """
    new = passwords.hashed(password)
    with platform_transaction() as session:
        fresh = session.get(Account, account_id, with_for_update=True)
        if fresh is not None and fresh.password_hash == stored:
            fresh.password_hash = new
            return new, True
    now_stored = fresh.password_hash if fresh is not None else None
    return now_stored, passwords.matches(now_stored, password)


def _still(fresh: Account, compared: str | None) -> bool:
    """Whether the account may be used with the password that was compared."""
    same = compared is not None and fresh.password_hash == compared
    return same and fresh.disabled_at is None and not fresh.one_time_over(clock.now())


def _settled(session: Session, account: Account, *, refused: int, right: bool) -> Response | None:
    """Write down how a guess ended, and let in whoever was right."""
    response = _signed_in(session, account, how="password") if right else None
    if response is None:
        enter_corp(session, account.corp_no)
    who, subject = _Who(account.name), f"account:{account.name}"
    if refused:
        audit.record(session, who, "login.refused", subject, {"attempts": refused})
    if response is None:
        over = {"one_time_expired": True} if account.one_time_over(clock.now()) else {}
        audit.record(session, who, "login.failed", subject, over)
        return None
    devices.mark(response, account.id)
    return response


def _signed_in(session: Session, account: Account, *, how: str) -> Response:
    token = secrets.token_urlsafe(32)
    hashed = token_hash(token)
    now = clock.now()
    account.last_seen_at = now
    replaced = _end_that_of_this_browser(session)
    ends = sessions.end_of(now, now)
    session.add(
        LoginSession(
            token_hash=hashed,
            account_id=account.id,
            by_password=how == "password",
            created_at=now,
            expires_at=ends,
            host_bound=settings().https,
            **_seen(now),
        )
    )
    corp = session.get(Corp, account.corp_no)
    if corp is None:  # removed meanwhile
        raise CredentialsWrong()
    enter_corp(session, corp.id)
    staff = queries.staff_by_userid(session, account.userid) if account.userid else None
    if not admission.admitted(session, account, staff):
        _note_refusal(account, how=how)
        raise CredentialsWrong()
    by = sessions.short(hashed)
    facts = {"how": how, **replaced}
    audit.record(session, _Who(account.name, by), "login.done", f"account:{account.name}", facts)
    must_change = account.must_change_password and how == "password"
    actor = _actor(session, _Caller(account, by, hashed, must_change), corp, csrf_token(hashed), staff)
    response = json_response(me(actor).model_dump_json().encode())
    _set_session_cookie(response, token, ends - now)
    return response


def _end_that_of_this_browser(session: Session) -> dict[str, str]:
    """Whoever signs in anew has no use for the session of before; it is named in the trail."""
    before = cookies.given(COOKIE) or cookies.given_before(COOKIE)
    mine = delete(LoginSession).where(LoginSession.token_hash == token_hash(before))
    gone = session.scalars(mine.returning(LoginSession.token_hash)).first() if before else None
    return {"replaced": sessions.short(gone)} if gone is not None else {}


def _seen(now: dt.datetime) -> dict[str, Any]:
    """What is noted of a browser when it is seen."""
    browser, system = browsers.told(request.headers.get("User-Agent", ""))
    return {"seen_at": now, "address": request.remote_addr, "browser": browser, "system": system}


def _note_refusal(account: Account, *, how: str) -> None:
    """In a transaction of its own: the one that would have signed in is rolled back."""
    with transaction(account.corp_no) as session:
        facts = {"how": how, "userid": account.userid}
        audit.record(session, _Who(account.name), "login.refused", f"account:{account.name}", facts)


def _actor(session: Session, caller: _Caller, corp: Corp, csrf: str, staff: Staff | None) -> Actor:
    """Made within the caller's corp; ``staff`` is the member behind the account."""
    account = caller.account
    role = Role(account.role)
    return Actor(
        account_id=account.id,
        name=account.name,
        display_name=staff.name if staff and staff.name else account.name,
        role=role,
        corp=corp.id,
        corp_id=corp.corp_id,
        corp_name=corp.name,
        userid=account.userid,
        scope=queries.scope(session, role=role, staff=staff),
        csrf_token=csrf,
        must_change_password=caller.must_change_password,
        session_hash=caller.session_hash,
        source=_source(caller.by),
    )


def _source(by: str) -> Source:
    return Source(request.remote_addr or "", by)


def _set_session_cookie(response: Response, token: str, left: dt.timedelta) -> None:
    cookies.put(response, COOKIE, token, seconds=int(left.total_seconds()))


def _renew_cookie(token: str, left: dt.timedelta) -> None:
    """With the answer to this request: it lives as long as the session, under today's name."""

    def renew(response: Response) -> Response:
        if not cookies.is_set(response, COOKIE):  # a sign-out drops it
            if cookies.given_before(COOKIE):
                cookies.drop(response, COOKIE)
            _set_session_cookie(response, token, left)
        return response

    after_this_request(renew)


def _by_bearer(session: Session) -> _Caller | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    now = clock.now()
    found = session.execute(
        select(Account, ApiToken.id, ApiToken.seen_at)
        .join(ApiToken, ApiToken.account_id == Account.id)
        .where(
            ApiToken.token_hash == token_hash(token.strip()),
            tokens.is_alive(now),
            Account.disabled_at.is_(None),
        )
    ).first()
    if found is None:
        return None
    account, token_id, seen_at = found
    if seen_at is None or now - seen_at > _SEEN_EVERY:
        # A program asks many things at once: they must not queue for this note.
        free = select(ApiToken.id).where(ApiToken.id == token_id).with_for_update(skip_locked=True)
        session.execute(update(ApiToken).where(ApiToken.id.in_(free)).values(seen_at=now))
    return _Caller(account, f"token:{token_hash(token.strip())[:6].hex()}")


def _by_cookie(session: Session) -> _Caller | None:
    token = cookies.given(COOKIE)
    # Under https the plain name opens what was given under it before, until that ends, and nothing that is newer:
    # any neighbouring host can plant it.
    before = "" if token else cookies.given_before(COOKIE)
    if not token and not before:
        return None
    now = clock.now()
    hashed = token_hash(token or before)
    found = session.execute(
        select(Account, LoginSession)
        .join(LoginSession, LoginSession.account_id == Account.id)
        .where(LoginSession.token_hash == hashed, sessions.is_alive(now), Account.disabled_at.is_(None))
    ).first()
    if found is None:
        return None
    account, login = found
    if before and login.host_bound:
        return None
    # A one-time password must be changed by whoever used it, in time; who came through WeCom did not use it.
    must_change = account.must_change_password and login.by_password
    if must_change and account.one_time_over(now):
        return None
    stale = now - login.seen_at > _SEEN_EVERY
    if stale:
        # A page asks many things at once, and the session may be ended meanwhile: neither is to wait for this note.
        free = select(LoginSession.token_hash).where(LoginSession.token_hash == hashed)
        session.execute(
            update(LoginSession)
            .where(LoginSession.token_hash.in_(free.with_for_update(skip_locked=True)))
            .values(expires_at=sessions.end_of(login.created_at, now), **_seen(now)),
            execution_options={"synchronize_session": False},
        )
    if stale or before:
        _renew_cookie(token or before, sessions.end_of(login.created_at, now) - now)
    return _Caller(account, sessions.short(hashed), hashed, must_change)
