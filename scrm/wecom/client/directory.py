"""Address book calls."""

from collections.abc import Callable
from typing import Any

from scrm.wecom.client import reading
from scrm.wecom.client.session import WorkSession
from scrm.wecom.corps import AppCredentials
from scrm.wecom.port.directory import DepartmentId, DepartmentInfo, Member, Membership, MembershipPage

Session = Callable[[], tuple[AppCredentials, WorkSession]]


class DirectoryClient:
    """`scrm.wecom.port.directory.Directory` over HTTP: ids by the contact-sync secret, names by the app's."""

    def __init__(self, app: Session, contact_sync: Session) -> None:
        self._app = app
        self._contact_sync = contact_sync

    def list_department_ids(self) -> list[DepartmentId]:
        answer = self._contact_sync()[1].ask("get", "department/simplelist")
        items = reading.needed_things(answer, "department_id")
        return reading.each(items, _department_id, kind="department", id_of=reading.id_in("id"))

    def list_departments(self) -> list[DepartmentInfo]:
        answer = self._app()[1].ask("get", "department/list")
        items = reading.needed_things(answer, "department")
        return reading.each(items, _department, kind="department", id_of=reading.id_in("id"))

    def list_member_ids(self, *, cursor: str) -> MembershipPage:
        body: dict[str, Any] = {"limit": 10_000}
        if cursor:
            body["cursor"] = cursor
        answer = self._contact_sync()[1].ask("post", "user/list_id", data=body)
        rows = reading.needed_things(answer, "dept_user")
        items = reading.each(rows, _membership, kind="member", id_of=reading.id_in("userid"))
        return MembershipPage(items=items, next_cursor=reading.cursor(answer, asked=cursor))

    def list_members(self, *, department_id: int) -> list[Member]:
        answer = self._app()[1].ask("get", "user/list", params={"department_id": department_id})
        members = reading.told_things(answer, "userlist", kind="department_members", of=str(department_id))
        return reading.each(members, _member, kind="member", id_of=reading.id_in("userid"))

    def get_member(self, *, userid: str) -> Member:
        return reading.whole(_member, self._app()[1].ask("get", "user/get", params={"userid": userid}))


def _department_id(item: dict[str, Any]) -> DepartmentId:
    return DepartmentId(id=reading.needed_number(item, "id"), parent_id=reading.number(item, "parentid"))


def _department(item: dict[str, Any]) -> DepartmentInfo:
    return DepartmentInfo(
        id=reading.needed_number(item, "id"),
        name=reading.text(item, "name"),
        parent_id=reading.number(item, "parentid"),
        order=reading.number(item, "order"),
        leaders=reading.texts(item, "department_leader"),
    )


def _membership(item: dict[str, Any]) -> Membership:
    return Membership(userid=reading.needed_id(item, "userid"), department_id=reading.needed_number(item, "department"))


def _member(item: dict[str, Any]) -> Member:
    departments = reading.numbers(item, "department")
    leaders = reading.texts(item, "direct_leader")
    return Member(
        userid=reading.needed_id(item, "userid"),
        name=reading.text(item, "name"),
        alias=reading.text(item, "alias"),
        position=reading.text(item, "position"),
        status=reading.small(item, "status"),
        departments=departments,
        main_department=reading.number(item, "main_department") or None,
        leads=_led(item, departments),
        direct_leader=(leaders[0] if leaders else "") if leaders is not None else None,
    )


def _led(item: dict[str, Any], departments: list[int] | None) -> list[int] | None:
    """Departments beside which a 1 stands; a list with an odd entry is not told, since the two go by position."""
    flags = reading.numbers(item, "is_leader_in_dept")
    if flags is None or departments is None:
        return None
    return [department for department, flag in zip(departments, flags, strict=False) if flag]
