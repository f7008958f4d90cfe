"""Telling people by a card of the app, each once, and taking WeCom's answer."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.shared.notices.kind import Kind, of_name
from scrm.shared.notices.models import Notice
from scrm.shared.notices.replies import NOTICE_ANSWERED, NoticeContext
from scrm.wecom import calls, cards
from scrm.wecom.calls import ask
from scrm.wecom.cards import NoticeState
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.messages import AppMessageReceipt, AppMessages

_RECEIVERS = 1_000  # of one message (page 90236)
_UNREACHABLE = "invaliduser"  # outside the visible range of the app


def tell(
    session: Session,
    kind: Kind,
    ids: Sequence[int],
    receivers: Iterable[str],
    *,
    title: str,
    lines: Sequence[str],
    path: str | None = None,
) -> list[str]:
    """Tell these people of records, each once per kind and record; who is told now. Nobody to tell is no error.

    ``path`` is the page of the card where it is not the kind's.
    """
    wanted = sorted(set(receivers))[:_RECEIVERS]
    if not wanted or not ids:
        return []
    now = clock.now()
    rows = [
        {
            "kind": kind.name,
            "record": kind.record,
            "record_id": number,
            "userid": userid,
            "state": NoticeState.WAITING.value,
            "created_at": now,
        }
        for number in ids
        for userid in wanted
    ]
    # Rows beside the statement, which takes 65,535 values and no more: a scan hits thousands of messages at once.
    statement = insert(Notice).on_conflict_do_nothing().returning(Notice.userid)
    fresh = sorted(set(session.scalars(statement, rows)))
    if not fresh:
        return []
    shared = bool(kind.wait)
    calls.request(
        session,
        ask(
            AppMessages.send_text_card,
            **cards.card(userids=fresh, title=title, lines=lines, path=path or kind.path.format(id=ids[0])),
        ).then(NOTICE_ANSWERED, NoticeContext(kind.name, None if shared else tuple(ids), tuple(fresh))),
        subject=f"notice:{kind.name}" if shared else f"notice:{kind.name}:{ids[0]}",
        key=f"notice:{kind.name}" if shared else None,
        lane=kind.lane,
        delay=kind.wait,
    )
    return fresh


def answered(session: Session, outcome: Outcome[AppMessageReceipt], told: NoticeContext) -> None:
    """WeCom's answer to a card. A shared one answers for all that had waited for it; a lost one is not repeated."""
    settle(session, of_name(told.kind), told.ids, told.userids, outcome)


def settle(
    session: Session,
    kind: Kind,
    ids: Sequence[int] | None,
    userids: Collection[str],
    outcome: Outcome[AppMessageReceipt],
) -> None:
    """Note what became of the notices on these records, or of all that waited when a shared card left."""
    receipt: AppMessageReceipt | None = outcome.result
    refused = {userid.lower() for userid in receipt.invalid_users} if receipt is not None else set()
    state = {CallState.DONE: NoticeState.SENT, CallState.UNKNOWN: NoticeState.UNKNOWN}.get(
        outcome.state, NoticeState.REFUSED
    )
    which = [Notice.kind == kind.name, Notice.record == kind.record]
    if ids is None:
        which += [Notice.state == NoticeState.WAITING.value, Notice.created_at <= outcome.asked_at]
    else:
        which.append(Notice.record_id.in_(ids))
    common: dict[str, Any] = {"msgid": receipt.msgid if receipt is not None else None, "finished_at": clock.now()}
    missed = [userid for userid in userids if userid.lower() in refused]
    got = [userid for userid in userids if userid.lower() not in refused]
    for people, found, reason in ((got, state, outcome.reason), (missed, NoticeState.REFUSED, _UNREACHABLE)):
        if people:
            session.execute(
                update(Notice)
                .where(*which, Notice.userid.in_(people))
                .values(state=found.value, reason=reason, **common)
                .execution_options(synchronize_session=False)
            )
    if kind.touch is not None and ids is not None:
        kind.touch(session, ids)
