"""Taking over members: what syncs and callbacks say of them."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.contracts.directory import StaffDeparted, StaffMerged
from scrm.core import audit, clock, outbox
from scrm.identity import admission, roster
from scrm.identity.departments import told_or_known
from scrm.identity.models import Staff, StaffStatus
from scrm.identity.queries import staff_by_userid, staff_by_userids
from scrm.wecom.port.directory import Member, Membership

_SECOND = dt.timedelta(seconds=1)  # callbacks tell times in whole seconds
_STATUS = {1: StaffStatus.ACTIVE, 2: StaffStatus.DISABLED, 4: StaffStatus.NOT_ACTIVATED, 5: StaffStatus.LEFT}


def take_members(session: Session, members: Iterable[Member], *, asked_at: dt.datetime, run_id: int | None) -> int:
    """Upsert members with all that an app may see of them; the number of rows. Who left since ``asked_at`` stays so.

    What a sync says of somebody's going is only noted: `scrm.identity.conclusion` acts on it at the end of the step.
    An answer about a member alone holds at once.
    """
    members = list(members)
    if run_id is None:
        return _take_told(session, members, asked_at=asked_at)
    now = clock.now()
    known = staff_by_userids(session, [member.userid for member in members])
    rows = {}
    for member in members:
        status = _status(member.status)
        out = status is not None and status is not StaffStatus.ACTIVE
        values = _known(member, known.get(member.userid.lower()), now)
        rows[member.userid.lower()] = {
            **values,
            "status": StaffStatus.ACTIVE.value if out else values["status"],
            "left_at": None,
            "reported": status.value if out and status is not None else None,
            "seen_in_sync": run_id,
        }
    return _upsert_staff(session, list(rows.values()), asked_at=asked_at, keep=set(), special=_noted)


def take_status(session: Session, userid: str, status: int, *, told_at: dt.datetime) -> None:
    """A callback says that a member is out of service; what WeCom told later than that stays."""
    told = _STATUS.get(status)
    staff = staff_by_userid(session, userid)
    if staff is None or told in {None, StaffStatus.ACTIVE} or staff.status != StaffStatus.ACTIVE:
        return
    if staff.updated_at > told_at + _SECOND:
        return
    member = Member(
        userid=staff.userid,
        name=staff.name,
        alias=staff.alias,
        position=staff.position,
        status=status,
        departments=staff.departments,
        main_department=staff.main_department,
        leads=staff.leads,
        direct_leader=staff.direct_leader,
    )
    _take_told(session, [member], asked_at=told_at)


def _take_told(session: Session, members: list[Member], *, asked_at: dt.datetime) -> int:
    now = clock.now()
    before = _not_in_service(session, members)
    known = staff_by_userids(session, [member.userid for member in members])
    rows = {}
    for member in members:
        row = known.get(member.userid.lower())
        values = _known(member, row, now)
        # A silent answer about who has left leaves the day as well.
        day = row.left_at if row is not None and member.status is None else None
        left = values["status"] == StaffStatus.LEFT
        rows[member.userid.lower()] = {**values, "left_at": (day or now) if left else None, "seen_in_sync": None}
    count = _upsert_staff(session, list(rows.values()), asked_at=asked_at, keep={"seen_in_sync"})
    _tell_departed(session, [member for member in members if member.userid.lower() in before], at=now)
    out = [member.userid for member in members if _status(member.status) not in {None, StaffStatus.ACTIVE}]
    admission.shut_out(session, out, by=audit.System.CALLBACK)
    if len(out) < len(members):
        admission.recheck_administrators(session)
    return count


def _status(number: int | None) -> StaffStatus | None:
    """The status that WeCom's number means; None where it tells none that we know."""
    return _STATUS.get(number) if number is not None else None


