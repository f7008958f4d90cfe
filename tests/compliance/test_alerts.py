"""A lost customer reaches the supervisor's phone; the rest of alerts is in `tests/rooms/alerts`."""

from scrm.shared.notices.models import Notice
from tests.support.company import befriend
from tests.support.service import TestCorp as Corp


def test_supervisor_gets_one_message(company: Corp) -> None:
    customer = befriend(company, "carl", "客户")
    company.sync()
    company.act("delete_contact", userid="carl", external_userid=customer)
    company.settle()
    assert {notice.userid for notice in company.rows(Notice, Notice.record == "alert")} == {"dora"}
    (card,) = company.sim.call("GET", f"/corps/{company.corp_id}/messages")["items"]
    assert card["touser"] in ("dora", ["dora"])
    (call,) = company.sim.ledger(company.corp_id, "message/send")
    assert call["args"]["enable_duplicate_check"] == 1
