"""Broadcasts before they leave: what is refused, who is meant, who must agree, when they go, who may see them."""

import base64
from typing import Any

import pytest

from scrm.contracts.archive import ConversationsSeen
from scrm.core import clock
from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.core.outbox import publish
from scrm.identity.models import Role
from scrm.marketing.broadcasts.models import Broadcast, BroadcastMedia, BroadcastSlice
from scrm.wecom.port.group_messages import GroupMessageReceipt, GroupMessages
from tests.rooms.given import Given
from tests.rooms.house import Console, House
from tests.rooms.wecom import Wecom
from tests.support.drawings import drawn
from tests.support.moved_clock import later

EVERYBODY: dict[str, Any] = {"everyone": True}
PNG = drawn(8, 8)
ADD = GroupMessages.add_msg_template


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def desk(house: House) -> Console:
    """A marketer's."""
    return house.console(Role.MARKETER)


def ask(console: Console, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """A POST that must go well."""
    answer = console.status("POST", path, body or {})
    assert answer.status_code < 300, answer.text
    made: dict[str, Any] = answer.json()
    return made


def submitted(house: House, given: Given, desk: Console, **values: Any) -> int:
    number = given.broadcast(desk, **values)
    ask(desk, f"/broadcasts/{number}/submit")
    house.deliver()
    return number


def soon(seconds: float) -> str:
    return clock.from_unix(int(clock.now().timestamp() + seconds)).isoformat()


def test_tags_are_joined_by_and_or_and_not(given: Given, desk: Console) -> None:
    tags = {name: given.tag(name, group=group) for name, group in (("VIP", "等级"), ("北京", "地区"), ("上海", "地区"))}
    for name, worn in {"甲": ["VIP", "北京"], "乙": ["VIP", "上海"], "丙": ["VIP"], "丁": ["北京"]}.items():
        given.customer(name, of="bob", tag_ids=[tags[tag] for tag in worn])
    for audience, expected in (
        ({"all": ["VIP"]}, {"甲", "乙", "丙"}),
        ({"all": ["VIP"], "any": ["北京", "上海"]}, {"甲", "乙"}),
        ({"any": ["北京", "上海"], "none": ["VIP"]}, {"丁"}),
        ({"all": ["VIP", "北京"]}, {"甲"}),
        ({"none": ["VIP"], "everyone": True}, {"丁"}),
    ):
        wanted = {
            name: [tags[tag] for tag in value] if isinstance(value, list) else value for name, value in audience.items()
        }
        count = ask(desk, "/broadcasts/audience", {"audience": wanted})
        assert {row["customer_name"] for row in count["preview"]} == expected, audience
        assert count["recipients"] == count["matched"] == len(expected)


def test_the_member_who_talked_last_sends(house: House, given: Given, wecom: Wecom, desk: Console) -> None:
    talked = given.customer("聊过的", of=["bob", "carl"])
    with transaction(house.number) as session:
        now = clock.now()
        older = ConversationsSeen(latest=[("carl", talked, now.replace(year=2020)), ("BOB", talked, now)])
        publish(session, older)
        publish(session, ConversationsSeen(latest=[("bob", talked, now.replace(year=2019)), ("nobody", talked, now)]))
    house.deliver()
    (row,) = ask(desk, "/broadcasts/audience", {"audience": EVERYBODY})["preview"]
    assert row["userid"] == "bob"
    submitted(house, given, desk)
    (call,) = wecom.asked(ADD)
    assert (call["sender"], call["external_userids"]) == ("bob", [talked])


def test_our_own_quota_is_known_before_sending_and_left_out(
    house: House, given: Given, wecom: Wecom, desk: Console
) -> None:
    administrator = house.console(Role.ADMINISTRATOR)
    policy = {"quota": "day", "approval_above": 1000}
    assert administrator.status("PUT", "/broadcasts/policy", policy).status_code == 200
    given.customer("老客户", of="bob")
    submitted(house, given, desk)
    wecom.answered(ADD, GroupMessageReceipt(msgid="m-1", fail_list=[]))
    fresh = given.customer("新客户", of="bob")
    count = ask(desk, "/broadcasts/audience", {"audience": EVERYBODY})
    assert (count["matched"], count["recipients"], count["over_quota"]) == (2, 1, 1)
    assert count["quota"]["limit"] == 1 and count["quota"]["rule"] == "day"
    number = submitted(house, given, desk, title="第二次")
    assert wecom.answered(ADD, GroupMessageReceipt(msgid="m-2", fail_list=[]))["external_userids"] == [fresh]
    report = {name: size for name, size in desk.get(f"/broadcasts/{number}")["report"].items() if size}
    assert report == {"audience": 2, "created": 1, "over_quota": 1}
    # On another day the quota is new.
    tomorrow = ask(desk, "/broadcasts/audience", {"audience": EVERYBODY, "send_at": soon(86_400)})
    assert tomorrow["over_quota"] == 0


def test_a_scheduled_broadcast_waits_for_its_time(house: House, given: Given, wecom: Wecom, desk: Console) -> None:
    given.customer("甲", of="bob")
    number = submitted(house, given, desk, send_at=soon(7200))
    assert desk.get(f"/broadcasts/{number}")["state"] == "scheduled"
    with later(3600):
        house.deliver()
        assert wecom.asked(ADD) == []
    with later(7300):
        house.deliver()
        wecom.answered(ADD, GroupMessageReceipt(msgid="m-1", fail_list=[]))
    assert desk.get(f"/broadcasts/{number}")["state"] == "collecting"


def test_a_scheduled_broadcast_that_is_cancelled_never_leaves(
    house: House, given: Given, wecom: Wecom, desk: Console
) -> None:
    given.customer("甲", of="bob")
    number = submitted(house, given, desk, send_at=soon(3600))
    ask(desk, f"/broadcasts/{number}/cancel")
    with later(7200):
        house.deliver()
        assert wecom.asked(ADD) == []
    report = desk.get(f"/broadcasts/{number}")["report"]
    assert report["cancelled"] == report["audience"] == 1


def test_a_large_broadcast_needs_a_second_person(house: House, given: Given, wecom: Wecom, desk: Console) -> None:
    for number in range(6):
        given.customer(f"客户{number}", of="bob")
    administrator, colleague = house.console(Role.ADMINISTRATOR), house.console(Role.MARKETER)
    administrator.status("PUT", "/broadcasts/policy", {"quota": "month", "approval_above": 5})
    assert ask(desk, "/broadcasts/audience", {"audience": EVERYBODY})["needs_approval"]
    number = submitted(house, given, desk)
    detail = desk.get(f"/broadcasts/{number}")
    assert detail["state"] == "waiting_approval" and not detail["may_approve"] and wecom.asked(ADD) == []
    waits = detail["approval"]
    assert (waits["kind"], waits["may_decide"], waits["may_withdraw"]) == ("large_broadcast", False, True)
    assert colleague.get(f"/broadcasts/{number}")["approval"]["may_decide"]
    refused = desk.status("POST", f"/broadcasts/{number}/approve", {})
    assert refused.status_code == 403 and refused.json()["code"] == "second_person_needed"
    assert house.console(Role.COMPLIANCE).status("POST", f"/broadcasts/{number}/approve", {}).status_code == 403
    rejected = colleague.status("POST", f"/broadcasts/{number}/reject", {"note": "措辞再改改"})
    assert rejected.status_code == 200 and rejected.json()["state"] == "draft"
    assert rejected.json()["report"]["audience"] == 0 and rejected.json()["approval"] is None
    ask(desk, f"/broadcasts/{number}/submit")
    house.deliver()
    ask(desk, f"/broadcasts/{number}/reject", {"note": "还想改改"})  # one's own is taken back by the same address
    ask(desk, f"/broadcasts/{number}/submit")
    house.deliver()
    assert colleague.get(f"/broadcasts/{number}")["may_approve"]
    assert colleague.status("POST", f"/broadcasts/{number}/approve", {}).status_code == 200
    house.deliver()
    wecom.answered(ADD, GroupMessageReceipt(msgid="m-1", fail_list=[]))
    assert desk.get(f"/broadcasts/{number}")["state"] == "collecting"
    trail = house.rows(AuditEvent, AuditEvent.subject == f"broadcast:{number}")
    once = ["submitted", "planned"]
    verbs = ["created", *once, "rejected", *once, "rejected", *once, "approved", "begun", "tasks_created"]
    assert [row.verb for row in trail] == [f"broadcast.{verb}" for verb in verbs]
    assert trail[-1].facts == {"slices": {"accepted": 1}}  # of what the service did to slices one event, with counts


def test_an_audience_of_nobody_and_a_time_that_passed_are_said_at_submitting(
    house: House, given: Given, wecom: Wecom, desk: Console
) -> None:
    empty = given.broadcast(desk)
    answer = desk.status("POST", f"/broadcasts/{empty}/submit", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "audience_empty")
    given.customer("客户", of="bob")
    late = given.broadcast(desk, send_at=soon(1800))
    with later(3600):
        answer = desk.status("POST", f"/broadcasts/{late}/submit", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "send_time_past")
    assert wecom.asked(ADD) == [] and house.rows(BroadcastSlice) == []


def test_strangers_and_other_corps_see_nothing(house: House, neighbour: House, given: Given, desk: Console) -> None:
    given.customer("甲", of="bob")
    number = submitted(house, given, desk)
    stranger = neighbour.console(Role.ADMINISTRATOR)
    for path in ("", "/senders", "/recipients", "/recipients.csv"):
        assert stranger.status("GET", f"/broadcasts/{number}{path}").status_code == 404, path
    for verb in ("submit", "approve", "pause", "resume", "cancel", "remind", "refresh"):
        assert stranger.status("POST", f"/broadcasts/{number}/{verb}", {}).status_code == 404, verb
    assert stranger.get("/broadcasts")["items"] == []
    sales = house.console(Role.SALES)
    assert sales.status("GET", "/broadcasts").status_code == 403
    assert sales.status("GET", f"/broadcasts/{number}").status_code == 403
    officer = house.console(Role.COMPLIANCE)
    assert officer.get(f"/broadcasts/{number}")["id"] == number
    assert officer.status("POST", "/broadcasts", {}).status_code == 403
    assert desk.status("PUT", "/broadcasts/policy", {"quota": "day"}).status_code == 403
    assert house.stranger().get("/api/v1/broadcasts").status_code == 401


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
def test_bad_content_is_refused_with_its_limit(house: House, desk: Console, values: dict[str, Any], code: str) -> None:
    body = {"title": "标题", "text": "内容", "audience": EVERYBODY, **values}
    answer = desk.status("POST", "/broadcasts", body)
    assert 400 <= answer.status_code < 500 and answer.json()["code"] == code, answer.text
    assert answer.json()["detail_zh"] and answer.json()["detail_en"]
    assert house.rows(Broadcast) == []


def test_text_limit_counts_bytes_and_names_its_source(given: Given, desk: Console) -> None:
    assert given.broadcast(desk, text="长" * 1333)
    answer = desk.status("POST", "/broadcasts", {"title": "t", "text": "长" * 1334, "audience": EVERYBODY})
    assert "4002" in answer.json()["detail_zh"] and "4000" in answer.json()["detail_zh"] and "92135" in answer.text


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
def test_a_picture_of_the_wrong_kind_or_size_is_refused(house: House, desk: Console, data: bytes, code: str) -> None:
    body = {"filename": "a.png", "data": base64.b64encode(data).decode()}
    answer = desk.status("POST", "/broadcasts/media", body)
    assert (answer.status_code, answer.json()["code"]) in {(422, code), (422, "validation_failed")}, answer.text
    assert house.rows(BroadcastMedia) == []
