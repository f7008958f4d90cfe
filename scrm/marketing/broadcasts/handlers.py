"""WeCom's answers to the calls of broadcasts."""

from scrm.core.db import Session
from scrm.marketing.broadcasts.actions import collecting, media, reconcile, sending
from scrm.wecom.outcome import Outcome


def slice_answered(session: Session, outcome: Outcome) -> None:
    sending.answered(session, outcome)


def media_uploaded(session: Session, outcome: Outcome) -> None:
    media.uploaded(session, outcome)


def reconcile_list(session: Session, outcome: Outcome) -> None:
    reconcile.listed(session, outcome)


def reconcile_task(session: Session, outcome: Outcome) -> None:
    reconcile.senders_told(session, outcome)


def reconcile_result(session: Session, outcome: Outcome) -> None:
    reconcile.customers_told(session, outcome)


def task_polled(session: Session, outcome: Outcome) -> None:
    collecting.task_polled(session, outcome)


def results_polled(session: Session, outcome: Outcome) -> None:
    collecting.results_polled(session, outcome)


def cancel_answered(session: Session, outcome: Outcome) -> None:
    collecting.cancel_answered(session, outcome)


def remind_answered(session: Session, outcome: Outcome) -> None:
    collecting.remind_answered(session, outcome)
