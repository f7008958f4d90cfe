"""The way of a broadcast: drafted, counted, sent through the members, confirmed by them, reported."""

import base64
import csv
import io
from typing import Any

import pytest

from scrm.core import clock
from scrm.core.db import transaction
from scrm.core.reading import Reading
from scrm.marketing.broadcasts.models import BroadcastMedia
from tests.marketing.desk import ADD, Desk
from tests.support.company import befriend
from tests.support.drawings import drawn
from tests.support.moved_clock import later

PNG = drawn(8, 8)


def test_nothing_reaches_a_customer_before_the_member_confirms(desk: Desk) -> None:
    number = desk.send()
    detail = desk.detail(number)
    audience = detail["report"]["audience"]
    assert detail["state"] == "collecting" and audience > 0
    assert desk.report(number) == {"audience": audience, "created": audience}
    desk.confirm()
    desk.poll(number)
    assert desk.detail(number)["state"] == "finished"
    report = desk.report(number)
    assert report["delivered"] + report.get("not_a_friend", 0) == audience
    progress = desk.detail(number)["progress"]
    assert progress["senders_confirmed"] == progress["senders"] == progress["calls_created"]


def test_each_customer_once_and_by_one_call_per_member(desk: Desk) -> None:
    number = desk.send()
    messages = desk.messages(recipients=True)
    reached = [who for message in messages for task in message["tasks"] for who in task["recipients"]]
    assert len(reached) == len(set(reached)) == desk.detail(number)["report"]["audience"]
    senders = [task["userid"] for message in messages for task in message["tasks"]]
    assert len(senders) == len(set(senders)) == len(desk.corp.sim.ledger(desk.corp.corp_id, ADD))


def test_who_is_no_friend_any_more_or_full_is_reported_with_the_reason(office: Desk) -> None:
    corp = office.corp
    office.habits(dispatch_seconds=0, group_send_seconds=0, group_quota="day")
    fine, gone, full, dropped = (befriend(corp, "bob", name) for name in ("好", "删了我", "收满了", "被删"))
    corp.sync()
    corp.act("delete_contact", userid="bob", external_userid=dropped, quiet=True)
    number = office.send()
    assert office.report(number) == {"audience": 4, "created": 3, "unsendable": 1}
    corp.act("send_group_message", userid="bob", text="自己发", customers=[full])
    corp.act("customer_deletes", userid="bob", external_userid=gone, quiet=True)
    office.confirm()
    office.poll(number)
    expected = {"audience": 4, "delivered": 1, "not_a_friend": 1, "quota_at_wecom": 1, "unsendable": 1}
    assert office.report(number) == expected
    states = {row["external_userid"]: row["state"] for row in office.recipients(number)}
    assert states == {fine: "delivered", gone: "not_a_friend", full: "quota_at_wecom", dropped: "unsendable"}
    (row,) = office.recipients(number, state="delivered")
    assert row["sent_at"] is not None and row["staff_name"] == "鲍勃"


def test_paused_broadcast_sends_nothing_more_and_goes_on_where_it_stood(desk: Desk) -> None:
    number: int = desk.draft()["id"]
    desk.fails("errcode", errcode=45009, next=1)
    desk.ask(f"/broadcasts/{number}/submit")
    desk.corp.drain()
    before = len(desk.messages())
    assert desk.detail(number)["state"] == "sending" and desk.report(number)["planned"]
    desk.ask(f"/broadcasts/{number}/pause")
    with later(120):
        desk.corp.drain()
    assert len(desk.messages()) == before and desk.detail(number)["state"] == "paused"
    desk.ask(f"/broadcasts/{number}/resume")
    with later(120):
        desk.corp.drain()
    assert desk.detail(number)["state"] == "collecting"
    reached = [who for row in desk.messages(recipients=True) for task in row["tasks"] for who in task["recipients"]]
    assert len(reached) == len(set(reached)) == desk.detail(number)["report"]["audience"]


def test_cancelled_broadcast_takes_unconfirmed_tasks_back(office: Desk) -> None:
    corp = office.corp
    for userid in ("bob", "carl", "dora"):
        befriend(corp, userid, f"{userid} 的客户")
    corp.sync()
    number = office.send()
    quick = next(row for row in office.messages() if row["tasks"][0]["userid"] == "bob")
    corp.act("confirm_group_message", msgid=quick["msgid"], userid="bob")
    office.ask(f"/broadcasts/{number}/cancel")
    corp.drain()
    with later(30):
        corp.drain()
    assert office.report(number) == {"audience": 3, "delivered": 1, "cancelled": 2}
    assert sorted(row["cancelled"] for row in office.messages())[1:] == [True, True]
    detail = office.detail(number)
    assert detail["state"] == "cancelled" and detail["finished_at"] is not None


