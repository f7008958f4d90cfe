"""Reads of identity: staff, departments, data scope, supervisors."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ARRAY, Select, Text, any_, func, literal, or_, select, text
from sqlalchemy.orm import Session

from scrm.core.db import platform_transaction
from scrm.core.paging import PageQuery, Rows, fetch
from scrm.identity.actor import Actor
from scrm.identity.called import ids_called
from scrm.identity.models import OUT, Account, Department, Role, Staff, StaffStatus
from scrm.identity.permissions import WHOLE_CORP
from scrm.identity.schemas import Colleague, StaffQuery, StaffRow


def scope(session: Session, *, role: Role, staff: Staff | None) -> frozenset[int] | None:
    """Ids of the staff whose customers may be seen: all (``None``), or oneself and those of departments one leads."""
    if role in WHOLE_CORP:
        return None
    if staff is None or staff.status == StaffStatus.LEFT:
        return frozenset()
    led = department_subtree(session, led_departments(session, staff))
    members = session.scalars(select(Staff.id).where(Staff.departments.overlap(led))).all() if led else ()
    return frozenset({staff.id, *members})


def visible(actor: Actor) -> Select[Staff]:
    """Staff within the actor's data scope."""
    query = select(Staff)
    return query if actor.scope is None else query.where(Staff.id.in_(actor.scope))


def staff_page(session: Session, actor: Actor, page: StaffQuery) -> Rows[StaffRow]:
    """Staff that the actor may see, newest first."""
    query = visible(actor)
    if page.status is not None:
        query = query.where(Staff.status == page.status.value)
    if page.department_id is not None:
        query = query.where(Staff.departments.contains([page.department_id]))
    if page.q:
        query = query.where(Staff.id.in_(ids_called(session, page.q)))
    rows = fetch(session, query, page, keys=[Staff.id], key_of=lambda staff: [staff.id])
    names = _department_names(session)
    return rows.map(
        lambda staff: StaffRow(
            userid=staff.userid,
            name=staff.name or staff.userid,
            position=staff.position,
            status=StaffStatus(staff.status),
            departments=[names[department] for department in staff.departments if department in names],
            left_at=staff.left_at,
        )
    )


def colleague_page(session: Session, page: PageQuery) -> Rows[Colleague]:
    """Members in service, newest first, beyond any data scope: names that the address book shows everybody."""
    query = select(Staff).where(Staff.status.not_in(OUT))
    if page.q:
        query = query.where(Staff.id.in_(ids_called(session, page.q)))
    rows = fetch(session, query, page, keys=[Staff.id], key_of=lambda staff: [staff.id])
    names = _department_names(session)
    return rows.map(
        lambda staff: Colleague(
            userid=staff.userid,
            name=staff.name or staff.userid,
            departments=[names[department] for department in staff.departments if department in names],
        )
    )


def _department_names(session: Session) -> dict[int, str]:
    return {row.department_id: row.name for row in departments(session)}


def departments(session: Session) -> Sequence[Department]:
    """All departments that are still there, in WeCom's order."""
    query = select(Department).where(Department.removed_at.is_(None))
    return session.scalars(query.order_by(Department.position.desc(), Department.department_id)).all()


def departments_shown(session: Session, run_id: int) -> Sequence[Department]:
    """Departments that the app itself was shown in this sync: to ask for the members of others is refused."""
    query = select(Department).where(
        Department.removed_at.is_(None), Department.seen_in_sync == run_id, Department.name != ""
    )
    return session.scalars(query.order_by(Department.department_id)).all()


def staff_by_userid(session: Session, userid: str) -> Staff | None:
    """A member by userid; WeCom compares without case."""
    return session.scalars(select(Staff).where(func.lower(Staff.userid) == userid.lower())).first()


def staff_by_ids(session: Session, ids: Iterable[int]) -> dict[int, Staff]:
    wanted = set(ids)
    if not wanted:
        return {}
    return {staff.id: staff for staff in session.scalars(select(Staff).where(Staff.id.in_(wanted)))}


