"""Logging in with WeCom, and tickets (core sheet E3–E5)."""

from urllib.parse import parse_qs, urlsplit

import requests

from tests.simulator.conftest import CORP, Caller

BACK = "http://127.0.0.1:8000/login/wecom?next=%2Fcustomers"


def go(sim: Caller, path: str = "connect/oauth2/authorize", **query: str) -> requests.Response:
    params = {"appid": CORP, "redirect_uri": BACK, "state": "abc", **query}
    return requests.get(f"{sim.url}/{path}", params=params, allow_redirects=False, timeout=5)


def oauth(sim: Caller, **query: str) -> requests.Response:
    return go(sim, **{"response_type": "code", "scope": "snsapi_base", "agentid": "1000002", **query})


def code_of(answer: requests.Response) -> str:
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["state"] == ["abc"] and query["next"] == ["/customers"]
    return query["code"][0]


def test_a_code_is_redeemed_once_by_its_app(sim: Caller) -> None:
    code = code_of(oauth(sim, **{"as": "BOB"}))
    assert sim.get("auth/getuserinfo", "assistant", code=code)["errcode"] == 40029
    assert sim.get("auth/getuserinfo", code=code)["userid"] == "bob"
    assert sim.get("auth/getuserinfo", code=code)["errcode"] == 40029


def test_the_private_scope_brings_a_ticket(sim: Caller) -> None:
    code = code_of(oauth(sim, scope="snsapi_privateinfo", **{"as": "bob"}))
    ticket = sim.get("auth/getuserinfo", code=code)["user_ticket"]
    assert sim.post("auth/getuserdetail", {"user_ticket": ticket})["userid"] == "bob"
    assert sim.post("auth/getuserdetail", {"user_ticket": "x"})["errcode"] == 84015


def test_a_customer_is_not_staff(sim: Caller) -> None:
    mei = sim.act("add_contact", userid="bob", quiet=True)["external_userid"]
    info = sim.get("auth/getuserinfo", code=code_of(oauth(sim, **{"as": f"external:{mei}"})))
    assert info["external_userid"] == mei and "userid" not in info


def test_the_page_offers_the_members_of_the_range(sim: Caller) -> None:
    page = oauth(sim, agentid="1000003").text
    assert "鲍勃" in page and "李安娜" not in page and "as=bob" in page


def test_foreign_redirects_are_refused(sim: Caller) -> None:
    assert oauth(sim, redirect_uri="https://evil.example/x").status_code == 400
    sim.control("PUT", f"corps/{CORP}/apps/customer", {"trusted_domains": ["scrm.example:8443"]})
    assert oauth(sim).status_code == 400
    assert oauth(sim, redirect_uri="https://scrm.example:8443/x").status_code == 200
    assert oauth(sim, redirect_uri="https://scrm.example/x").status_code == 400


def test_the_qr_login_asks_for_range_and_type(sim: Caller) -> None:
    path = "wwlogin/sso/login"
    good = {"login_type": "CorpApp", "agentid": "1000003"}
    assert go(sim, path, **good, **{"as": "bob"}).status_code == 302
    assert go(sim, path, **good, **{"as": "Anna.Li"}).status_code == 403
    assert go(sim, path, agentid="1000003").status_code == 400


def test_tickets_differ_by_kind_and_last(sim: Caller) -> None:
    corp, agent = sim.get("get_jsapi_ticket"), sim.get("ticket/get", type="agent_config")
    assert corp["ticket"] != agent["ticket"] and 7000 < corp["expires_in"] <= 7200
    assert sim.get("get_jsapi_ticket")["ticket"] == corp["ticket"]
    assert sim.get("get_jsapi_ticket", type="jsapi")["errcode"] == 91040
    assert sim.get("ticket/get")["errcode"] == 91040