def take_memberships(session: Session, memberships: Iterable[Membership], *, asked_at: dt.datetime, run_id: int) -> int:
    """Upsert members of whom only ids are known; what is known of them already stays. The number of members.

    Who left since ``asked_at`` stays so.
    """
    by_userid: dict[str, tuple[str, list[int]]] = {}
    for item in memberships:
        by_userid.setdefault(item.userid.lower(), (item.userid, []))[1].append(item.department_id)
    known = {
        userid.lower(): departments
        for userid, departments in session.execute(
            select(Staff.userid, Staff.departments).where(
                func.lower(Staff.userid).in_(by_userid), Staff.seen_in_sync == run_id
            )
        ).all()
    }
    now = clock.now()
    rows = [
        {
            **_bare(userid, now),
            "present": True,
            # Pages cut between memberships: what an earlier page of this run said stays.
            "departments": sorted({*departments, *known.get(folded, [])}),
            "seen_in_sync": run_id,
        }
        for folded, (userid, departments) in by_userid.items()
    ]
    keep = {"name", "alias", "position", "main_department", "leads", "direct_leader", "reported"}
    return _upsert_staff(session, rows, asked_at=asked_at, keep=keep, special=_listed)


def ensure_staff(session: Session, userids: Iterable[str]) -> dict[str, int]:
    """Ids of members by folded userid; those never heard of are entered with their userid alone."""
    wanted = {userid.lower(): userid for userid in userids}
    if not wanted:
        return {}
    found = _ids_of(session, wanted)
    missing = sorted(wanted.keys() - found.keys())
    if not missing:
        return found
    now = clock.now()
    session.execute(
        insert(Staff)
        .values([_bare(wanted[folded], now) for folded in missing])
        .on_conflict_do_nothing(index_elements=[text("lower(userid)")])
    )
    return _ids_of(session, wanted)


def confirm(session: Session, userid: str) -> None:
    """WeCom tells of this member, so a sync that is under way must not take them for gone; one who left stays so."""
    ensure_staff(session, [userid])
    session.execute(
        update(Staff)
        .where(func.lower(Staff.userid) == userid.lower(), Staff.status != StaffStatus.LEFT)
        .values(updated_at=clock.now(), present=True)
    )


def _ids_of(session: Session, folded: Collection[str]) -> dict[str, int]:
    rows = session.execute(select(func.lower(Staff.userid), Staff.id).where(func.lower(Staff.userid).in_(folded)))
    return {userid: number for userid, number in rows}  # noqa: C416 - rows are not pairs to the type checker


def rename(session: Session, userid: str, new_userid: str) -> None:
    """A userid may be changed once; what refers to the member refers to its id.

    A callback of a customer, or a page of a sync, may have named the new userid first, and a row was entered for it:
    that row gives the userid up. A row older than the member's is of somebody else: an old change is told again.
    """
    staff, namesake = staff_by_userid(session, userid), staff_by_userid(session, new_userid)
    if staff is None or (namesake is not None and namesake.id < staff.id):
        return
    if namesake is not None and namesake.id != staff.id:
        now = clock.now()
        old, namesake.userid = staff.userid, f"{new_userid} #{namesake.id}"  # no userid has a blank: free for a moment
        namesake.status, namesake.left_at, namesake.updated_at = StaffStatus.LEFT, now, now
        session.flush()
        staff.userid = new_userid
        session.flush()
        namesake.userid = old
        roster.follow_rename(session, old, new_userid)
        outbox.publish(session, StaffMerged(staff_id=staff.id, merged_id=namesake.id))
    else:
        roster.follow_rename(session, staff.userid, new_userid)
    staff.userid = new_userid
    session.flush()


def mark_left(session: Session, userid: str, *, at: dt.datetime) -> Staff | None:
    """The member is gone from the address book; the row stays."""
    staff = staff_by_userid(session, userid)
    if staff is not None and staff.status != StaffStatus.LEFT:
        staff.status, staff.left_at, staff.updated_at = StaffStatus.LEFT, at, clock.now()
        session.flush()
        outbox.publish(session, departed(staff, detected_by="callback", at=at))
        admission.shut_out(session, [staff.userid], by=audit.System.CALLBACK)
    return staff


def enter_leaver(session: Session, userid: str, *, at: dt.datetime) -> None:
    """Somebody who has left; one whom no list ever named, as they left before the corp was connected, is entered."""
    if staff_by_userid(session, userid) is None:
        ensure_staff(session, [userid])
        mark_left(session, userid, at=at)


def _not_in_service(session: Session, members: Iterable[Member]) -> set[str]:
    """Folded userids of those members who are said to be out of service now and were not before."""
    out = {
        member.userid.lower()
        for member in members
        if _status(member.status) in {StaffStatus.DISABLED, StaffStatus.LEFT}
    }
    if not out:
        return out
    known = session.scalars(
        select(func.lower(Staff.userid)).where(
            func.lower(Staff.userid).in_(out), Staff.status.in_([StaffStatus.DISABLED, StaffStatus.LEFT])
        )
    )
    return out - set(known)


