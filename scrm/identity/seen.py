"""When an account was last seen: kept when the sessions and tokens that knew it go."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from scrm.identity.models import Account, ApiToken, LoginSession


def keep_last_seen(session: Session, account_ids: Collection[int]) -> None:
    """Note on the accounts what their sessions and tokens know, before these are removed; on the platform tables."""
    for account_id, at in last_seen(session, account_ids).items():
        session.execute(update(Account).where(Account.id == account_id).values(last_seen_at=at))


def last_seen(session: Session, account_ids: Collection[int]) -> dict[int, dt.datetime]:
    """The newest moment of each account, of those that were ever seen; on the platform tables."""
    sessions = select(func.max(LoginSession.seen_at)).where(LoginSession.account_id == Account.id).scalar_subquery()
    tokens = select(func.max(ApiToken.seen_at)).where(ApiToken.account_id == Account.id).scalar_subquery()
    newest = func.greatest(Account.last_seen_at, sessions, tokens)
    rows = session.execute(select(Account.id, newest).where(Account.id.in_(account_ids), newest.is_not(None)))
    return {number: at for number, at in rows}  # noqa: C416 - rows are not pairs to the type checker
