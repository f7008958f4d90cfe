"""The callback endpoint over HTTP, as WeCom and as the rest of the world see it."""

import secrets
import time

import pytest
import requests
from requests import Response

from scrm.compliance.alerts.models import Alert
from scrm.core.db import corp_schema
from scrm.customers.file.models import Customer, FollowRelation, TimelineEntry
from scrm.identity.models import Role
from scrm.marketing.welcomes.models import Welcome
from scrm.wecom.models import InboxRow
from tests.support import database, foreign
from tests.support.company import befriend
from tests.support.foreign import Envelope, ForeignApp
from tests.support.service import TestCorp as Corp


def other_side(corp: Corp, app: str = "customer") -> ForeignApp:
    """The app's settings as the other implementation holds them."""
    (found,) = (item for item in corp.sim.corp_file(corp.corp_id)["apps"] if item["key"] == app)
    return ForeignApp(corp.corp_id, found["token"], found["aes_key"])


def added(external_userid: str, **fields: str) -> str:
    return foreign.event("add_external_contact", UserID="zhangsan", ExternalUserID=external_userid, **fields)


def refused(answer: Response, status: int, code: str) -> None:
    """A problem document that tells a stranger the same whatever was wrong within its kind."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.text
    problem = answer.json()
    assert sorted(problem) == ["code", "detail_en", "detail_zh", "status", "title", "type"]
    assert (problem["status"], problem["code"]) == (status, code)


def test_address_check_answers_the_bare_echo(corp: Corp) -> None:
    with database.locked(f"{corp_schema(corp.number)}.wecom_inbox"):  # WeCom waits for a second: nothing is waited for
        for message in ("1616140317555161061", "你好"):
            answer = requests.get(corp.callback_address(), other_side(corp).echo(message), timeout=30)
            assert (answer.status_code, answer.content.decode()) == (200, message)


def test_address_check_survives_a_proxy_that_blanks_plus_signs(corp: Corp) -> None:
    app = other_side(corp)
    query = next(query for query in iter(lambda: app.echo("1616140317555161061"), None) if "+" in query["echostr"])
    blanked = {**query, "echostr": query["echostr"].replace("+", " ")}
    assert requests.get(corp.callback_address(), blanked, timeout=5).text == "1616140317555161061"


@pytest.mark.parametrize("length", [0, 1, 26, 58, 59, 60])
def test_callback_of_another_implementation_is_stored_and_shown(corp: Corp, length: int) -> None:
    external_userid = "wm" + "客" * length
    answer = foreign.post(corp.callback_address(), other_side(corp).seal(added(external_userid)))
    assert (answer.status_code, answer.content) == (200, b"")
    corp.drain()
    (shown,) = corp.console(Role.ADMINISTRATOR).get("/callbacks")["items"]
    assert (shown["state"], shown["app"]) == ("done", "customer")
    assert (shown["external_userid"], shown["userid"]) == (external_userid, "zhangsan")


def test_same_plaintext_under_a_new_nonce_is_one_row(corp: Corp) -> None:
    app, message = other_side(corp), added("wmA")
    first, second = app.seal(message), app.seal(message)
    assert first.body != second.body
    assert [foreign.post(corp.callback_address(), sealed).status_code for sealed in (first, second, first)] == [200] * 3
    assert len(corp.rows(InboxRow)) == 1


def test_second_edit_of_the_same_second_is_read_though_its_callback_is_the_same(company: Corp) -> None:
    customer = befriend(company, "bob", "客户")
    company.sync()
    message = foreign.event("edit_external_contact", UserID="bob", ExternalUserID=customer, CreateTime="1700000000")
    for remark in ("第一次", "第二次"):
        company.act("edit_contact", userid="bob", external_userid=customer, remark=remark, quiet=True)
        assert foreign.post(company.callback_address(), other_side(company).seal(message)).ok
        company.drain()
        assert [relation.remark for relation in company.rows(FollowRelation)] == [remark]
    assert [row.state for row in company.rows(InboxRow)] == ["done"]
    assert len(company.rows(TimelineEntry, TimelineEntry.kind == "edited")) == 1


def test_repetition_of_what_happens_once_asks_nothing(company: Corp) -> None:
    customer = befriend(company, "bob", "客户")
    message = foreign.event("del_external_contact", UserID="bob", ExternalUserID=customer, CreateTime="1700000000")
    handled = []
    for _ in range(2):
        assert foreign.post(company.callback_address(), other_side(company).seal(message)).ok
        company.drain()
        handled += [(row.state, row.handled_at) for row in company.rows(InboxRow)]
    assert handled[0] == handled[1] and len(handled) == 2
    assert len(company.sim.ledger(company.corp_id, "externalcontact/get")) == 1


def test_two_customers_of_the_same_second_are_two_rows(corp: Corp) -> None:
    for external_userid in ("wmA", "wmB"):
        assert foreign.post(corp.callback_address(), other_side(corp).seal(added(external_userid))).ok
    corp.drain()
    assert len(corp.rows(InboxRow)) == 2
    assert {customer.external_userid for customer in corp.rows(Customer)} == {"wmA", "wmB"}


def test_same_event_through_two_apps_is_one_alert_and_one_welcome(corp: Corp) -> None:
    gone = foreign.event("del_external_contact", UserID="zhangsan", ExternalUserID="wmA", CreateTime="1700000000")
    for app in ("customer", "assistant"):
        greeting = added("wmA", WelcomeCode=f"code-for-{app}")
        for message in (greeting, gone):
            assert foreign.post(corp.callback_address(app), other_side(corp, app).seal(message)).ok
    corp.drain()
    assert len(corp.rows(InboxRow)) == 4
    assert len(corp.rows(Alert)) == 1
    assert len(corp.rows(Welcome)) == 1


def test_body_over_64_kilobytes_is_refused_before_it_is_opened(corp: Corp) -> None:
    app = other_side(corp)
    refused(foreign.post(corp.callback_address(), app.seal(b"x" * 50_000)), 413, "too_large")
    assert foreign.post(corp.callback_address(), app.seal(b"x" * 47_000)).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>', "xml_unreadable"),
        ("<xml>" * 10_000, "xml_unreadable"),
        ("<xml><ToUserName>x</ToUserName></xml>", "encrypt_missing"),
        ("<xml><Encrypt><a/></Encrypt></xml>", "encrypt_missing"),
        ('{"encrypt": "x"}', "xml_unreadable"),
        ("", "xml_unreadable"),
    ],
    ids=["doctype", "nesting", "no-encrypt", "element-for-text", "json", "empty"],
)
def test_what_is_no_envelope_is_refused(corp: Corp, body: str, code: str) -> None:
    sealed = Envelope(other_side(corp).seal("x").query, body.encode() or b" ")
    refused(foreign.post(corp.callback_address(), sealed), 400, code)


def test_signature_key_or_receiver_of_another_corp_is_refused(corp: Corp) -> None:
    app = other_side(corp)
    stranger = ForeignApp(app.corp_id, secrets.token_hex(8), app.aes_key)
    refused(foreign.post(corp.callback_address(), stranger.seal(added("wmA"))), 403, "crypt-40001")
    refused(foreign.post(corp.callback_address(), app.seal(added("wmA"), receiveid="ww-other")), 403, "crypt-40005")
    refused(foreign.post(corp.callback_address("assistant"), app.seal(added("wmA"))), 403, "crypt-40001")
    signed = app.seal(added("wmA"))
    unsigned = Envelope({**signed.query, "msg_signature": ""}, signed.body)
    refused(foreign.post(corp.callback_address(), unsigned), 403, "crypt-40001")
    assert corp.rows(InboxRow) == []


def test_address_of_nobody_is_not_found(corp: Corp) -> None:
    sealed = other_side(corp).seal(added("wmA"))
    base = f"{corp.web}/wecom/callback"
    for path in (f"{corp.corp_id}/none", "ww-none/customer", corp.corp_id, f"{corp.corp_id}/customer/more", ""):
        refused(foreign.post(f"{base}/{path}", sealed), 404, "address_unknown")


def test_other_methods_are_told_which_are_allowed(corp: Corp) -> None:
    answer = requests.put(corp.callback_address(), b"x", timeout=5)
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST"


def test_unknown_event_is_stored_and_shown_all_the_same(corp: Corp) -> None:
    messages = (
        "<xml><MsgType>event</MsgType><Event>brand_new</Event></xml>",
        "<xml><MsgType>text</MsgType><Content>hi</Content></xml>",
    )
    for message in messages:
        assert foreign.post(corp.callback_address(), other_side(corp).seal(message)).ok
    corp.drain()
    assert [(row.state, row.known) for row in corp.rows(InboxRow)] == [("done", False), ("done", False)]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("signed, but no XML", "XmlRefused"),
        (foreign.event("add_external_contact", UserID="zhangsan"), "FieldMissing: ExternalUserID"),
    ],
)
def test_signed_callback_that_cannot_be_understood_is_parked_with_its_reason(
    corp: Corp, message: str, reason: str
) -> None:
    assert foreign.post(corp.callback_address(), other_side(corp).seal(message)).ok
    corp.drain()
    (row,) = corp.rows(InboxRow)
    assert row.state == "parked"
    assert row.reason.startswith(reason)
    assert (row.event, row.userid) == (("change_external_contact", "zhangsan") if "<xml>" in message else (None, None))


def test_moment_far_ahead_does_not_outdo_what_happens_until_then(corp: Corp) -> None:
    for moment, change in (("99999999999", "add_external_contact"), (str(int(time.time()) + 5), "del_follow_user")):
        message = foreign.event(change, UserID="zhangsan", ExternalUserID="wmAhead", CreateTime=moment)
        assert foreign.post(corp.callback_address(), other_side(corp).seal(message)).ok
        corp.drain()
    (relation,) = corp.rows(FollowRelation)
    assert relation.status == "deleted_by_customer"
