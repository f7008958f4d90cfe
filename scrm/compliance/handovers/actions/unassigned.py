"""WeCom's list of customers whose member has left: read whole, every hour and after each departure."""

import datetime as dt
from collections import defaultdict

from sqlalchemy.orm import Session

from scrm.compliance.handovers.actions import cases as handovers
from scrm.compliance.handovers.replies import UNASSIGNED_LISTED, UnassignedContext
from scrm.core import clock
from scrm.core.doorbell import Lane
from scrm.identity import directory
from scrm.identity import queries as identity
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.transfers import Transfers, UnassignedPage


def pull(session: Session, *, delay: dt.timedelta = dt.timedelta()) -> None:
    """Ask for the list from its beginning; one waiting request serves all who ask."""
    _ask(session, cursor="", began=None, delay=delay)


def listed(session: Session, outcome: Outcome[UnassignedPage], context: UnassignedContext) -> None:
    """A page: each member's customers go to the member's case, which is opened if there is none."""
    if outcome.state is not CallState.DONE:
        return
    page = outcome.result
    began = context.began or outcome.asked_at
    by_member: dict[str, list[str]] = defaultdict(list)
    left: dict[str, int] = {}
    for row in page.items:
        by_member[row.handover_userid].append(row.external_userid)
        left[row.handover_userid] = max(row.dimission_time, left.get(row.handover_userid, 0))
    for userid in sorted(by_member, key=str.lower):
        _take(session, userid, by_member[userid], left_at=left[userid], at=outcome.asked_at)
    whole = context.whole and not outcome.aside
    if page.next_cursor:
        _ask(session, cursor=page.next_cursor, began=began, whole=whole)
    elif whole:  # else who is not named may stand in what cannot be read
        handovers.drop_unlisted(session, since=began)


def _take(session: Session, userid: str, external_userids: list[str], *, left_at: int, at: dt.datetime) -> None:
    departed_at = clock.from_unix(left_at) if left_at else at
    directory.enter_leaver(session, userid, at=departed_at)
    staff = identity.staff_by_userid(session, userid)
    if staff is None:
        return
    external_userids = list(dict.fromkeys(external_userids))
    case = handovers.open_departure(
        session,
        staff,
        resigned=True,
        departed_at=departed_at,
        detected_by="unassigned",
        listed=external_userids,
    )
    if case is not None:
        handovers.add_listed(session, case, external_userids, at=at)
        handovers.restate(session, case)


def _ask(
    session: Session,
    *,
    cursor: str,
    began: dt.datetime | None,
    whole: bool = True,
    delay: dt.timedelta = dt.timedelta(),
) -> None:
    calls.request(
        session,
        ask(Transfers.list_unassigned, cursor=cursor).then(UNASSIGNED_LISTED, UnassignedContext(began, whole)),
        subject="unassigned",
        key=f"unassigned:{cursor}",
        lane=Lane.BULK,
        delay=delay,
    )
