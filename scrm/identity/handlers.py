"""What identity does on events and on WeCom's answers."""

from typing import Any, TypeVar

from scrm.contracts.callbacks import DepartmentChanged, StaffChanged, StaffDeleted
from scrm.contracts.sync import SyncStepDue
from scrm.core.db import Session
from scrm.identity import conclusion, departments, directory, queries, replies
from scrm.identity.replies import MemberContext
from scrm.wecom import calls, sync
from scrm.wecom.calls import ask
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.directory import DepartmentId, DepartmentInfo, Directory, Member, MembershipPage
from scrm.wecom.replies import Nothing
from scrm.wecom.sync import StepContext

R = TypeVar("R")

_NO_SUCH_APP = 48002
_NOTHING_GONE = (
    "未配置通讯录同步，不判定离职和部门删除 / no contact-sync secret: nobody and no department is taken to be gone"
)
_UNREAD = (
    "部分条目无法读取，不判定离职和部门删除 / some entries cannot be read: nobody and no department is taken to be gone"
)


def staff_changed(session: Session, event: StaffChanged) -> None:
    """Reduced callbacks carry ids only, so the member is fetched."""
    userid = event.userid
    if event.new_userid is not None:
        directory.rename(session, event.userid, event.new_userid)
        userid = event.new_userid
    directory.confirm(session, userid)
    if event.status is not None:
        directory.take_status(session, userid, event.status, told_at=event.event_at)
    calls.read_again(
        session,
        ask(Directory.get_member, userid=userid).then(replies.MEMBER_FETCHED, MemberContext(userid)),
        subject=event.subject,
        key=f"member:{userid.lower()}",
    )


def staff_deleted(session: Session, event: StaffDeleted) -> None:
    directory.mark_left(session, event.userid, at=event.event_at)


def department_changed(session: Session, event: DepartmentChanged) -> None:
    """Names are not told; all departments are fetched, once for however many changes wait."""
    if event.deleted:
        departments.remove_department(session, event.department_id)
        return
    calls.read_again(
        session,
        ask(Directory.list_departments).then(replies.DEPARTMENTS_FETCHED, Nothing()),
        subject="departments",
        key="departments",
    )


def member_fetched(session: Session, outcome: Outcome[Member], _context: MemberContext) -> None:
    """A refusal changes nothing: gone and outside the visible range look the same; ``delete_user`` tells who left."""
    if outcome.state is CallState.DONE:
        directory.take_members(session, [outcome.result], asked_at=outcome.asked_at, run_id=None)


def departments_fetched(session: Session, outcome: Outcome[list[DepartmentInfo]], _context: Nothing) -> None:
    """What is listed here was met by the sync that is under way, if there is one, and so is not gone at its end."""
    if outcome.state is CallState.DONE:
        run = sync.running(session)
        run_id = run.id if run is not None else None
        departments.take_departments(session, outcome.result, asked_at=outcome.asked_at, run_id=run_id)


def sync_step_due(session: Session, event: SyncStepDue) -> None:
    """Begin the departments or the staff of a full sync."""
    if event.step == "departments":
        sync.ask(session, ask(Directory.list_departments), replies.SYNC_DEPARTMENTS, StepContext(event.run_id))
        sync.ask(session, ask(Directory.list_department_ids), replies.SYNC_DEPARTMENT_IDS, StepContext(event.run_id))
        sync.advance(session, event.run_id, "departments", asked=2)
    elif event.step == "staff":
        sync.ask(session, ask(Directory.list_member_ids, cursor=""), replies.SYNC_MEMBER_IDS, StepContext(event.run_id))
        asked = 1
        for department in queries.departments_shown(session, event.run_id):
            asked_of = ask(Directory.list_members, department_id=department.department_id)
            sync.ask(session, asked_of, replies.SYNC_MEMBERS, StepContext(event.run_id))
            asked += 1
        sync.advance(session, event.run_id, "staff", asked=asked)


def sync_departments(session: Session, outcome: Outcome[list[DepartmentInfo]], context: StepContext) -> None:
    run_id = context.run_id
    if sync.failed(session, outcome, run_id, "departments"):
        return
    done = departments.take_departments(session, outcome.result, asked_at=outcome.asked_at, run_id=run_id)
    _departments_answered(session, run_id, done=done)


def sync_department_ids(session: Session, outcome: Outcome[list[DepartmentId]], context: StepContext) -> None:
    """The whole graph, where a contact-sync secret is configured; without one nothing tells what was removed."""
    run_id = context.run_id
    if _has_no_secret(outcome):
        sync.note(session, run_id, "departments", _NOTHING_GONE)
        _departments_answered(session, run_id, skipped=1)
        return
    if sync.failed(session, outcome, run_id, "departments"):
        return
    if outcome.aside:
        sync.note(session, run_id, "departments", _UNREAD)
    departments.take_department_ids(session, outcome.result, asked_at=outcome.asked_at, run_id=run_id)
    _departments_answered(session, run_id)


def sync_member_ids(session: Session, outcome: Outcome[MembershipPage], context: StepContext) -> None:
    """Everybody there is, where a contact-sync secret is configured; without one nothing tells who has left."""
    run_id = context.run_id
    if _has_no_secret(outcome):
        sync.note(session, run_id, "staff", _NOTHING_GONE)
        _staff_answered(session, run_id, skipped=1)
        return
    if sync.failed(session, outcome, run_id, "staff"):
        return
    if outcome.aside:
        sync.note(session, run_id, "staff", _UNREAD)
    page = outcome.result
    directory.take_memberships(session, page.items, asked_at=outcome.asked_at, run_id=run_id)
    if page.next_cursor:
        sync.ask(
            session,
            ask(Directory.list_member_ids, cursor=page.next_cursor),
            replies.SYNC_MEMBER_IDS,
            StepContext(run_id),
        )
    _staff_answered(session, run_id, asked=1 if page.next_cursor else 0)


def sync_members(session: Session, outcome: Outcome[list[Member]], context: StepContext) -> None:
    """One department's members; a department outside the visible range is skipped."""
    run_id = context.run_id
    if outcome.state is CallState.REFUSED and outcome.errcode in {60011, 60123, 60003, 40066}:
        _staff_answered(session, run_id, skipped=1)
        return
    if sync.failed(session, outcome, run_id, "staff"):
        return
    done = directory.take_members(session, outcome.result, asked_at=outcome.asked_at, run_id=run_id)
    _staff_answered(session, run_id, done=done)


def _has_no_secret(outcome: Outcome[Any]) -> bool:
    """No contact-sync secret is configured. WeCom's own 48002 is parked: the secret is there and wants mending."""
    return outcome.state is CallState.REFUSED and outcome.errcode == _NO_SUCH_APP


def _departments_answered(session: Session, run_id: int, *, done: int = 0, skipped: int = 0) -> None:
    if sync.advance(session, run_id, "departments", answered=1, done=done, skipped=skipped):
        # An app sees its visible range alone: what it does not show may well be there.
        if not sync.is_noted(session, run_id, "departments"):
            departments.remove_departments_unseen(session, run_id)
        sync.finish_step(session, run_id, "departments")


def _staff_answered(session: Session, run_id: int, *, asked: int = 0, done: int = 0, skipped: int = 0) -> None:
    if sync.advance(session, run_id, "staff", answered=1, asked=asked, done=done, skipped=skipped):
        whole = not sync.is_noted(session, run_id, "staff")
        asked_before = sync.started_at(session, run_id, "staff")
        conclusion.conclude(session, run_id, asked_before=asked_before, whole=whole)
        sync.finish_step(session, run_id, "staff")
