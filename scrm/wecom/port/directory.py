"""Address book (通讯录): departments and members."""

from dataclasses import dataclass
from typing import Protocol

from scrm.wecom.models import AppKind
from scrm.wecom.port.method import wecom_method


@dataclass(frozen=True, kw_only=True)
class DepartmentId:
    """One node of the department graph; the contact-sync secret sees no names since 2022-08-15."""

    id: int
    parent_id: int | None


@dataclass(frozen=True, kw_only=True)
class DepartmentInfo:
    """A department inside the app's visible range; its parent may lie outside. None where the answer does not tell."""

    id: int
    name: str | None
    parent_id: int | None
    order: int | None
    leaders: list[str] | None


@dataclass(frozen=True, kw_only=True)
class Membership:
    """One row of user/list_id: a member appears once per department."""

    userid: str
    department_id: int


@dataclass(frozen=True, kw_only=True)
class MembershipPage:
    items: list[Membership]
    next_cursor: str


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member as an app sees it; sensitive fields are withheld from apps made after 2022-06-20.

    None where the answer does not tell, so that what is known stays; ``direct_leader`` is empty where there is none.
    """

    userid: str
    name: str | None
    alias: str | None
    position: str | None
    status: int | None  # 1 active, 2 disabled, 4 not activated, 5 left
    departments: list[int] | None
    main_department: int | None
    leads: list[int] | None  # departments in which is_leader_in_dept is 1
    direct_leader: str | None


class Directory(Protocol):
    """Reads of the address book."""

    @wecom_method("directory", credential=AppKind.CONTACT_SYNC)
    def list_department_ids(self) -> list[DepartmentId]:
        """department/simplelist (page 95350): all ids, no names."""
        ...

    @wecom_method("directory")
    def list_departments(self) -> list[DepartmentInfo]:
        """department/list (page 90208): what the app may see, recursively."""
        ...

    @wecom_method("directory", credential=AppKind.CONTACT_SYNC)
    def list_member_ids(self, *, cursor: str) -> MembershipPage:
        """user/list_id (page 96067): 10,000 memberships a page."""
        ...

    @wecom_method("directory")
    def list_members(self, *, department_id: int) -> list[Member]:
        """user/list (page 90201): members directly in one department; 60011 outside the visible range."""
        ...

    @wecom_method("directory")
    def get_member(self, *, userid: str) -> Member:
        """user/get (page 90196): 60111 if unknown, gone or outside the visible range."""
        ...
