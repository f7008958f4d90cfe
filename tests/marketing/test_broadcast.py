"""The way of a broadcast: drafted, counted, sent through the members, confirmed by them, reported."""

import base64
import csv
import io
from typing import Any

import pytest
import requests

from scrm.core import clock
from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.core.outbox import publish
from scrm.core.reading import Reading
from scrm.events.conversation import ConversationsSeen
from scrm.identity.models import Role
from scrm.marketing.broadcasts.models import Broadcast, BroadcastMedia, BroadcastSlice
from tests.marketing.desk import ADD, EVERYBODY, Desk, soon
from tests.support.company import befriend
from tests.support.drawings import drawn
from tests.support.moved_clock import later
from tests.support.service import TestCorp as Corp

PNG = drawn(8, 8)


def tags_of(corp: Corp) -> dict[str, str]:
    groups = corp.sim.call("GET", f"/corps/{corp.corp_id}/state")["tag_groups"]
    return {tag["name"]: tag["id"] for group in groups for tag in group["tags"]}


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


def test_tags_are_joined_by_and_or_and_not(office: Desk) -> None:
    corp = office.corp
    people = {name: befriend(corp, "bob", name) for name in ("甲", "乙", "丙", "丁")}
    corp.act("add_tag_group", name="等级", tags=["VIP"])
    corp.act("add_tag_group", name="地区", tags=["北京", "上海"])
    for name, wanted in {"甲": ["VIP", "北京"], "乙": ["VIP", "上海"], "丙": ["VIP"], "丁": ["北京"]}.items():
        corp.act("edit_contact", userid="bob", external_userid=people[name], add_tags=wanted, quiet=True)
    corp.sync()
    tags = tags_of(corp)
    for audience, expected in (
        ({"all": ["VIP"]}, {"甲", "乙", "丙"}),
        ({"all": ["VIP"], "any": ["北京", "上海"]}, {"甲", "乙"}),
        ({"any": ["北京", "上海"], "none": ["VIP"]}, {"丁"}),
        ({"all": ["VIP", "北京"]}, {"甲"}),
        ({"none": ["VIP"], "everyone": True}, {"丁"}),
    ):
        body = {
            "audience": {
                name: [tags[tag] for tag in wanted] if isinstance(wanted, list) else wanted
                for name, wanted in audience.items()
            }
        }
        count = office.ask("/broadcasts/audience", body)
        assert {row["customer_name"] for row in count["preview"]} == expected, audience
        assert count["recipients"] == count["matched"] == len(expected)


def test_the_member_who_talked_last_sends(office: Desk) -> None:
    corp = office.corp
    talked, newest = befriend(corp, "bob", "聊过的"), befriend(corp, "bob", "新加的")
    for who in (talked, newest):
        corp.act("add_contact", userid="carl", external_userid=who, quiet=True)
    corp.sync()
    with transaction(corp.number) as session:
        now = clock.now()
        older = ConversationsSeen(latest=[("carl", talked, now.replace(year=2020)), ("BOB", talked, now)])
        publish(session, older)
        publish(session, ConversationsSeen(latest=[("bob", talked, now.replace(year=2019)), ("nobody", talked, now)]))
    corp.drain()
    through = {
        row["external_userid"]: row["userid"]
        for row in office.ask("/broadcasts/audience", {"audience": EVERYBODY})["preview"]
    }
    assert through[talked] == "bob"
    office.send()
    sent = {
        who: task["userid"]
        for message in office.messages(recipients=True)
        for task in message["tasks"]
        for who in task["recipients"]
    }
    assert sent == through


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


def test_our_own_quota_is_known_before_sending_and_left_out(office: Desk) -> None:
    corp = office.corp
    administrator = corp.console(Role.ADMINISTRATOR)
    answer = administrator.status("PUT", "/broadcasts/policy", {"quota": "day", "approval_above": 1000})
    assert answer.status_code == 200
    befriend(corp, "bob", "老客户")
    corp.sync()
    office.send()
    fresh = befriend(corp, "bob", "新客户")
    corp.sync()
    count = office.ask("/broadcasts/audience", {"audience": EVERYBODY})
    assert (count["matched"], count["recipients"], count["over_quota"]) == (2, 1, 1)
    assert count["quota"]["limit"] == 1 and count["quota"]["rule"] == "day"
    number = office.send(title="第二次")
    assert office.report(number) == {"audience": 2, "created": 1, "over_quota": 1}
    (_, last) = sorted(office.messages(recipients=True), key=lambda message: message["at"])
    assert last["tasks"][0]["recipients"] == [fresh]
    # On another day the quota is new.
    tomorrow = office.ask("/broadcasts/audience", {"audience": EVERYBODY, "send_at": soon(days=1)})
    assert tomorrow["over_quota"] == 0


