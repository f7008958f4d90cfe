"""Customers on their way from one member to another: who waits, what a day or the customer makes of it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import ClassVar

from simulator.callbacks import Sender
from simulator.events import tell_customer_apps
from simulator.world import FURTHER, Corp, Follow, Further, Json

DONE, WAITING, REFUSED, FULL = 1, 2, 3, 4  # pages 94088, 94082
BY_TRANSFER = 202  # add_way of a relation that a manager's allocation made
WINDOW_DAYS, WINDOW_TRANSFERS = 90, 2  # of one customer, between employed members (40128)
YEAR = 365 * 86_400

_EVENT = "change_external_contact"
_FAIL_REASONS = {REFUSED: "customer_refused", FULL: "customer_limit_exceed"}


@dataclass(slots=True)
class Transfer(Further):
    """One customer's transfer: accepted by WeCom at ``started_at``, complete by itself at ``due_at``."""

    KIND: ClassVar[str] = "transfer"

    number: int
    handover: str
    takeover: str
    external_userid: str
    resigned: bool
    started_at: int
    due_at: int
    status: int = WAITING
    ended_at: int = 0

    @property
    def row_key(self) -> int:
        return self.number

    @property
    def pair(self) -> tuple[str, str, bool]:
        return self.handover.lower(), self.takeover.lower(), self.resigned


FURTHER[Transfer.KIND] = Transfer


class Book:
    """Every transfer of a corp, found by pair of members, by customer, and by who waits."""

    def __init__(self, corp: Corp) -> None:
        self.by_pair: dict[tuple[str, str, bool], dict[str, Transfer]] = defaultdict(dict)
        self.by_customer: dict[str, list[Transfer]] = defaultdict(list)
        self.waiting: dict[tuple[str, str], Transfer] = {}
        for row in corp.further.setdefault(Transfer.KIND, {}).values():
            self.enter(row)

    def enter(self, row: Transfer) -> None:
        """Take in a new transfer, or one that has ended."""
        if row.number not in (known.number for known in self.by_customer[row.external_userid]):
            self.by_customer[row.external_userid].append(row)
        self.by_pair[row.pair][row.external_userid] = row
        key = (row.handover.lower(), row.external_userid)
        if row.status == WAITING:
            self.waiting[key] = row
        else:
            self.waiting.pop(key, None)


def book(corp: Corp) -> Book:
    kept = corp.room.get("transfers")
    if not isinstance(kept, Book):
        kept = corp.room["transfers"] = Book(corp)
    return kept


def begin(corp: Corp, handover: str, takeover: str, external_userid: str, *, resigned: bool) -> Transfer:
    """A transfer that WeCom has accepted; it is not done yet."""
    rows = corp.further.setdefault(Transfer.KIND, {})
    at = int(corp.now())
    due = at + corp.habits.takeover_seconds
    row = Transfer(len(rows) + 1, handover, takeover, external_userid, resigned, at, due)
    corp.put(row)
    book(corp).enter(row)
    return row


def often(corp: Corp, external_userid: str) -> bool:
    """Whether a customer has been moved between employed members twice within 90 natural days."""
    since = corp.now() - WINDOW_DAYS * 86_400
    counted = [
        row
        for row in book(corp).by_customer[external_userid]
        if not row.resigned and row.status in (DONE, WAITING) and row.started_at > since
    ]
    return len(counted) >= WINDOW_TRANSFERS


def is_full(corp: Corp, userid: str, external_userid: str) -> bool:
    """Whether a member may not have another customer."""
    staff = corp.staff.get(userid.lower())
    if staff is None or not staff.customer_limit or corp.relation(userid, external_userid) is not None:
        return False
    return len(corp.followed.get(userid.lower(), ())) >= staff.customer_limit


def settle(corp: Corp, sender: Sender) -> int:
    """Complete what has waited its day; how many."""
    now = corp.now()
    due = [row for row in book(corp).waiting.values() if row.due_at <= now]
    for row in due:
        finish(corp, sender, row, DONE, at=row.due_at)
    return len(due)


def finish(
    corp: Corp, sender: Sender, row: Transfer, status: int, *, at: int | None = None, quiet: bool = False
) -> None:
    """End a waiting transfer: the customer moves, or stays where it was and the apps are told why."""
    at = int(corp.now()) if at is None else at
    if status == DONE and is_full(corp, row.takeover, row.external_userid):
        status = FULL
    row.status, row.ended_at = status, at
    corp.put(row)
    book(corp).enter(row)
    if status == DONE:
        _move(corp, sender, row, at=at, quiet=quiet)
    elif not quiet:
        fields = [("FailReason", _FAIL_REASONS[status])]
        _tell(corp, sender, row.takeover, row.external_userid, "transfer_fail", fields, at=at)


def shown(corp: Corp, row: Transfer) -> Json:
    """One transfer for the control API."""
    customer = corp.customers[row.external_userid]
    names = {
        side: staff.name if (staff := corp.staff.get(userid.lower())) else userid
        for side, userid in (("handover", row.handover), ("takeover", row.takeover))
    }
    return {
        "number": row.number,
        "handover": row.handover,
        "handover_name": names["handover"],
        "takeover": row.takeover,
        "takeover_name": names["takeover"],
        "external_userid": row.external_userid,
        "name": customer.name,
        "resigned": row.resigned,
        "started_at": row.started_at,
        "due_at": row.due_at,
        "status": {DONE: "done", WAITING: "waiting", REFUSED: "refused", FULL: "full"}[row.status],
        "ended_at": row.ended_at,
    }


def _move(corp: Corp, sender: Sender, row: Transfer, *, at: int, quiet: bool) -> None:
    old = corp.relation(row.handover, row.external_userid)
    new = corp.relation(row.takeover, row.external_userid)
    if old is not None:
        corp.drop(old)
        if not row.resigned and not quiet:
            source = [("Source", "DELETE_BY_TRANSFER")]
            _tell(corp, sender, row.handover, row.external_userid, "del_external_contact", source, at=at)
    if new is not None and not new.left and not new.half:
        return  # friends before: no add, no event
    made = Follow(row.takeover, row.external_userid, at, add_way=BY_TRANSFER, oper_userid=row.takeover, chatting=True)
    if old is not None:
        made.remark, made.description, made.tags = old.remark, old.description, list(old.tags)
    corp.put(made)
    comes_back = any(
        past.status == DONE and past.handover.lower() == row.takeover.lower()
        for past in book(corp).by_customer[row.external_userid]
    )
    if not comes_back and not quiet:
        _tell(corp, sender, row.takeover, row.external_userid, "add_external_contact", [], at=at)


def _tell(
    corp: Corp, sender: Sender, userid: str, external_userid: str, kind: str, more: list[tuple[str, str]], *, at: int
) -> None:
    fields = [("ChangeType", kind), ("UserID", userid), ("ExternalUserID", external_userid), *more]
    tell_customer_apps(corp, sender, _EVENT, fields, staff=corp.staff.get(userid.lower()), at=at)