def test_a_cancel_after_the_member_has_sent_waits_for_what_they_sent(office: Desk) -> None:
    for name in ("甲", "乙"):
        befriend(office.corp, "bob", name)
    office.corp.sync()
    office.habits(group_send_seconds=60)
    number = office.send()
    office.confirm()
    office.ask(f"/broadcasts/{number}/cancel")
    for minutes in (1, 2):
        with later(60.0 * minutes):
            office.corp.drain()
    assert office.report(number) == {"audience": 2, "created": 2}
    office.habits(group_send_seconds=0)
    with later(240):
        office.corp.drain()
    assert office.report(number) == {"audience": 2, "delivered": 2}
    assert office.detail(number)["finished_at"] is not None


def test_a_task_that_wecom_does_not_stop_is_watched_on(office: Desk) -> None:
    befriend(office.corp, "bob", "甲")
    office.corp.sync()
    number = office.send()
    office.fails("errcode", match="externalcontact/cancel_groupmsg_send", errcode=41048, next=1)
    office.ask(f"/broadcasts/{number}/cancel")
    with later(30):
        office.corp.drain()
    assert office.report(number) == {"audience": 1, "created": 1}
    office.confirm()
    with later(90):
        office.corp.drain()
    assert office.report(number) == {"audience": 1, "delivered": 1}


def test_a_cancel_goes_through_in_bad_weather(office: Desk) -> None:
    for userid in ("bob", "carl", "dora"):
        befriend(office.corp, userid, f"{userid} 的客户")
    office.corp.sync()
    number = office.send()
    paths = ("externalcontact/cancel_groupmsg_send", "externalcontact/get_groupmsg_task")
    office.corp.sim.misfortunes(
        *({"match": path, "kind": "html502", "next": 2, "corp_id": office.corp.corp_id} for path in paths)
    )
    office.ask(f"/broadcasts/{number}/cancel")
    for minutes in range(1, 5):
        with later(60.0 * minutes):
            office.corp.drain()
    assert office.report(number) == {"audience": 3, "cancelled": 3}
    assert office.detail(number)["finished_at"] is not None