def test_a_scheduled_broadcast_waits_for_its_time(desk: Desk) -> None:
    number = desk.send(send_at=soon(hours=2))
    assert desk.detail(number)["state"] == "scheduled" and desk.messages() == []
    with later(3600):
        desk.corp.drain()
        assert desk.messages() == []
    with later(7300):
        desk.corp.drain()
    assert desk.detail(number)["state"] == "collecting" and desk.messages()


def test_a_large_broadcast_needs_a_second_person(desk: Desk) -> None:
    corp = desk.corp
    administrator, colleague = corp.console(Role.ADMINISTRATOR), corp.console(Role.MARKETER)
    administrator.status("PUT", "/broadcasts/policy", {"quota": "month", "approval_above": 5})
    assert desk.ask("/broadcasts/audience", {"audience": EVERYBODY})["needs_approval"]
    number = desk.send()
    detail = desk.detail(number)
    assert detail["state"] == "waiting_approval" and not detail["may_approve"] and desk.messages() == []
    refused = desk.console.status("POST", f"/broadcasts/{number}/approve", {})
    assert refused.status_code == 403 and refused.json()["code"] == "second_person_needed"
    assert corp.console(Role.COMPLIANCE).status("POST", f"/broadcasts/{number}/approve", {}).status_code == 403
    rejected = colleague.status("POST", f"/broadcasts/{number}/reject", {"note": "措辞再改改"})
    assert rejected.status_code == 200 and rejected.json()["state"] == "draft"
    assert rejected.json()["report"]["audience"] == 0
    desk.ask(f"/broadcasts/{number}/submit")
    corp.drain()
    assert colleague.get(f"/broadcasts/{number}")["may_approve"]
    assert colleague.status("POST", f"/broadcasts/{number}/approve", {}).status_code == 200
    corp.drain()
    assert desk.detail(number)["state"] == "collecting" and desk.messages()
    verbs = [row.verb for row in corp.rows(AuditEvent, AuditEvent.subject == f"broadcast:{number}")]
    assert verbs == [
        "broadcast.created",
        "broadcast.submitted",
        "broadcast.planned",
        "broadcast.rejected",
        "broadcast.submitted",
        "broadcast.planned",
        "broadcast.approved",
        "broadcast.begun",
    ]


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


def test_a_scheduled_broadcast_that_is_cancelled_never_leaves(desk: Desk) -> None:
    number = desk.send(send_at=soon(hours=1))
    desk.ask(f"/broadcasts/{number}/cancel")
    with later(7200):
        desk.corp.drain()
    assert desk.messages() == []
    report = desk.report(number)
    assert report["cancelled"] == report["audience"]


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


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"text": "长" * 1334}, "text_too_long"),
        ({"text": "长" * 30_000}, "text_too_long"),
        ({"text": "  "}, "content_empty"),
        ({"audience": {"all": ["et-none"]}}, "tag_unknown"),
        ({"audience": {}}, "audience_not_chosen"),
        ({"send_at": "2020-01-01T00:00:00Z"}, "send_time_past"),
        ({"attachments": [{"kind": "image", "media_id": 99}]}, "media_not_found"),
        ({"attachments": [{"kind": "link", "title": "题" * 43, "url": "https://a.example"}]}, "field_too_long"),
        ({"attachments": [{"kind": "link", "title": "题", "url": "javascript:alert(1)"}]}, "link_invalid"),
        *(
            ({"attachments": [{"kind": "link", "title": "题", "url": url}]}, "link_invalid")
            for url in (
                "https://a.example/\r\nX: y",
                "https://qq.com@evil.example",
                "https://u:p@a.example/",
                "https://a.example/\u202egnp.exe",
                "https://a.example\\@b.example",
                "https://a .example",
                "https:///a",
                "https://a.example:99999",
            )
        ),
        (
            {
                "attachments": [
                    {"kind": "link", "title": "题", "url": "https://a.example", "picurl": "http://a@b.example"}
                ]
            },
            "link_invalid",
        ),
        ({"attachments": [{"kind": "video", "media_id": 1}]}, "validation_failed"),
        ({"attachments": [{"kind": "link", "title": "t", "url": "https://a.example"}] * 10}, "validation_failed"),
        ({"title": " "}, "validation_failed"),
        ({"send_at": "2030-01-01T00:00:00"}, "validation_failed"),
    ],
)
def test_bad_content_is_refused_with_its_limit(office: Desk, values: dict[str, Any], code: str) -> None:
    body = {"title": "标题", "text": "内容", "audience": EVERYBODY, **values}
    answer = office.console.status("POST", "/broadcasts", body)
    assert 400 <= answer.status_code < 500 and answer.json()["code"] == code, answer.text
    assert answer.json()["detail_zh"] and answer.json()["detail_en"]
    assert office.corp.rows(Broadcast) == []


