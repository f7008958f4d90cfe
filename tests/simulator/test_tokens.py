"""Tokens, credentials and the shape of refusals (core sheet C1, D1; external-contact sheet 0.1)."""

import pytest
import requests

from tests.simulator.conftest import CORP, Caller


def gettoken(sim: Caller, **query: str) -> dict[str, object]:
    answer: dict[str, object] = requests.get(f"{sim.url}/cgi-bin/gettoken", params=query, timeout=5).json()
    return answer


def test_the_same_token_is_given_inside_its_life(sim: Caller) -> None:
    first = gettoken(sim, corpid=CORP, corpsecret=sim.secrets["customer"])
    assert first["errcode"] == 0 and first["errmsg"] == "ok"
    assert 7000 < int(str(first["expires_in"])) <= 7200
    assert len(str(first["access_token"])) <= 512
    again = gettoken(sim, corpid=CORP, corpsecret=sim.secrets["customer"])
    other = gettoken(sim, corpid=CORP, corpsecret=sim.secrets["assistant"])
    assert again["access_token"] == first["access_token"] != other["access_token"]


def test_gettoken_names_what_is_wrong(sim: Caller) -> None:
    secret = sim.secrets["customer"]
    assert gettoken(sim, corpsecret=secret)["errcode"] == 41002
    assert gettoken(sim, corpid=CORP)["errcode"] == 41004
    assert gettoken(sim, corpid="wwnobody", corpsecret=secret)["errcode"] == 40013
    assert gettoken(sim, corpid=CORP, corpsecret="wrong")["errcode"] == 40001


def test_wrong_secrets_block_the_address_even_for_the_right_one(sim: Caller) -> None:
    codes = [gettoken(sim, corpid=CORP, corpsecret=f"wrong{i}")["errcode"] for i in range(11)]
    assert codes == [40001] * 10 + [45009]
    assert gettoken(sim, corpid=CORP, corpsecret=sim.secrets["customer"])["errcode"] == 45009


def test_token_errors_keep_the_empty_list_and_the_tail(sim: Caller) -> None:
    answer = requests.get(f"{sim.url}/cgi-bin/externalcontact/get_follow_user_list", timeout=5).json()
    assert answer["errcode"] == 41001 and answer["follow_user"] == []
    sim.tokens["customer"] = "nonsense"
    answer = sim.get("externalcontact/list", userid="bob")
    assert answer["errcode"] == 40014 and answer["external_userid"] == []
    assert "hint: [" in answer["errmsg"] and "more info at https://open.work.weixin.qq.com" in answer["errmsg"]


def test_expired_tokens_are_told_apart_from_withdrawn_ones(sim: Caller) -> None:
    sim.token()
    sim.control("POST", "tokens/expire", {"corp_id": CORP})
    assert sim.get("getcallbackip")["errcode"] == 42001
    sim.tokens.clear()
    assert sim.get("getcallbackip")["errcode"] == 0
    sim.control("POST", "tokens/expire", {"corp_id": CORP, "invalid": True})
    assert sim.get("getcallbackip")["errcode"] == 40014


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("department/list", 48009),
        ("department/get?id=1", 48009),
        ("user/get?userid=bob", 48009),
        ("user/list?department_id=1", 48009),
        ("user/simplelist?department_id=1", 48009),
        ("externalcontact/get_follow_user_list", 48002),
        ("agent/get?agentid=1000002", 48002),
        ("auth/getuserinfo?code=x", 48002),
        ("department/simplelist", 0),
        ("getcallbackip", 0),
        ("get_api_domain_ip", 0),
    ],
)
def test_contact_sync_reads_ids_only(sim: Caller, path: str, code: int) -> None:
    path, _, query = path.partition("?")
    assert sim.get(path, "contacts", **dict(part.split("=") for part in query.split("&") if part))["errcode"] == code


def test_an_ordinary_app_may_not_list_all_ids(sim: Caller) -> None:
    assert sim.post("user/list_id", {})["errcode"] == 48002
    assert sim.post("user/list_id", {}, "contacts")["errcode"] == 0


def test_an_app_off_the_callable_list_gets_48002(sim: Caller) -> None:
    sim.control("PUT", f"corps/{CORP}/apps/customer", {"customer_contact": False})
    assert sim.get("externalcontact/get_follow_user_list")["errcode"] == 48002


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("externalcontact/batch/get_by_user", 40058),
        ("externalcontact/mark_tag", 40003),
        ("externalcontact/groupchat/get", 40058),
    ],
)
def test_get_on_a_post_call_is_refused(sim: Caller, path: str, code: int) -> None:
    assert sim.get(path)["errcode"] == code


def test_escaped_characters_are_refused(sim: Caller) -> None:
    url, params = f"{sim.url}/cgi-bin/externalcontact/get_corp_tag_list", {"access_token": sim.token()}
    escaped = requests.post(url, params=params, data=b'{"tag_id": ["\\u4e2d"]}', timeout=5).json()
    assert escaped["errcode"] == 40033
    plain = requests.post(url, params=params, data=b'{"tag_id": ["a\\\\u4e2d"]}', timeout=5).json()
    assert plain["errcode"] == 0


def test_broken_json_is_half_accepted_with_a_warning(sim: Caller) -> None:
    url, params = f"{sim.url}/cgi-bin/externalcontact/get_corp_tag_list", {"access_token": sim.token()}
    answer = requests.post(url, params=params, data=b'{"tag_id": [', timeout=5).json()
    assert answer["errcode"] == 0 and "Warning: wrong json format." in answer["errmsg"]
    typed = sim.post("externalcontact/get_corp_tag_list", {"tag_id": "not a list"})
    assert "Warning: wrong json format." in typed["errmsg"]


def test_corps_never_see_each_other(sim: Caller) -> None:
    other = Caller(sim.url, "ww0000000000000002")
    other.create(population={"staff": 3, "customers": 5, "groups": 1, "seed": 4})
    assert other.get("externalcontact/get_follow_user_list")["follow_user"] == ["Staff001", "Staff002", "Staff003"]
    assert other.get("user/get", userid="bob")["errcode"] == 60111
    other.control("DELETE", "corps/ww0000000000000002")
    assert other.get("user/get", userid="bob")["errcode"] == 40014