def test_a_step_that_fails_holds_up_nobody_and_is_tried_again(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    befriend(office.corp, "bob", "客户")
    office.corp.sync()
    number: int = office.draft()["id"]
    office.ask(f"/broadcasts/{number}/submit")
    with monkeypatch.context() as patch:
        patch.setattr("scrm.marketing.broadcasts.actions.sending.store", lambda *_, **__: 1 // 0)
        office.corp.drain()
    detail = office.detail(number)
    assert detail["state"] == "planning" and "ZeroDivisionError" in detail["reason"]
    with later(90):
        office.corp.drain()
    assert office.detail(number)["state"] == "collecting" and office.detail(number)["reason"] is None


def test_three_reminders_in_a_day_and_the_page_knows(office: Desk) -> None:
    corp = office.corp
    befriend(corp, "bob", "一"), befriend(corp, "carl", "二")
    corp.sync()
    number = office.send()
    path = f"/broadcasts/{number}/remind"
    assert office.ask(path, {"userids": ["BOB"]}) == {"reminded": 1}
    for _ in range(2):
        assert office.ask(path) == {"reminded": 2}
        corp.drain()
    assert office.ask(path) == {"reminded": 1}
    refused = office.console.status("POST", path, {})
    assert refused.status_code == 409 and refused.json()["code"] == "remind_limit" and "97610" in refused.text
    corp.drain()
    assert sorted(row["reminders"] for row in office.messages()) == [3, 3]
    senders = office.console.get(f"/broadcasts/{number}/senders")["items"]
    assert {row["userid"]: row["reminders_left"] for row in senders} == {"bob": 0, "carl": 0}
    with later(86_500):
        assert office.console.get(f"/broadcasts/{number}/senders")["items"][0]["reminders_left"] == 3


def test_staff_who_never_send_are_said_to_have_not(desk: Desk) -> None:
    number = desk.send()
    with later(16 * 86_400):
        desk.corp.drain()
    assert desk.detail(number)["state"] == "finished"
    report = desk.report(number)
    assert report["unconfirmed"] == report["audience"]


def test_a_picture_is_put_at_wecom_once_and_anew_when_it_ended(desk: Desk) -> None:
    upload = {"filename": "海报.png", "data": base64.b64encode(PNG).decode()}
    media = desk.ask("/broadcasts/media", upload)
    image = desk.console.http.get(f"{desk.console.web}/api/v1/broadcasts/media/{media['id']}", timeout=5)
    assert image.headers["Cache-Control"] == "private, no-store"
    assert image.content == PNG and image.headers["Content-Type"] == "image/png"
    attachments: list[dict[str, Any]] = [
        {"kind": "image", "media_id": media["id"]},
        {"kind": "link", "title": "新品", "url": "https://example.com/n", "desc": "", "picurl": ""},
        {"kind": "miniprogram", "title": "商城", "appid": "wx1", "page": "index", "media_id": media["id"]},
    ]
    number = desk.send(attachments=attachments)
    assert desk.detail(number)["state"] == "collecting"
    message = desk.messages()[0]
    assert [part["msgtype"] for part in message["attachments"]] == ["image", "link", "miniprogram"]
    desk.send(title="再来一次", attachments=attachments)
    assert len(desk.corp.sim.ledger(desk.corp.corp_id, "media/upload")) == 1
    with later(3 * 86_400):
        desk.send(title="三天后", attachments=attachments)
    assert len(desk.corp.sim.ledger(desk.corp.corp_id, "media/upload")) == 2


def test_a_picture_that_wecom_forgot_is_put_there_again(desk: Desk) -> None:
    media = desk.ask("/broadcasts/media", {"filename": "a.png", "data": base64.b64encode(PNG).decode()})
    with transaction(desk.corp.number) as session:
        row = session.get_one(BroadcastMedia, media["id"])
        row.media_id, row.uploaded_at = "3-gone", clock.now()
    number = desk.send(attachments=[{"kind": "image", "media_id": media["id"]}])
    for minutes in range(1, 6):
        with later(60 * minutes):
            desk.corp.drain()
    assert desk.detail(number)["state"] == "collecting", desk.detail(number)
    assert len(desk.corp.sim.ledger(desk.corp.corp_id, "media/upload")) >= 1


def test_the_table_for_a_spreadsheet_holds_everybody_and_no_formula(office: Desk) -> None:
    corp = office.corp
    befriend(corp, "bob", "=HYPERLINK(1)"), befriend(corp, "carl", "普通客户")
    corp.sync()
    number = office.send()
    answer = office.console.http.get(f"{office.console.web}/api/v1/broadcasts/{number}/recipients.csv", timeout=10)
    assert answer.headers["Content-Type"].startswith("text/csv") and answer.content.startswith(b"\xef\xbb\xbf")
    heading, *rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2 and heading[1] == "客户"
    assert {row[1] for row in rows} == {"'=HYPERLINK(1)", "普通客户"} and {row[4] for row in rows} == {"待员工发送"}
    assert "broadcast.exported" in [row.verb for row in corp.rows(Reading)]


def test_pages_of_recipients_hold_each_once(desk: Desk) -> None:
    number = desk.send()
    audience = desk.detail(number)["report"]["audience"]
    found = desk.recipients(number, limit=7)
    assert len(found) == len({row["external_userid"] for row in found}) == audience
    userid = found[0]["userid"]
    part = desk.recipients(number, limit=2, userid=userid, state="created")
    assert part == [row for row in found if row["userid"] == userid]
    page = desk.console.get(f"/broadcasts/{number}/recipients", state="delivered")
    assert page == {"items": [], "total": 0, "total_capped": False, "next_cursor": None}


def test_a_change_is_seen_by_the_pulse(desk: Desk) -> None:
    token = desk.console.get("/pulse")["token"]
    number = desk.send()
    assert "broadcasts" in desk.console.get("/pulse", since=token)["changed"]
    token = desk.console.get("/pulse")["token"]
    desk.confirm()
    desk.poll(number)
    assert "broadcasts" in desk.console.get("/pulse", since=token)["changed"]


def test_the_workbench_says_what_waits(desk: Desk) -> None:
    number = desk.send()
    before = desk.console.get("/broadcasts/summary")
    assert before["under_way"] == 1 and before["waiting_for_staff"] == desk.detail(number)["progress"]["senders"]
    desk.confirm()
    desk.poll(number)
    after = desk.console.get("/broadcasts/summary")
    assert after["under_way"] == 0 and after["delivered_this_month"] == desk.report(number)["delivered"]
