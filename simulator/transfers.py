"""Handing customers over (pages 92125, 94088 employed; 92124, 94081, 94082 resigned): items fail one by one."""

import time

from simulator.edge import Call, Callers, Refusal, api
from simulator.paging import seal, unseal
from simulator.takeovers import WAITING, YEAR, Transfer, begin, book, is_full, often, settle
from simulator.world import ACTIVE, LEFT, Json, Staff

PER_CALL = 100
PER_PAGE = 1000
MESSAGE_LENGTH = 200
LEGACY_ROWS = 50_000

_FIELDS = ("customer",)


@api("POST", "externalcontact/transfer_customer", callers=Callers.CUSTOMER, empty=_FIELDS)
def transfer_customer(call: Call) -> Json:
    settle(call.corp, call.sim.senders[call.corp.corp_id])
    userid, ids = call.text("handover_userid", missing=40063), _ids(call)
    handover, takeover = call.contact_staff(userid), successor(call, "takeover_userid")
    if len(call.text("transfer_success_msg")) > MESSAGE_LENGTH:
        raise Refusal(40058, f"field `transfer_success_msg` exceed max length {MESSAGE_LENGTH}")
    both = _both(call, handover, takeover)
    return {"customer": [_start(call, handover, takeover, one, both, resigned=False) for one in ids]}


@api("POST", "externalcontact/resigned/transfer_customer", callers=Callers.CUSTOMER, empty=_FIELDS, locked=False)
def transfer_resigned(call: Call) -> Json:
    """Like the employed one, but two calls at once for one member are refused with 45035."""
    corp = call.corp
    with corp.lock:
        settle(corp, call.sim.senders[corp.corp_id])
        userid, ids = call.text("handover_userid", missing=40063), _ids(call)
        handover, takeover = _resigned(call, userid), successor(call, "takeover_userid")
        both = _both(call, handover, takeover)
        busy: set[str] = corp.room.setdefault("resigned_transfers", set())
        if handover.row_key in busy:
            raise Refusal(45035)
        busy.add(handover.row_key)
    try:
        time.sleep(call.linger or corp.habits.transfer_seconds)
        with corp.lock:
            return {"customer": [_start(call, handover, takeover, one, both, resigned=True) for one in ids]}
    finally:
        with corp.lock:
            busy.discard(handover.row_key)


@api("POST", "externalcontact/transfer_result", callers=Callers.CUSTOMER, empty=_FIELDS)
def transfer_result(call: Call) -> Json:
    handover = call.staff(call.text("handover_userid", missing=40063))
    return _results(call, handover, resigned=False)


@api("POST", "externalcontact/resigned/transfer_result", callers=Callers.CUSTOMER, empty=_FIELDS)
def resigned_transfer_result(call: Call) -> Json:
    handover = _resigned(call, call.text("handover_userid", missing=40063))
    return _results(call, handover, resigned=True)


@api("POST", "externalcontact/get_unassigned_list", callers=Callers.CUSTOMER, empty=("info",))
def list_unassigned(call: Call) -> Json:
    settle(call.corp, call.sim.senders[call.corp.corp_id])
    size = call.number("page_size", PER_PAGE)
    page_id = call.number("page_id", 0)
    if size is None or not 1 <= size <= PER_PAGE:
        raise Refusal(40058, f"page_size should be 1 to {PER_PAGE}")
    cursor = call.text("cursor")
    rows = sorted(
        [staff.left_at, staff.userid, row.external_userid]
        for staff in call.corp.staff.values()
        if staff.status == LEFT and call.range.sees(staff) and _inheritable(call, staff)
        for row in call.corp.relations_of(staff.userid)
        if not row.half and not row.left and (staff.row_key, row.external_userid) not in book(call.corp).waiting
    )
    if call.has("page_id") and not call.has("cursor"):
        if page_id is None or page_id < 0 or page_id * size >= LEGACY_ROWS:
            raise Refusal(40058, f"page_id * page_size should be less than {LEGACY_ROWS}")
        rows = rows[page_id * size :]
        return {"info": [_unassigned(row) for row in rows[:size]], "is_last": len(rows) <= size}
    after = unseal("unassigned", cursor)
    rest = [row for row in rows if after is None or row > after]
    page, last = rest[:size], len(rest) <= size
    more = "" if last else seal("unassigned", page[-1])
    return {"info": [_unassigned(row) for row in page], "is_last": last, "next_cursor": more}


