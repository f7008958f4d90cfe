"""Reads of the page 组织与成员: members with their accounts, accounts without a member, departures that are held."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, and_, any_, func, literal, or_, select
from sqlalchemy.orm import Session

from scrm.core import clock, search
from scrm.core.db import platform_tables, platform_transaction, transaction
from scrm.core.paging import Rows, fetch
from scrm.identity import admission, conclusion, queries
from scrm.identity.actor import Actor
from scrm.identity.called import ids_called
from scrm.identity.models import Account, ApiToken, DepartureHold, LoginSession, Role, Staff, StaffStatus
from scrm.identity.schemas import (
    Access,
    AccountQuery,
    AccountRow,
    DepartureHoldRow,
    HeldMember,
    MemberQuery,
    MemberRow,
)
from scrm.identity.seen import last_seen
from scrm.identity.sessions import is_alive
from scrm.identity.tokens import is_alive as is_good
from scrm.wecom import corps
from scrm.wecom.models import Corp

_SHOWN = 200  # members of a hold
_ONE_TIME_OVER = "一次性密码已过期 / one-time password expired"


@dataclass(frozen=True)
class _Used:
    """What the platform's tables know of an account's use."""

    last_seen_at: dt.datetime | None
    sessions: int
    tokens: int


def member_page(session: Session, actor: Actor, page: MemberQuery) -> Rows[MemberRow]:
    """The members that the actor may see, newest first, each with its account if it has one."""
    query = queries.visible(actor)
    if page.status is not None:
        query = query.where(Staff.status == page.status.value)
    if page.department_id is not None:
        query = query.where(Staff.departments.contains([page.department_id]))
    if page.q:
        query = query.where(Staff.id.in_(ids_called(session, page.q)))
    if page.role is not None or page.access is not None:
        query = query.where(_with_account(session, page))
    rows = fetch(session, query, page, keys=[Staff.id], key_of=lambda staff: [staff.id])
    accounts = _accounts_of(session, rows.items)
    names = {row.department_id: row.name for row in queries.departments(session)}
    return rows.map(lambda staff: _member_row(staff, accounts.get(staff.userid.lower()), names))


def account_page(session: Session, page: AccountQuery) -> Rows[AccountRow]:
    """The corp's accounts, newest first."""
    accounts = _all(session)
    staff = admission.members_behind(session, accounts)
    wanted = [
        account.id
        for account in accounts
        if (page.without_member is None or page.without_member == (_folded(account) not in staff))
        and (not page.q or search.goes_by(page.q, account.name, account.userid or ""))
        and (page.access is None or page.access == _access(session, account, staff.get(_folded(account))))
    ]
    with platform_tables(session) as corp:
        query = select(Account).where(Account.corp_no == corp, Account.id == any_(literal(wanted, ARRAY(BigInteger))))
        if page.role is not None:
            query = query.where(Account.role == page.role.value)
        rows = fetch(session, query, page, keys=[Account.id], key_of=lambda account: [account.id])
        used = _use(session, [account.id for account in rows.items])
    made = _rows(session, rows.items, used)
    return rows.map(lambda account: made[account.id])


def holds(session: Session) -> list[DepartureHoldRow]:
    """The departures that wait for a decision: one hold or none."""
    hold = conclusion.open_hold(session)
    return [_hold_row(session, hold)] if hold is not None else []


def held(corp_id: str | None) -> Iterator[tuple[str, DepartureHoldRow]]:
    """What waits for a decision in a corp, or in all corps, by corp id; raises `CorpUnknown`."""
    for number, name in corps_named(corp_id):
        with transaction(number) as session:
            rows = holds(session)
        yield from ((name, row) for row in rows)


def corps_named(corp_id: str | None) -> list[tuple[int, str]]:
    """Number and corp id of one corp, or of all; raises `CorpUnknown`."""
    with platform_transaction() as session:
        found = [corps.by_corp_id(session, corp_id)] if corp_id else session.scalars(select(Corp).order_by(Corp.id))
        return [(corp.id, corp.corp_id) for corp in found]


def lines(corp_id: str | None) -> Iterator[tuple[str, ...]]:
    """All accounts of a corp, or of all corps, as a terminal shows them; raises `CorpUnknown`."""
    for number, name in corps_named(corp_id):
        with transaction(number) as session:
            accounts = _all(session)
            with platform_tables(session):
                used = _use(session, [account.id for account in accounts])
            rows = _rows(session, accounts, used)
        for account in accounts:
            row = rows[account.id]
            seen = row.last_seen_at.isoformat(timespec="seconds") if row.last_seen_at else "-"
            one_time = _ONE_TIME_OVER if row.one_time_expired else ""
            yield row.name, name, row.role.value, row.userid or "（本地 / local）", row.access.value, seen, one_time


