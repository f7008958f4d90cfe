"""Broadcasts: draft, count, submit, approve, hold, take back, remind, report."""

from collections.abc import Mapping
from typing import Any

from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.paging import PageQuery
from scrm.core.reading import NothingPersonal, Reads, Shown, listed, opened
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.marketing.broadcasts.actions import control, drafts, media
from scrm.marketing.broadcasts.actions import policy as limits
from scrm.marketing.broadcasts.queries import audience as audiences
from scrm.marketing.broadcasts.queries import broadcasts, recipients
from scrm.marketing.broadcasts.queries import policy as policies
from scrm.marketing.broadcasts.schemas import (
    AudienceCount,
    AudienceRequest,
    BroadcastContent,
    BroadcastDetail,
    BroadcastEdit,
    BroadcastPage,
    BroadcastQuery,
    BroadcastSummary,
    MediaRow,
    MediaUpload,
    PolicyBody,
    PolicyNow,
    RecipientPage,
    RecipientQuery,
    RejectLimitRequest,
    RejectRequest,
    RemindRequest,
    RemindResult,
    SenderPage,
)
from scrm.shared.exports.at_once import routes as exports
from scrm.shared.exports.at_once.table import Table
from scrm.shared.files import serving

api = Api("marketing")

_READ, _SEND = Permission.BROADCASTS_READ, Permission.BROADCASTS_SEND


def _previewed(_arguments: Mapping[str, Any], answer: Any) -> Shown:
    named = {f"customer:{row.external_userid}" for row in answer.preview}
    return Shown("broadcast.preview", frozenset(named), len(answer.preview))


_PREVIEW = Reads("list.read", "broadcast.preview", _previewed)
_PICTURE_BODY = 15 * 2**20  # ten megabytes as Base64


@api.get(
    "/broadcasts",
    permission=_READ,
    reads=listed("broadcasts", "broadcast:{id}"),
    query=BroadcastQuery,
    response=BroadcastPage,
)
def list_broadcasts(actor: Actor, session: Session, query: BroadcastQuery) -> object:
    """Broadcasts that the user may see, newest first."""
    return broadcasts.broadcast_page(session, actor, query)


@api.post("/broadcasts", permission=_SEND, body=BroadcastContent, response=BroadcastDetail, status=201, further=(404,))
def create_broadcast(actor: Actor, session: Session, body: BroadcastContent) -> object:
    """Keep a draft; nothing is sent."""
    return broadcasts.broadcast_detail(session, actor, drafts.create(session, actor, body).id)


@api.get("/broadcasts/summary", permission=_READ, reads=NothingPersonal("counts"), response=BroadcastSummary)
def summarise_broadcasts(actor: Actor, session: Session) -> object:
    """What waits for somebody, and what reached customers this month."""
    return broadcasts.summary(session, actor)


@api.post("/broadcasts/audience", permission=_SEND, reads=_PREVIEW, body=AudienceRequest, response=AudienceCount)
def count_audience(actor: Actor, session: Session, body: AudienceRequest) -> object:
    """How many would get it, through how many members, who is over quota, and the first few by name."""
    return audiences.count(session, actor, body.audience, at=body.send_at)


@api.get("/broadcasts/policy", permission=_READ, reads=NothingPersonal("settings"), response=PolicyNow)
def get_broadcast_policy(actor: Actor, session: Session) -> object:
    """The quota that WeCom is set to, and above how many customers a second person approves."""
    return policies.policy_now(session, actor)


@api.route("PUT", "/broadcasts/policy", permission=Permission.BROADCASTS_SET, body=PolicyBody, response=PolicyNow)
def set_broadcast_policy(actor: Actor, session: Session, body: PolicyBody) -> object:
    """Change what is given; a higher approval limit waits for a second person, all else holds at once."""
    limits.set_policy(session, actor, body)
    return policies.policy_now(session, actor)


@api.post(
    "/broadcasts/policy/changes/<int:change_id>/confirm", permission=Permission.BROADCASTS_SET, response=PolicyNow
)
def confirm_limit(actor: Actor, session: Session, change_id: int) -> object:
    """Let a higher approval limit hold; somebody else than who asked for it."""
    limits.confirm(session, actor, change_id)
    return policies.policy_now(session, actor)


@api.post(
    "/broadcasts/policy/changes/<int:change_id>/reject",
    permission=Permission.BROADCASTS_SET,
    body=RejectLimitRequest,
    response=PolicyNow,
)
def reject_limit(actor: Actor, session: Session, change_id: int, body: RejectLimitRequest) -> object:
    """Leave the approval limit as it is, and say why."""
    limits.reject(session, actor, change_id, reason=body.note or None)
    return policies.policy_now(session, actor)


@api.post(
    "/broadcasts/policy/changes/<int:change_id>/withdraw", permission=Permission.BROADCASTS_SET, response=PolicyNow
)
def withdraw_limit(actor: Actor, session: Session, change_id: int) -> object:
    """Take back a higher approval limit that one has asked for."""
    limits.withdraw(session, actor, change_id)
    return policies.policy_now(session, actor)


@api.post(
    "/broadcasts/media",
    permission=_SEND,
    body=MediaUpload,
    response=MediaRow,
    status=201,
    body_limit=_PICTURE_BODY,
)
def upload_picture(actor: Actor, session: Session, body: MediaUpload) -> object:
    """Keep a picture for a broadcast: JPG or PNG, at most 10 MB."""
    return MediaRow.model_validate(media.keep(session, actor, body), from_attributes=True)


@api.get(
    "/broadcasts/media/<int:media_id>",
    permission=_READ,
    reads=NothingPersonal("a picture for customers"),
    files=("image/jpeg", "image/png"),
)
def get_picture(session: Session, media_id: int) -> object:
    """A picture as it was uploaded."""
    return serving.row(broadcasts.picture(session, media_id))


