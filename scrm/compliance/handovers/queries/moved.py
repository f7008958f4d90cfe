"""Whether a handover has moved a customer, for whoever finds them gone."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.compliance.handovers.models import Handover, HandoverItem, ItemState


def has_moved(session: Session, userid: str, external_userid: str, at: dt.datetime) -> bool:
    """Whether this customer of a member (folded userid) went to another by a handover asked for before that moment."""
    query = (
        select(HandoverItem.id)
        .join(Handover, Handover.id == HandoverItem.handover_id)
        .where(
            HandoverItem.wecom_id == external_userid,
            HandoverItem.state == ItemState.DONE.value,
            Handover.userid == userid,
            HandoverItem.requested_at <= at,
        )
    )
    return session.scalars(query.limit(1)).first() is not None
