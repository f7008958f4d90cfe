"""Signed-in browsers: how long each may stay, which there are, and ending them.

A session ends a week after it was last seen, and at the latest `SCRM_SESSION_DAYS` after its start, whatever its row
says: a changed setting holds at once and for all.
"""

import datetime as dt

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.db import platform_tables
from scrm.core.settings import settings
from scrm.identity.errors import SessionUnknown
from scrm.identity.models import Account, LoginSession
from scrm.identity.schemas import SessionRow, SignInWay
from scrm.identity.seen import keep_last_seen

IDLE = dt.timedelta(days=7)
_SHOWN = 200


def is_alive(now: dt.datetime) -> ColumnElement[bool]:
    """True of sessions that may still be used."""
    return and_(LoginSession.expires_at > now, LoginSession.created_at > now - _longest())


def end_of(created_at: dt.datetime, seen_at: dt.datetime) -> dt.datetime:
    """When a session ends that is not seen again."""
    return min(seen_at + IDLE, created_at + _longest())


def short(digest: bytes) -> str:
    """How the trail names a session: it opens nothing."""
    return f"session:{digest[:6].hex()}"


def listed(session: Session, account_id: int, *, own: bytes | None) -> list[SessionRow]:
    """The account's browsers, that with the digest ``own`` first, then those seen last. Platform tables."""
    mine = select(LoginSession).where(LoginSession.account_id == account_id, is_alive(clock.now()))
    newest = mine.order_by(LoginSession.seen_at.desc(), LoginSession.id.desc()).limit(_SHOWN)
    found = session.scalars(newest).all()
    rows = sorted(found, key=lambda row: row.token_hash != own)
    return [
        SessionRow(
            id=row.id,
            way=SignInWay.PASSWORD if row.by_password else SignInWay.WECOM,
            address=row.address,
            browser=row.browser,
            system=row.system,
            created_at=row.created_at,
            seen_at=row.seen_at,
            ends_at=min(row.expires_at, row.created_at + _longest()),
            current=own is not None and row.token_hash == own,
        )
        for row in rows
    ]


def sessions_of(session: Session, account_id: int, *, own: bytes | None) -> list[SessionRow]:
    """`listed` within a corp's transaction."""
    with platform_tables(session):
        return listed(session, account_id, own=own)


def end_one(session: Session, actor: audit.Who, account: Account, session_id: int) -> None:
    """End one of the account's sessions and write it down; within the corp's transaction. Raises `SessionUnknown`."""
    with platform_tables(session):
        keep_last_seen(session, [account.id])
        mine = delete(LoginSession).where(LoginSession.account_id == account.id, LoginSession.id == session_id)
        gone = session.scalars(mine.returning(LoginSession)).first()
    if gone is None:
        raise SessionUnknown()
    facts = {"session": short(gone.token_hash), "address": gone.address, "browser": gone.browser}
    audit.record(session, actor, "session.ended", f"account:{account.name}", facts)


def end_all(session: Session, account_id: int, *, but: bytes | None = None) -> int:
    """End the account's sessions, save the one with this digest; how many. Platform tables; nothing is written down."""
    keep_last_seen(session, [account_id])
    mine = delete(LoginSession).where(LoginSession.account_id == account_id)
    if but is not None:
        mine = mine.where(LoginSession.token_hash != but)
    return len(session.scalars(mine.returning(LoginSession.account_id)).all())


def end_others(session: Session, actor: audit.Who, account: Account, *, own: bytes | None) -> int:
    """End all of one's sessions but the one that asks; how many. Within the corp's transaction."""
    with platform_tables(session):
        ended = end_all(session, account.id, but=own)
    audit.record(session, actor, "sessions.others_ended", f"account:{account.name}", {"ended": ended})
    return ended


def purge(session: Session) -> int:
    """Remove sessions that have run out; how many. Platform tables."""
    over = ~is_alive(clock.now())
    keep_last_seen(session, set(session.scalars(select(LoginSession.account_id).where(over))))
    return len(session.scalars(delete(LoginSession).where(over).returning(LoginSession.account_id)).all())


def _longest() -> dt.timedelta:
    return dt.timedelta(days=settings().session_days)
