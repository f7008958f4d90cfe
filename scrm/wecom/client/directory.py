"""Address book calls."""

from collections.abc import Callable
from typing import Any

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
        return [
            DepartmentId(id=int(item["id"]), parent_id=int(item.get("parentid", 0)))
            for item in answer.get("department_id", [])
        ]

    def list_departments(self) -> list[DepartmentInfo]:
        answer = self._app()[1].ask("get", "department/list")
        return [
            DepartmentInfo(
                id=int(item["id"]),
                name=str(item.get("name", "")),
                parent_id=int(item.get("parentid", 0)),
                order=int(item.get("order", 0)),
                leaders=[str(userid) for userid in item.get("department_leader", [])],
            )
            for item in answer.get("department", [])
        ]

    def list_member_ids(self, *, cursor: str) -> MembershipPage:
        body: dict[str, Any] = {"limit": 10_000}
        if cursor:
            body["cursor"] = cursor
        answer = self._contact_sync()[1].ask("post", "user/list_id", data=body)
        items = [
            Membership(userid=str(item["userid"]), department_id=int(item["department"]))
            for item in answer.get("dept_user", [])
        ]
        return MembershipPage(items=items, next_cursor=str(answer.get("next_cursor") or ""))

    def list_members(self, *, department_id: int) -> list[Member]:
        answer = self._app()[1].ask("get", "user/list", params={"department_id": department_id})
        return [_member(item) for item in answer.get("userlist", [])]

    def get_member(self, *, userid: str) -> Member:
        return _member(self._app()[1].ask("get", "user/get", params={"userid": userid}))


def _member(item: dict[str, Any]) -> Member:
    departments = [int(department) for department in item.get("department", [])]
    flags = [int(flag) for flag in item.get("is_leader_in_dept", [])]
    leaders = item.get("direct_leader") or []
    main = item.get("main_department")
    return Member(
        userid=str(item["userid"]),
        name=str(item.get("name", "")),
        alias=str(item.get("alias", "")),
        position=str(item.get("position", "")),
        status=int(item.get("status", 1)),
        departments=departments,
        main_department=int(main) if main else None,
        leads=[department for department, flag in zip(departments, flags, strict=False) if flag],
        direct_leader=str(leaders[0]) if leaders else None,
    )
