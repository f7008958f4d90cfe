"""Handovers: list, look, choose successors, retry, close, export."""

from scrm.compliance.handovers.actions import cases as handovers
from scrm.compliance.handovers.actions import export as handover_export
from scrm.compliance.handovers.actions import successors
from scrm.compliance.handovers.queries import cases as queries
from scrm.compliance.handovers.schemas import (
    AssignmentPreview,
    AssignRequest,
    CloseHandover,
    CreateHandover,
    HandoverDetail,
    HandoverItemPage,
    HandoverItemQuery,
    HandoverPage,
    HandoverPolicyBody,
    HandoverQuery,
    HandoverSource,
    HandoverSourceQuery,
    HandoverSummary,
)
from scrm.compliance.handovers.setting import POLICY, Policy
from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.reading import NothingPersonal, listed, opened
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.shared.exports.at_once import routes as exports
from scrm.shared.exports.at_once.table import Table

api = Api("handovers")


@api.get(
    "/handovers",
    permission=Permission.HANDOVERS_READ,
    reads=listed("handovers", "handover:{id}", "staff:{userid}"),
    query=HandoverQuery,
    response=HandoverPage,
)
def list_handovers(actor: Actor, session: Session, query: HandoverQuery) -> object:
    """Handovers that the user may see, newest first."""
    return queries.handover_page(session, actor, query)


@api.post(
    "/handovers", permission=Permission.HANDOVERS_HANDLE, body=CreateHandover, response=HandoverDetail, status=201
)
def create_handover(actor: Actor, session: Session, body: CreateHandover) -> object:
    """Begin a transfer of an employed member's customers."""
    case = handovers.create(
        session,
        actor,
        userid=body.userid,
        external_userids=body.external_userids,
        with_groups=body.with_groups,
        message=body.message,
    )
    return queries.handover_detail(session, actor, case.id)


@api.get(
    "/handovers/summary",
    permission=Permission.HANDOVERS_READ,
    reads=NothingPersonal("counts"),
    response=HandoverSummary,
)
def summarise_handovers(actor: Actor, session: Session) -> object:
    """Open and late handovers."""
    return queries.summary(session, actor)


@api.get(
    "/handovers/source",
    permission=Permission.HANDOVERS_HANDLE,
    reads=NothingPersonal("counts of one member's customers and groups"),
    query=HandoverSourceQuery,
    response=HandoverSource,
)
def get_handover_source(actor: Actor, session: Session, query: HandoverSourceQuery) -> object:
    """What an employed member could hand over."""
    return queries.source(session, actor, query.userid)


@api.get(
    "/handovers/policy",
    permission=Permission.HANDOVERS_READ,
    reads=NothingPersonal("settings"),
    response=HandoverPolicyBody,
)
def get_handover_policy(session: Session) -> object:
    """The corp's deadlines and limits."""
    return POLICY.of(session)


@api.post(
    "/handovers/policy", permission=Permission.HANDOVERS_POLICY, body=HandoverPolicyBody, response=HandoverPolicyBody
)
def set_handover_policy(actor: Actor, session: Session, body: HandoverPolicyBody) -> object:
    """Change the corp's deadlines and limits."""
    POLICY.keep(session, actor, Policy(**body.model_dump()))
    return POLICY.of(session)


@api.get(
    "/handovers/<int:handover_id>",
    permission=Permission.HANDOVERS_READ,
    reads=opened("handover.read", "handover:{handover_id}", "staff:{userid}"),
    response=HandoverDetail,
)
def get_handover(actor: Actor, session: Session, handover_id: int) -> object:
    """One handover with its sheet, its calls and who was told."""
    return queries.handover_detail(session, actor, handover_id)


@api.get(
    "/handovers/<int:handover_id>/items",
    permission=Permission.HANDOVERS_READ,
    reads=listed("handover:{handover_id}:items", "{kind}:{wecom_id}"),
    query=HandoverItemQuery,
    response=HandoverItemPage,
)
def list_handover_items(actor: Actor, session: Session, handover_id: int, query: HandoverItemQuery) -> object:
    """A handover's customers and groups."""
    return queries.item_page(session, actor, handover_id, query)


@api.post(
    "/handovers/<int:handover_id>/preview",
    permission=Permission.HANDOVERS_HANDLE,
    body=AssignRequest,
    response=AssignmentPreview,
)
def preview_assignment(actor: Actor, session: Session, handover_id: int, body: AssignRequest) -> object:
    """What an assignment would do; nothing is sent."""
    return successors.preview(session, actor, handover_id, body)


@api.post(
    "/handovers/<int:handover_id>/assign",
    permission=Permission.HANDOVERS_HANDLE,
    body=AssignRequest,
    response=HandoverDetail,
)
def assign_handover(actor: Actor, session: Session, handover_id: int, body: AssignRequest) -> object:
    """Give what is chosen to successors and begin to send."""
    successors.assign(session, actor, handover_id, body)
    return queries.handover_detail(session, actor, handover_id)


@api.post(
    "/handovers/<int:handover_id>/retry",
    permission=Permission.HANDOVERS_HANDLE,
    body=AssignRequest,
    response=HandoverDetail,
)
def retry_handover(actor: Actor, session: Session, handover_id: int, body: AssignRequest) -> object:
    """Give what was refused, full or failed to other successors."""
    successors.assign(session, actor, handover_id, body, failures_only=True)
    return queries.handover_detail(session, actor, handover_id)


@api.post(
    "/handovers/<int:handover_id>/close",
    permission=Permission.HANDOVERS_HANDLE,
    body=CloseHandover,
    response=HandoverDetail,
)
def close_handover(actor: Actor, session: Session, handover_id: int, body: CloseHandover) -> object:
    """Close a handover, explaining what is left."""
    handovers.close(session, actor, handover_id, note=body.note.strip())
    return queries.handover_detail(session, actor, handover_id)


@exports.get(
    api,
    "/handovers/<int:handover_id>/export",
    permission=Permission.HANDOVERS_HANDLE,
    verb="handover.exported",
    subject="handover:{handover_id}",
)
def export_handover(actor: Actor, session: Session, handover_id: int) -> Table:
    """The sheet as CSV, one line per customer and group."""
    return handover_export.export(session, actor, handover_id)
