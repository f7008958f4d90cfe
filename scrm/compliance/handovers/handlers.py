"""Departures, results of transfers, and what callbacks tell of them."""

import datetime as dt

from scrm.compliance.handovers.actions import cases as handovers
from scrm.compliance.handovers.actions import results, unassigned
from scrm.contracts.callbacks import ContactAdded, ContactDeletedByStaff, TransferFailed
from scrm.contracts.directory import StaffDeparted
from scrm.contracts.sync import SyncEnded
from scrm.core.db import Session
from scrm.identity.queries import staff_by_ids

_LIST_SETTLES = dt.timedelta(seconds=5)  # WeCom's list of unassigned customers follows the departure


def staff_departed(session: Session, event: StaffDeparted) -> None:
    staff = staff_by_ids(session, [event.staff_id])[event.staff_id]
    handovers.open_departure(
        session,
        staff,
        resigned=not event.disabled,
        departed_at=event.departed_at,
        detected_by=event.detected_by,
    )
    if not event.disabled:
        unassigned.pull(session, delay=_LIST_SETTLES)


def sync_ended(session: Session, _event: SyncEnded) -> None:
    """All has been read that could be: members out of service who still own something, of which no event told."""
    handovers.open_missed(session)
    unassigned.pull(session)


def transfer_failed(session: Session, event: TransferFailed) -> None:
    results.take_failure(
        session,
        external_userid=event.external_userid,
        takeover_userid=event.userid,
        reason=event.reason,
        at=event.event_at,
    )


def contact_added(session: Session, event: ContactAdded) -> None:
    results.nudge(session, external_userid=event.external_userid, userid=event.userid, taking=True)


def contact_deleted_by_staff(session: Session, event: ContactDeletedByStaff) -> None:
    if event.transfer:
        results.nudge(session, external_userid=event.external_userid, userid=event.userid, taking=False)