@api.get(
    "/broadcasts/<int:broadcast_id>",
    permission=_READ,
    reads=opened("broadcast.read", "broadcast:{broadcast_id}"),
    response=BroadcastDetail,
)
def get_broadcast(actor: Actor, session: Session, broadcast_id: int) -> object:
    """One broadcast with its report."""
    return broadcasts.broadcast_detail(session, actor, broadcast_id)


@api.route("PUT", "/broadcasts/<int:broadcast_id>", permission=_SEND, body=BroadcastEdit, response=BroadcastDetail)
def edit_broadcast(actor: Actor, session: Session, broadcast_id: int, body: BroadcastEdit) -> object:
    """Change a draft; what is not given stays."""
    drafts.edit(session, actor, broadcast_id, body)
    return broadcasts.broadcast_detail(session, actor, broadcast_id)


@api.delete("/broadcasts/<int:broadcast_id>", permission=_SEND)
def remove_broadcast(actor: Actor, session: Session, broadcast_id: int) -> None:
    """Throw a draft away."""
    drafts.remove(session, actor, broadcast_id)


@api.post("/broadcasts/<int:broadcast_id>/submit", permission=_SEND, response=BroadcastDetail, further=(422,))
def submit_broadcast(actor: Actor, session: Session, broadcast_id: int) -> object:
    """Hand a draft in: the audience is frozen, and it is sent when it is time or approved."""
    drafts.submit(session, actor, broadcast_id)
    return broadcasts.broadcast_detail(session, actor, broadcast_id)


@api.post("/broadcasts/<int:broadcast_id>/approve", permission=_SEND, response=BroadcastDetail, further=(422,))
def approve_broadcast(actor: Actor, session: Session, broadcast_id: int) -> object:
    """Let a large broadcast go; not for its author."""
    drafts.approve(session, actor, broadcast_id)
    return broadcasts.broadcast_detail(session, actor, broadcast_id)


@api.post("/broadcasts/<int:broadcast_id>/reject", permission=_SEND, body=RejectRequest, response=BroadcastDetail)
def reject_broadcast(actor: Actor, session: Session, broadcast_id: int, body: RejectRequest) -> object:
    """Give a broadcast that has not begun back as a draft, with the reason."""
    drafts.give_back(session, actor, broadcast_id, note=body.note)
    return broadcasts.broadcast_detail(session, actor, broadcast_id)


@api.post("/broadcasts/<int:broadcast_id>/pause", permission=_SEND, response=BroadcastDetail)
def pause_broadcast(actor: Actor, session: Session, broadcast_id: int) -> object:
    """Ask nothing more of WeCom for now."""
    control.pause(session, actor, broadcast_id)
    return broadcasts.broadcast_detail(session, actor, broadcast_id)


@api.post("/broadcasts/<int:broadcast_id>/resume", permission=_SEND, response=BroadcastDetail)
def resume_broadcast(actor: Actor, session: Session, broadcast_id: int) -> object:
    """Go on from where it stood."""
    control.resume(session, actor, broadcast_id)
    return broadcasts.broadcast_detail(session, actor, broadcast_id)


@api.post("/broadcasts/<int:broadcast_id>/cancel", permission=_SEND, response=BroadcastDetail)
def cancel_broadcast(actor: Actor, session: Session, broadcast_id: int) -> object:
    """Send nothing more, and take back the tasks that nobody has confirmed."""
    control.cancel(session, actor, broadcast_id)
    return broadcasts.broadcast_detail(session, actor, broadcast_id)


@api.post("/broadcasts/<int:broadcast_id>/remind", permission=_SEND, body=RemindRequest, response=RemindResult)
def remind_senders(actor: Actor, session: Session, broadcast_id: int, body: RemindRequest) -> object:
    """Have WeCom remind members who have not sent: three times in 24 hours at most."""
    return {"reminded": control.remind(session, actor, broadcast_id, userids=body.userids)}


@api.post("/broadcasts/<int:broadcast_id>/refresh", permission=_READ, response=BroadcastDetail)
def refresh_broadcast(actor: Actor, session: Session, broadcast_id: int) -> object:
    """Read the results from WeCom now."""
    control.refresh(session, actor, broadcast_id)
    return broadcasts.broadcast_detail(session, actor, broadcast_id)


@api.get(
    "/broadcasts/<int:broadcast_id>/senders",
    permission=_READ,
    reads=listed("broadcast:{broadcast_id}:senders", "staff:{userid}"),
    query=PageQuery,
    response=SenderPage,
)
def list_senders(actor: Actor, session: Session, broadcast_id: int, query: PageQuery) -> object:
    """Members with their part of a broadcast."""
    return recipients.sender_page(session, actor, broadcast_id, query)


@api.get(
    "/broadcasts/<int:broadcast_id>/recipients",
    permission=_READ,
    reads=listed("broadcast:{broadcast_id}:recipients", "customer:{external_userid}", "staff:{userid}"),
    query=RecipientQuery,
    response=RecipientPage,
)
def list_recipients(actor: Actor, session: Session, broadcast_id: int, query: RecipientQuery) -> object:
    """Customers of a broadcast with what became of each."""
    return recipients.recipient_page(session, actor, broadcast_id, query)


@exports.get(
    api,
    "/broadcasts/<int:broadcast_id>/recipients.csv",
    permission=_READ,
    verb="broadcast.exported",
    subject="broadcast:{broadcast_id}",
    transaction=False,
)
def export_recipients(actor: Actor, broadcast_id: int) -> Table:
    """All recipients as a table for a spreadsheet."""
    return recipients.table(actor, broadcast_id)
