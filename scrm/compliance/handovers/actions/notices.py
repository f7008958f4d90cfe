"""Telling who has to choose successors, and who answers for them when it is late."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.compliance.handovers.models import ASSIGNABLE, Handover, HandoverItem, HandoverNotice, HandoverState
from scrm.compliance.handovers.setting import POLICY
from scrm.core import audit, clock
from scrm.core.db import current_corp
from scrm.identity import queries as identity
from scrm.identity.models import Role, Staff
from scrm.wecom import calls, cards
from scrm.wecom.cards import NoticeState
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.messages import AppMessageReceipt, AppMessages

STEPS = 2  # escalations of one case; after them it stays late on the workbench


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


def answered(session: Session, outcome: Outcome) -> None:
    """WeCom's answer to a message; a lost one is shown as unknown and not repeated."""
    state = {CallState.DONE: NoticeState.SENT, CallState.UNKNOWN: NoticeState.UNKNOWN}
    receipt: AppMessageReceipt | None = outcome.result
    refused = {userid.lower() for userid in receipt.invalid_users} if receipt is not None else set()
    for userid in outcome.context["userids"]:
        invalid = userid.lower() in refused
        found = NoticeState.REFUSED if invalid else state.get(outcome.state, NoticeState.REFUSED)
        session.execute(
            update(HandoverNotice)
            .where(
                HandoverNotice.handover_id == outcome.context["handover_id"],
                HandoverNotice.step == outcome.context["step"],
                HandoverNotice.userid == userid,
            )
            .values(
                state=found.value,
                msgid=receipt.msgid if receipt is not None else None,
                reason="invaliduser" if invalid else outcome.reason,
                finished_at=clock.now(),
            )
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
    """One app message per step and receiver; nobody to tell is said on the case by an empty list."""
    now = clock.now()
    wanted = sorted({receiver.userid for receiver in receivers if receiver.id != staff.id})
    if not wanted:
        return
    statement = insert(HandoverNotice).values(
        [
            {
                "handover_id": case.id,
                "step": step,
                "userid": userid,
                "state": NoticeState.WAITING.value,
                "created_at": now,
            }
            for userid in wanted
        ]
    )
    fresh = list(session.scalars(statement.on_conflict_do_nothing().returning(HandoverNotice.userid)))
    if not fresh:
        return
    calls.request(
        session,
        AppMessages.send_text_card,
        cards.card(
            userids=sorted(fresh),
            title=title,
            lines=_lines(session, case, staff),
            path=f"/handovers/{case.id}",
        ),
        subject=f"handover-notice:{case.id}",
        reply="compliance.handover_notice_answered",
        context={"handover_id": case.id, "step": step, "userids": sorted(fresh)},
    )


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