def test_text_limit_counts_bytes_and_names_its_source(office: Desk) -> None:
    assert office.draft(text="长" * 1333)["id"]
    answer = office.console.status("POST", "/broadcasts", {"title": "t", "text": "长" * 1334, "audience": EVERYBODY})
    assert "4002" in answer.json()["detail_zh"] and "4000" in answer.json()["detail_zh"] and "92135" in answer.text


def test_an_audience_of_nobody_and_a_time_that_passed_are_said_at_submitting(office: Desk) -> None:
    office.corp.sync()
    empty: int = office.draft()["id"]
    answer = office.console.status("POST", f"/broadcasts/{empty}/submit", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "audience_empty")
    befriend(office.corp, "bob", "客户")
    office.corp.sync()
    late: int = office.draft(send_at=soon(minutes=30))["id"]
    with later(3600):
        answer = office.console.status("POST", f"/broadcasts/{late}/submit", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "send_time_past")
    assert office.messages() == [] and office.corp.rows(BroadcastSlice) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"GIF89a" + b"0" * 50, "picture_invalid"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 64, "picture_invalid"),
        (PNG[:41], "picture_invalid"),
        (drawn(8_000, 6_251), "picture_too_many_pixels"),
        (drawn(20_000, 10_000), "picture_too_many_pixels"),
        (b"\x89PN", "picture_size_wrong"),
        (PNG + b"0" * (10 * 2**20), "picture_size_wrong"),
    ],
)
def test_a_picture_of_the_wrong_kind_or_size_is_refused(office: Desk, data: bytes, code: str) -> None:
    body = {"filename": "a.png", "data": base64.b64encode(data).decode()}
    answer = office.console.status("POST", "/broadcasts/media", body)
    assert (answer.status_code, answer.json()["code"]) in {(422, code), (422, "validation_failed")}, answer.text
    assert office.corp.rows(BroadcastMedia) == []


def test_strangers_and_other_corps_see_nothing(desk: Desk, company: Corp) -> None:
    number = desk.send()
    stranger = company.console(Role.ADMINISTRATOR)
    for path in ("", "/senders", "/recipients", "/recipients.csv"):
        assert stranger.status("GET", f"/broadcasts/{number}{path}").status_code == 404, path
    for verb in ("submit", "approve", "pause", "resume", "cancel", "remind", "refresh"):
        assert stranger.status("POST", f"/broadcasts/{number}/{verb}", {}).status_code == 404, verb
    assert stranger.get("/broadcasts")["items"] == []
    sales = desk.corp.console(Role.SALES)
    assert sales.status("GET", "/broadcasts").status_code == 403
    assert sales.status("GET", f"/broadcasts/{number}").status_code == 403
    officer = desk.corp.console(Role.COMPLIANCE)
    assert officer.get(f"/broadcasts/{number}")["id"] == number
    assert officer.status("POST", "/broadcasts", {}).status_code == 403
    assert desk.console.status("PUT", "/broadcasts/policy", {"quota": "day"}).status_code == 403
    assert requests.get(f"{desk.console.web}/api/v1/broadcasts", timeout=5).status_code == 401


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