def _with_account(session: Session, page: MemberQuery) -> ColumnElement[bool]:
    """True of members whose account is as asked for."""
    accounts = _all(session)
    having = [account for account in accounts if page.role is None or account.role == page.role]
    here = and_(Staff.status == StaffStatus.ACTIVE, _present(session))
    if page.access is None:
        return _is_behind(having)
    if page.access is Access.NO_ACCOUNT:
        return ~_is_behind(accounts) if page.role is None else literal(False)
    if page.access is Access.DISABLED:
        return _is_behind([account for account in having if account.disabled_at is not None])
    enabled = _is_behind([account for account in having if account.disabled_at is None])
    return and_(enabled, here if page.access is Access.MAY_SIGN_IN else ~here)


def _present(session: Session) -> ColumnElement[bool]:
    """Until a sync has told who is there, an unmet member counts as met."""
    return or_(Staff.present, literal(not admission.concluded(session)))


def _is_behind(accounts: Iterable[Account]) -> ColumnElement[bool]:
    folded = [account.userid.lower() for account in accounts if account.userid is not None]
    return func.lower(Staff.userid) == any_(literal(folded, ARRAY(Text)))


def _accounts_of(session: Session, staff: Sequence[Staff]) -> dict[str, AccountRow]:
    folded = [row.userid.lower() for row in staff]
    with platform_tables(session) as corp:
        query = select(Account).where(Account.corp_no == corp, func.lower(Account.userid).in_(folded))
        accounts = session.scalars(query).all()
        used = _use(session, [account.id for account in accounts])
    made = _rows(session, accounts, used)
    return {_folded(account): made[account.id] for account in accounts}


def _all(session: Session) -> Sequence[Account]:
    with platform_tables(session) as corp:
        return session.scalars(select(Account).where(Account.corp_no == corp).order_by(Account.id)).all()


def _use(session: Session, ids: Sequence[int]) -> dict[int, _Used]:
    """On the platform tables."""
    used = {number: _Used(at, 0, 0) for number, at in last_seen(session, ids).items()}
    now = clock.now()
    sessions = select(LoginSession.account_id, func.count()).where(LoginSession.account_id.in_(ids), is_alive(now))
    for number, count in session.execute(sessions.group_by(LoginSession.account_id)).all():
        used[number] = replace(used.get(number, _Used(None, 0, 0)), sessions=count)
    tokens = select(ApiToken.account_id, func.count()).where(ApiToken.account_id.in_(ids), is_good(now))
    for number, count in session.execute(tokens.group_by(ApiToken.account_id)).all():
        used[number] = replace(used.get(number, _Used(None, 0, 0)), tokens=count)
    return used


def _rows(session: Session, accounts: Sequence[Account], used: dict[int, _Used]) -> dict[int, AccountRow]:
    staff = admission.members_behind(session, accounts)
    return {
        account.id: _account_row(
            account,
            used.get(account.id, _Used(None, 0, 0)),
            _access(session, account, staff.get(_folded(account))),
        )
        for account in accounts
    }


def _account_row(account: Account, used: _Used, access: Access) -> AccountRow:
    return AccountRow(
        name=account.name,
        role=Role(account.role),
        userid=account.userid,
        access=access,
        disabled_at=account.disabled_at,
        created_at=account.created_at,
        last_seen_at=used.last_seen_at,
        sessions=used.sessions,
        tokens=used.tokens,
        one_time_until=account.one_time_until if account.must_change_password else None,
        one_time_expired=account.one_time_over(clock.now()),
    )


def _member_row(staff: Staff, account: AccountRow | None, names: dict[int, str]) -> MemberRow:
    return MemberRow(
        userid=staff.userid,
        name=staff.name or staff.userid,
        position=staff.position,
        status=StaffStatus(staff.status),
        present=staff.present,
        departments=[names[department] for department in staff.departments if department in names],
        left_at=staff.left_at,
        access=account.access if account is not None else Access.NO_ACCOUNT,
        account=account,
    )


def _access(session: Session, account: Account, staff: Staff | None) -> Access:
    if account.disabled_at is not None:
        return Access.DISABLED
    return Access.MAY_SIGN_IN if admission.admitted(session, account, staff) else Access.NOT_IN_SERVICE


def _hold_row(session: Session, hold: DepartureHold) -> DepartureHoldRow:
    becomes = {int(number): what for number, what in hold.departures.items()}
    staff = queries.staff_by_ids(session, becomes)
    accounts = _accounts_of(session, list(staff.values()))
    # Whoever has an account first: it is they who would be shut out.
    rows = sorted(staff.values(), key=lambda row: (row.userid.lower() not in accounts, row.id))
    return DepartureHoldRow(
        id=hold.id,
        found_at=hold.found_at,
        accounts_lost=hold.accounts_lost,
        accounts_total=hold.accounts_total,
        last_administrator=hold.last_administrator,
        member_count=len(becomes),
        members=[
            HeldMember(
                userid=row.userid,
                name=row.name or row.userid,
                becomes=becomes[row.id],
                role=accounts[row.userid.lower()].role if row.userid.lower() in accounts else None,
            )
            for row in rows[:_SHOWN]
        ],
    )


def _folded(account: Account) -> str:
    return (account.userid or "").lower()