def staff_by_userids(session: Session, userids: Iterable[str]) -> dict[str, Staff]:
    """Members by folded userid, of those there are."""
    wanted = {userid.lower() for userid in userids}
    if not wanted:
        return {}
    rows = session.scalars(select(Staff).where(func.lower(Staff.userid).in_(wanted)))
    return {row.userid.lower(): row for row in rows}


def userids_among(session: Session, ids: Iterable[str]) -> set[str]:
    """Which of these folded ids are members, present or gone."""
    folded = func.lower(Staff.userid)
    return set(session.scalars(select(folded).where(folded == any_(literal(list(ids), ARRAY(Text))))))


def left_userids(session: Session) -> list[str]:
    """Members who have left; merged rows, whose userid no WeCom knows, are none."""
    query = select(Staff.userid).where(Staff.status == StaffStatus.LEFT, Staff.userid.not_like("% #%"))
    return list(session.scalars(query.order_by(Staff.id)))


def active_staff_ids(session: Session) -> list[int]:
    """Members in service."""
    return list(session.scalars(select(Staff.id).where(Staff.status == StaffStatus.ACTIVE)))


def supervisors_of(session: Session, staff: Staff) -> list[Staff]:
    """Who answers for a member: the direct leader, else the leaders of the main department, else of those above it."""
    if staff.direct_leader:
        leader = staff_by_userid(session, staff.direct_leader)
        if leader is not None and leader.status == StaffStatus.ACTIVE and leader.id != staff.id:
            return [leader]
    known = {row.department_id: row for row in departments(session)}
    current = staff.main_department or (staff.departments[0] if staff.departments else None)
    climbed: set[int] = set()
    while current in known and current not in climbed:
        climbed.add(current)
        found = [leader for leader in _leaders_of(session, known[current]) if leader.id != staff.id]
        if found:
            return found
        current = known[current].parent_id
    return []


def staff_of_role(session: Session, *, corp: int, role: Role) -> list[Staff]:
    """Active members whose account has the role.

    Accounts are platform rows that a corp's transaction cannot see, so they are read in one of their own.
    """
    with platform_transaction() as platform:
        userids = platform.scalars(
            select(Account.userid).where(
                Account.corp_no == corp,
                Account.role == role.value,
                Account.userid.is_not(None),
                Account.disabled_at.is_(None),
            )
        ).all()
    folded = [userid.lower() for userid in userids if userid is not None]
    query = select(Staff).where(func.lower(Staff.userid).in_(folded), Staff.status == StaffStatus.ACTIVE)
    return list(session.scalars(query.order_by(Staff.id)))


def department_name(session: Session, staff: Staff) -> str:
    """Name of the main department; empty if it is unknown."""
    main = staff.main_department or (staff.departments[0] if staff.departments else None)
    if main is None:
        return ""
    query = select(Department.name).where(Department.department_id == main)
    return session.scalars(query).first() or ""


def led_departments(session: Session, staff: Staff) -> set[int]:
    """Departments that name the member as leader, or in which its own entry says so."""
    named = session.scalars(
        select(Department.department_id).where(
            Department.removed_at.is_(None), Department.leaders.contains([staff.userid])
        )
    )
    return {*staff.leads, *named}


def department_subtree(session: Session, roots: Iterable[int]) -> list[int]:
    """The departments and all below them."""
    start = list(roots)
    if not start:
        return []
    query = text(
        "WITH RECURSIVE tree(id) AS ("
        " SELECT department_id FROM department WHERE department_id = ANY(:roots)"
        " UNION SELECT d.department_id FROM department d JOIN tree t ON d.parent_id = t.id)"
        " SELECT id FROM tree"
    )
    return list(session.execute(query, {"roots": start}).scalars())


def _leaders_of(session: Session, department: Department) -> list[Staff]:
    folded = [userid.lower() for userid in department.leaders]
    query = select(Staff).where(
        Staff.status == StaffStatus.ACTIVE,
        or_(func.lower(Staff.userid).in_(folded), Staff.leads.contains([department.department_id])),
    )
    return list(session.scalars(query.order_by(Staff.id)))
