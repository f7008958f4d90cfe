"""Addresses of pages about one thing, which is made where there is none yet."""

import datetime as dt
import time
from functools import cache

from scrm.compliance.handovers.models import Handover
from scrm.core import clock
from scrm.core.db import transaction
from scrm.customers.file.models import Customer, FollowRelation
from scrm.customers.groups.models import GroupChat
from scrm.identity import conclusion
from scrm.identity.admission import Threat
from scrm.identity.models import Staff
from tests.e2e.conftest import PASSWORD, PEOPLE, a_conversation, a_customer_of, busiest
from tests.marketing.desk import Desk
from tests.support.patience import until
from tests.support.service import Console
from tests.support.service import TestCorp as Corp


def address(corp: Corp, path: str) -> str:
    """The path, with a number or an id where it says "one"."""
    if path == "/broadcasts/one":
        return f"/broadcasts/{_broadcast(corp)}"
    if path == "/broadcasts/later":
        return f"/broadcasts/{_later(corp)}"
    if path == "/broadcasts/one/edit":
        return f"/broadcasts/{_draft(corp)}/edit"
    if path == "/handovers/one":
        return f"/handovers/{_handover(corp)}"
    if path == "/members/held":
        _hold(corp)
        return "/members"
    if path == "/customers/groups/one":
        return f"/customers/groups/{corp.rows(GroupChat)[0].chat_id}"
    if path == "/messages/one":
        return f"/messages?c={a_conversation(corp)}"
    if path == "/customers/number":
        relation = next(row for row in corp.rows(FollowRelation) if row.remark_mobiles and row.ended_at is None)
        customer = next(row for row in corp.rows(Customer) if row.id == relation.customer_id)
        return f"/customers/{customer.external_userid}"
    if path not in {"/customers/one", "/sidebar"}:
        return path
    one = a_customer_of(corp, busiest(corp), 8)["external_userid"]
    return f"/customers/{one}" if path != "/sidebar" else f"/sidebar?external_userid={one}"


def desk(corp: Corp) -> Desk:
    return Desk(corp, Console.signed_in(corp.web, PEOPLE["marketer"], PASSWORD))


@cache
def _hold(corp: Corp) -> None:
    """Departures that wait for a word: half of the corp."""
    staff = corp.rows(Staff)
    departures = {str(row.id): "left" for row in staff[: len(staff) // 2]}
    with transaction(corp.number) as session:
        threat = Threat(lost=1, total=1, last_administrator=False)
        conclusion.hold(session, 1, departures, threat)


@cache
def _draft(corp: Corp) -> int:
    number: int = desk(corp).draft(title="还没写完")["id"]
    return number


@cache
def _later(corp: Corp) -> int:
    """A broadcast that waits for tomorrow."""
    marketer = desk(corp)
    number: int = marketer.draft(send_at=(clock.now() + dt.timedelta(days=1)).isoformat())["id"]
    marketer.ask(f"/broadcasts/{number}/submit")
    return number


@cache
def _broadcast(corp: Corp) -> int:
    """A broadcast of which one member has sent their part."""
    marketer = desk(corp)
    number = marketer.send()
    while marketer.detail(number)["state"] != "collecting":  # the worker's thread has a part of the calls
        time.sleep(0.05)
    message = next(row for row in marketer.messages() if row["tasks"][0]["status"] == 0)
    corp.act("confirm_group_message", msgid=message["msgid"], userid=message["tasks"][0]["userid"])
    return number


def _handover(corp: Corp) -> int:
    """The newest handover; a member who leaves makes one if there is none."""
    known = corp.rows(Handover)
    if not known:
        staff = corp.sim.call("GET", f"/corps/{corp.corp_id}/state")["staff"]
        leaver = next(row for row in staff if row["in_service"] and row["userid"] != busiest(corp) and not row["leads"])
        corp.act("resign", userid=leaver["userid"])
        known = until(lambda: corp.rows(Handover), "the handover does not begin")
    number: int = known[-1].id
    return number
