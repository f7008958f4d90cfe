"""What identity asks of WeCom, and what it wants back with the answer."""

from dataclasses import dataclass

from scrm.wecom.port.directory import DepartmentId, DepartmentInfo, Member, MembershipPage
from scrm.wecom.replies import Nothing, Reply
from scrm.wecom.sync import StepContext


@dataclass(frozen=True)
class MemberContext:
    userid: str


MEMBER_FETCHED = Reply[Member, MemberContext]("identity.member_fetched", MemberContext)
DEPARTMENTS_FETCHED = Reply[list[DepartmentInfo], Nothing]("identity.departments_fetched", Nothing)
SYNC_DEPARTMENTS = Reply[list[DepartmentInfo], StepContext]("identity.sync_departments", StepContext)
SYNC_DEPARTMENT_IDS = Reply[list[DepartmentId], StepContext]("identity.sync_department_ids", StepContext)
SYNC_MEMBER_IDS = Reply[MembershipPage, StepContext]("identity.sync_member_ids", StepContext)
SYNC_MEMBERS = Reply[list[Member], StepContext]("identity.sync_members", StepContext)