def successor(call: Call, name: str) -> Staff:
    """The member who takes over: visible, with customer contact, activated and real-name verified (40098)."""
    member = call.contact_staff(call.text(name, missing=40063))
    if member.status != ACTIVE or not member.verified:
        raise Refusal(40098)
    if member.dormant:
        raise Refusal(40205)
    if member.banned:
        raise Refusal(40143)
    return member


def _ids(call: Call) -> list[str]:
    ids = call.texts("external_userid", at_most=PER_CALL)
    if not ids:
        raise Refusal(41035)
    return list(dict.fromkeys(ids))


def _resigned(call: Call, userid: str) -> Staff:
    """A member who has left; one who has not is 40097, one nobody knows 60111."""
    staff = call.corp.staff.get(userid.lower())
    if staff is None or not call.range.sees(staff):
        raise Refusal(60111)
    if staff.status != LEFT:
        raise Refusal(40097)
    return staff


def _inheritable(call: Call, staff: Staff) -> bool:
    return staff.left_at > call.corp.now() - YEAR and not staff.dormant


def _both(call: Call, handover: Staff, takeover: Staff) -> int:
    """An errcode about the two members: refuses the call, or every item if the corp's habits say so."""
    code = 0
    if handover.row_key == takeover.row_key:
        code = 40130
    elif handover.status != LEFT and handover.dormant:
        code = 40205
    elif handover.banned:
        code = 40143
    if code and not call.corp.habits.transfer_codes_on_items:
        raise Refusal(code)
    return code


def _start(call: Call, handover: Staff, takeover: Staff, external_userid: str, both: int, *, resigned: bool) -> Json:
    code = both or _item_code(call, handover, takeover, external_userid, resigned=resigned)
    if not code:
        begin(call.corp, handover.userid, takeover.userid, external_userid, resigned=resigned)
        call.facts.setdefault("accepted", []).append(external_userid)
    return {"external_userid": external_userid, "errcode": code}


def _item_code(call: Call, handover: Staff, takeover: Staff, external_userid: str, *, resigned: bool) -> int:
    corp = call.corp
    if external_userid not in corp.customers:
        return 40096
    waiting = book(corp).waiting.get((handover.row_key, external_userid))
    if waiting is not None:
        return 40100 if waiting.takeover.lower() == takeover.row_key else 40129
    row = corp.relation(handover.userid, external_userid)
    if row is None or row.half or row.left or (resigned and not _inheritable(call, handover)):
        return 40131
    if not resigned and often(corp, external_userid):
        return 40128
    return 40099 if is_full(corp, takeover.userid, external_userid) else 0


def _results(call: Call, handover: Staff, *, resigned: bool) -> Json:
    settle(call.corp, call.sim.senders[call.corp.corp_id])
    takeover = call.corp.staff.get(call.text("takeover_userid", missing=40063).lower())
    if takeover is None or not call.range.sees(takeover):
        raise Refusal(60111)
    rows = sorted(
        book(call.corp).by_pair.get((handover.row_key, takeover.row_key, resigned), {}).values(),
        key=lambda row: row.number,
    )
    after = unseal("transfer_result", call.text("cursor"))
    rest = [row for row in rows if after is None or row.number > after[0]]
    page = rest[: min(call.corp.habits.transfer_page, PER_PAGE)]
    more = seal("transfer_result", [page[-1].number]) if len(rest) > len(page) else ""
    return {"customer": [_result(row) for row in page], "next_cursor": more}


def _result(row: Transfer) -> Json:
    ends = row.due_at if row.status == WAITING else row.ended_at if row.status == 1 else 0
    return {"external_userid": row.external_userid, "status": row.status, "takeover_time": ends}


def _unassigned(row: list[object]) -> Json:
    return {"handover_userid": row[1], "external_userid": row[2], "dimission_time": row[0]}
