"""Bearer tokens for programs: each has an end, can be listed and revoked, and is told of before it ends."""

import datetime as dt
import math
from typing import Any

from sqlalchemy import ColumnElement, Interval, delete, func, literal, select
from sqlalchemy.orm import Session

from scrm.core import alarms, audit, clock
from scrm.core.db import platform_tables
from scrm.identity.errors import TokenUnknown
from scrm.identity.models import Account, ApiToken
from scrm.identity.schemas import TokenRow
from scrm.identity.seen import keep_last_seen

LIFE = dt.timedelta(days=365)
MOST_DAYS = 730
SOON = dt.timedelta(days=30)
_KEPT = dt.timedelta(days=30)  # shown as ended for so long
_NOTICE = dt.timedelta(days=7)
_SHOWN = 200

EXPIRING = alarms.kind(
    "tokens_expiring",
    zh="有 {count} 个访问令牌将在 30 天内到期，最早的属于账号 {account}，{days} 天后到期：请创建新令牌并替换。",
    en="Tokens that end within 30 days: {count}. The first, of the account {account}, ends in {days} days: make a new"
    " one and put it in its place.",
    path="/members",
)
GIVEN_END = alarms.kind(
    "tokens_given_end",
    zh="升级后，原先长期有效的 {count} 个访问令牌有了到期日，最早为 {first}：请安排更换。此提醒 7 天后消失。",
    en="Since the upgrade tokens that had no end have one: {count}, the first on {first}. Plan to replace them. This"
    " notice goes after 7 days.",
    path="/members",
)


def ends_at() -> ColumnElement[dt.datetime]:
    """When a token ends; one that 0.1 made while the upgrade was under way has no end of its own."""
    return func.coalesce(ApiToken.expires_at, ApiToken.created_at + literal(LIFE, Interval))


def is_alive(now: dt.datetime) -> ColumnElement[bool]:
    return ends_at() > now


def listed(session: Session, account_id: int) -> list[TokenRow]:
    """The account's tokens, the newest first, those that ended in the last 30 days too. Platform tables."""
    query = select(ApiToken, ends_at()).where(ApiToken.account_id == account_id)
    now = clock.now()
    return [
        TokenRow(
            id=row.id,
            name=row.name,
            created_at=row.created_at,
            last_used_at=row.seen_at,
            ends_at=ends,
            ends_soon=now < ends <= now + SOON,
            ended=ends <= now,
        )
        for row, ends in session.execute(query.order_by(ApiToken.id.desc()).limit(_SHOWN)).all()
    ]


def tokens_of(session: Session, account_id: int) -> list[TokenRow]:
    """`listed` within a corp's transaction."""
    with platform_tables(session):
        return listed(session, account_id)


def revoke_one(session: Session, actor: audit.Who, account: Account, token_id: int) -> None:
    """One token opens nothing from now on; within the corp's transaction. Raises `TokenUnknown`."""
    with platform_tables(session):
        keep_last_seen(session, [account.id])
        mine = delete(ApiToken).where(ApiToken.account_id == account.id, ApiToken.id == token_id)
        gone = session.scalars(mine.returning(ApiToken)).first()
    if gone is None:
        raise TokenUnknown()
    facts = {"token": gone.name or f"#{gone.id}", "digest": f"token:{gone.token_hash[:6].hex()}"}
    audit.record(session, actor, "token.revoked", f"account:{account.name}", facts)
    watch(session, {})


def revoke_all(session: Session, account_id: int) -> int:
    """All of the account's tokens; how many. Platform tables; nothing is written down."""
    keep_last_seen(session, [account_id])
    mine = delete(ApiToken).where(ApiToken.account_id == account_id)
    return len(session.scalars(mine.returning(ApiToken.id)).all())


def watch(session: Session, _carried: dict[str, Any]) -> bool:
    """Tell administrators of tokens that end soon, and once of those that the upgrade gave an end: a daily job."""
    now = clock.now()
    with platform_tables(session) as corp:
        mine = (
            select(Account.name, ends_at().label("ends"), ApiToken.given_end)
            .join(Account, Account.id == ApiToken.account_id)
            .where(Account.corp_no == corp, Account.disabled_at.is_(None), is_alive(now))
        )
        rows = session.execute(mine.order_by("ends")).all()
    soon = [row for row in rows if row.ends <= now + SOON]
    if soon:
        days = math.ceil((soon[0].ends - now) / dt.timedelta(days=1))
        alarms.raise_alarm(session, EXPIRING, count=len(soon), account=soon[0].name, days=days)
    else:
        alarms.clear(session, EXPIRING)
    _tell_given(session, [row.ends for row in rows if row.given_end], now)
    return False


def purge(session: Session) -> int:
    """Remove tokens that ended long ago; how many. Platform tables."""
    over = ends_at() < clock.now() - _KEPT
    keep_last_seen(session, set(session.scalars(select(ApiToken.account_id).where(over))))
    return len(session.scalars(delete(ApiToken).where(over).returning(ApiToken.id)).all())


def _tell_given(session: Session, ends: list[dt.datetime], now: dt.datetime) -> None:
    told = select(alarms.Alarm.raised_at).where(alarms.Alarm.kind == GIVEN_END.name)
    since = session.scalars(told.order_by(alarms.Alarm.id.desc()).limit(1)).first()
    if ends and since is None:
        first = ends[0].astimezone(clock.CHINA).date().isoformat()
        alarms.raise_alarm(session, GIVEN_END, count=len(ends), first=first)
    elif since is not None and (not ends or since < now - _NOTICE):
        alarms.clear(session, GIVEN_END)