def _tell_departed(session: Session, members: Iterable[Member], *, at: dt.datetime) -> None:
    members = list(members)
    staff = staff_by_userids(session, [member.userid for member in members])
    outbox.publish(
        session,
        *(
            departed(
                staff[member.userid.lower()],
                detected_by="sync",
                at=at,
                disabled=_status(member.status) is StaffStatus.DISABLED,
            )
            for member in members
            if member.userid.lower() in staff
        ),
    )


def departed(staff: Staff, *, detected_by: str, at: dt.datetime, disabled: bool = False) -> StaffDeparted:
    """The event of one member's going, as identity tells it."""
    return StaffDeparted(
        staff_id=staff.id, userid=staff.userid, disabled=disabled, detected_by=detected_by, departed_at=at
    )


def _bare(userid: str, now: dt.datetime) -> dict[str, Any]:
    return {
        "userid": userid,
        "name": "",
        "alias": "",
        "position": "",
        "status": StaffStatus.ACTIVE.value,
        "departments": [],
        "main_department": None,
        "leads": [],
        "direct_leader": None,
        "left_at": None,
        "updated_at": now,
        "seen_in_sync": None,
        "present": False,
        "reported": None,
    }


def _known(member: Member, row: Staff | None, now: dt.datetime) -> dict[str, Any]:
    """What the answer tells of a member, over what is known; ``status`` is the told one."""
    status = _status(member.status)
    told = {
        "name": member.name,
        "alias": member.alias,
        "position": member.position,
        "status": status.value if status is not None else None,
        "departments": member.departments,
        "main_department": member.main_department,
        "leads": member.leads,
        "direct_leader": member.direct_leader,
    }
    bare = _bare(member.userid, now)
    values = told_or_known(told, row, bare)
    return {**bare, **values, "direct_leader": values["direct_leader"] or None, "present": True}


def _noted(told: Any) -> dict[str, ColumnElement[Any]]:
    """How a sync's page changes a row: who comes back is back, whoever seems to go stays until the step's end."""
    here = Staff.status.in_([StaffStatus.ACTIVE, StaffStatus.NOT_ACTIVATED])
    return {
        "status": case((told.reported.is_(None), told.status), (here, Staff.status), else_=told.reported),
        "left_at": case((or_(told.reported == StaffStatus.LEFT, told.status == StaffStatus.LEFT), Staff.left_at)),
        "reported": case((and_(here, told.reported != Staff.status), told.reported)),
    }


def _listed(_told: Any) -> dict[str, ColumnElement[Any]]:
    """Whoever is listed has not left; whether a member is disabled only the app's own view tells."""
    left = Staff.status == StaffStatus.LEFT
    return {
        "status": case((left, StaffStatus.ACTIVE.value), else_=Staff.status),
        "left_at": case((~left, Staff.left_at)),
    }


def _not_left_since(asked_at: dt.datetime) -> ColumnElement[bool]:
    """True of members whom an answer to this question may change: it left after the departure, if there was one.

    Within the second of the departure, what was noted before the question was before it.
    """
    known = func.least(Staff.left_at + _SECOND, Staff.updated_at)
    return or_(Staff.status != StaffStatus.LEFT, known <= asked_at)


def _upsert_staff(
    session: Session,
    rows: list[dict[str, Any]],
    *,
    asked_at: dt.datetime,
    keep: set[str],
    special: Callable[[Any], dict[str, ColumnElement[Any]]] | None = None,
) -> int:
    if not rows:
        return 0
    # In one order everywhere, so that two pages taken over at once do not wait for each other's rows crosswise.
    statement = insert(Staff).values(sorted(rows, key=lambda row: row["userid"].lower()))
    taken: dict[str, Any] = {
        name: statement.excluded[name] for name in rows[0] if name not in keep and name != "userid"
    }
    if special is not None:
        taken |= special(statement.excluded)
    folded = [text("lower(userid)")]
    session.execute(statement.on_conflict_do_update(index_elements=folded, set_=taken, where=_not_left_since(asked_at)))
    return len(rows)
