"""Who may come in: the one question that each session, each token and each way of signing in asks.

An account without a member (a local one) may while it is not disabled. One that belongs to a member may only while
that member is in service: active, and not gone from what a whole sync sees.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from scrm.core import alarms, audit
from scrm.core.db import platform_tables
from scrm.identity import sessions, tokens
from scrm.identity.models import Account, DepartureHold, HoldState, Role, Staff, StaffStatus
from scrm.wecom.models import SyncState, SyncStep

NO_ADMINISTRATOR = alarms.kind(
    "no_administrator",
    zh="没有可登录的管理员：请在服务器上执行 scrm user create 或 scrm user role 指定一位。",
    en="No administrator can sign in: name one on the server with scrm user create or scrm user role.",
    path="/members",
)


@dataclass(frozen=True)
class Threat:
    """Whom a conclusion would shut out: ``lost`` of ``total`` accounts of members that may sign in now."""

    lost: int
    total: int
    last_administrator: bool

    @property
    def too_many(self) -> bool:
        """More than a fifth of the accounts, or the last administrator."""
        return self.last_administrator or 5 * self.lost > self.total


def admitted(session: Session, account: Account, staff: Staff | None) -> bool:
    """Whether the account may be used now; ``staff`` is the member behind it, asked within the account's corp."""
    if account.disabled_at is not None:
        return False
    return account.userid is None or in_service(staff) or (_is_unmet(staff) and not concluded(session))


def in_service(staff: Staff | None) -> bool:
    """The member is active staff as far as WeCom shows."""
    return staff is not None and staff.present and staff.status == StaffStatus.ACTIVE


def concluded(session: Session) -> bool:
    """Whether a sync has told who the corp's members are; until then an account of an unmet one is let in."""
    held = exists().where(DepartureHold.run_id == SyncStep.run_id, DepartureHold.state != HoldState.CONFIRMED)
    done = select(SyncStep.id).where(SyncStep.name == "staff", SyncStep.state == SyncState.DONE, ~held)
    return session.scalars(done.limit(1)).first() is not None


def threat(session: Session, leaving: Collection[str]) -> Threat:
    """What it would mean if these members (folded userids) were out, and whom nobody has met as well."""
    accounts = admitted_accounts(session)
    met = _met(session, [account.userid for account in accounts if account.userid is not None])
    lost = {
        account.id
        for account in accounts
        if account.userid is not None and (account.userid.lower() in leaving or account.userid.lower() not in met)
    }
    administrators = {account.id for account in accounts if account.role == Role.ADMINISTRATOR}
    return Threat(
        lost=len(lost),
        total=sum(account.userid is not None for account in accounts),
        last_administrator=bool(administrators) and administrators <= lost,
    )


def admitted_accounts(session: Session) -> Sequence[Account]:
    """The corp's accounts that may be used now."""
    with platform_tables(session) as corp:
        accounts = session.scalars(select(Account).where(Account.corp_no == corp).order_by(Account.id)).all()
    staff = members_behind(session, accounts)
    return [account for account in accounts if admitted(session, account, staff.get((account.userid or "").lower()))]


def members_behind(session: Session, accounts: Iterable[Account]) -> dict[str, Staff]:
    """The members of these accounts by folded userid, of those there are."""
    wanted = [account.userid.lower() for account in accounts if account.userid is not None]
    rows = session.scalars(select(Staff).where(func.lower(Staff.userid).in_(wanted))) if wanted else ()
    return {row.userid.lower(): row for row in rows}


def shut_out(session: Session, userids: Iterable[str], *, by: audit.Who) -> None:
    """End the sessions and remove the tokens of members who are out of service; they come back by a new sign-in."""
    folded = {userid.lower() for userid in userids}
    if not folded:
        return
    with platform_tables(session) as corp:
        mine = select(Account).where(Account.corp_no == corp, func.lower(Account.userid).in_(folded))
        # Locked as a sign-in locks it: one that began before is ended here, one that comes after finds them gone.
        rows = session.scalars(mine.order_by(Account.id).with_for_update()).all()
        ended = [(row, sessions.end_all(session, row.id) + tokens.revoke_all(session, row.id)) for row in rows]
    for account, count in ended:
        audit.record(
            session, by, "account.shut_out", f"account:{account.name}", {"userid": account.userid, "ended": count}
        )
    if any(account.role == Role.ADMINISTRATOR and account.disabled_at is None for account, _ in ended):
        watch_administrators(session)


def watch_administrators(session: Session) -> None:
    """Raise the alarm if no administrator may sign in, end it if one may."""
    if any(account.role == Role.ADMINISTRATOR for account in admitted_accounts(session)):
        alarms.clear(session, NO_ADMINISTRATOR)
    else:
        alarms.raise_alarm(session, NO_ADMINISTRATOR)


def recheck_administrators(session: Session) -> None:
    """End the alarm if an administrator may sign in again."""
    standing = {alarm.kind for alarm in alarms.standing(session)}
    if NO_ADMINISTRATOR.name in standing:
        watch_administrators(session)


def _is_unmet(staff: Staff | None) -> bool:
    return staff is None or (not staff.present and staff.status == StaffStatus.ACTIVE)


def _met(session: Session, userids: Iterable[str]) -> set[str]:
    folded = [userid.lower() for userid in userids]
    met = select(func.lower(Staff.userid)).where(func.lower(Staff.userid).in_(folded), Staff.present)
    return set(session.scalars(met))
