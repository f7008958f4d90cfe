"""Telling who has to choose successors, and who answers for them when it is late."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.compliance.handovers import earlier
from scrm.compliance.handovers.models import ASSIGNABLE, Handover, HandoverItem, HandoverState
from scrm.compliance.handovers.notices import BY_STEP, STEPS
from scrm.compliance.handovers.setting import POLICY
from scrm.core import audit, clock
from scrm.core.db import current_corp
from scrm.identity import queries as identity
from scrm.identity.models import Role, Staff
from scrm.shared.notices import telling
from scrm.wecom import cards


def tell_opened(session: Session, case: Handover) -> None:
    """Assign the case to the leaver's lead, else to compliance, and tell them once."""
    staff = session.get_one(Staff, case.staff_id)
    leads = identity.supervisors_of(session, staff) or _officers(session, Role.COMPLIANCE, besides={staff.id})
    case.assigned_to = [lead.userid for lead in leads]
    _tell(session, case, staff, leads, step=0, title="离职继承待分配" if case.resigned else "在职继承待分配")


def escalate(session: Session, case: Handover) -> None:
    """The case is late: step 1 tells the next leaders and compliance, step 2 administrators; each step once."""
    if case.state != HandoverState.OPEN or case.escalation >= STEPS:
        case.escalate_at = None
        return
    staff = session.get_one(Staff, case.staff_id)
    case.escalation += 1
    case.updated_at = clock.now()
    if case.escalation == 1:
        told = [*_next_leaders(session, case), *_officers(session, Role.COMPLIANCE, besides={staff.id})]
    else:
        told = [*_officers(session, Role.ADMINISTRATOR, besides={staff.id}), *_next_leaders(session, case)]
    later = clock.now() + dt.timedelta(hours=POLICY.of(session).escalate_hours)
    case.escalate_at = later if case.escalation < STEPS else None
    facts = {"step": case.escalation, "told": len(told)}
    audit.record(session, audit.System.SCHEDULER, "handover.escalated", f"handover:{case.id}", facts)
    _tell(
        session, case, staff, told, step=case.escalation, title="离职继承已超时" if case.resigned else "在职继承已超时"
    )


def _next_leaders(session: Session, case: Handover) -> list[Staff]:
    """The leaders of those to whom the case is assigned."""
    found: list[Staff] = []
    for userid in case.assigned_to:
        lead = identity.staff_by_userid(session, userid)
        found += identity.supervisors_of(session, lead) if lead is not None else []
    return found


def _officers(session: Session, role: Role, *, besides: set[int]) -> list[Staff]:
    found = identity.staff_of_role(session, corp=current_corp(session), role=role)
    return [staff for staff in found if staff.id not in besides]


def _tell(session: Session, case: Handover, staff: Staff, receivers: Iterable[Staff], *, step: int, title: str) -> None:
    """One card per step and receiver; nobody to tell is said on the case by an empty list."""
    wanted = {receiver.userid for receiver in receivers if receiver.id != staff.id}
    earlier.take_over(session, case.id)
    telling.tell(session, BY_STEP[step], [case.id], wanted, title=title, lines=_lines(session, case, staff))


def _lines(session: Session, case: Handover, staff: Staff) -> list[str]:
    counts = dict.fromkeys(("customer", "group"), 0)
    query = select(HandoverItem.kind, func.count()).where(
        HandoverItem.handover_id == case.id, HandoverItem.state.in_(ASSIGNABLE)
    )
    counts.update({row[0]: row[1] for row in session.execute(query.group_by(HandoverItem.kind)).all()})
    due = case.due_at.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M")
    verb = "已离职" if case.resigned else "已被禁用"
    waiting = f"有 {counts['customer']} 位客户、{counts['group']} 个客户群待分配接替成员"
    return [f"{cards.words(staff.name or staff.userid)} {verb}，{waiting}", f"请在 {due} 前处理"]
