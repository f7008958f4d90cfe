"""Tokens: one fetch per expiry however many ask, and a wrong secret that is not tried over and over."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from scrm.core.doorbell import redis_connection
from scrm.wecom import corp_spec, corps
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.errors import OutcomeUnknown, Refused, Unreachable
from scrm.wecom.port.wecom import wecom
from tests.support.service import TestCorp as Corp
from tests.support.weather import paused_redis

TOKEN = "gettoken"
ASK = "externalcontact/get_follow_user_list"


def fetched(corp: Corp) -> int:
    return len(corp.sim.ledger(corp.corp_id, TOKEN))


def ask(corp: Corp) -> list[str]:
    return wecom(corp.number).contacts.list_follow_userids()


@pytest.mark.parametrize("expiries", [100, pytest.param(1_000, marks=pytest.mark.slow)])
def test_one_token_per_expiry_for_twenty_threads(corp: Corp, expiries: int) -> None:
    ask(corp)
    before = fetched(corp)
    with ThreadPoolExecutor(20) as pool:
        for number in range(expiries):
            corp.sim.call("POST", "/tokens/expire", {"corp_id": corp.corp_id, "invalid": number % 2 == 1})
            answers = list(pool.map(lambda _: ask(corp), range(20 if number % 10 == 0 else 4)))
            assert all(answers)
    assert fetched(corp) - before == expiries


def test_token_is_shared_through_redis_and_lives_without_it(corp: Corp) -> None:
    ask(corp)
    assert fetched(corp) == 1
    with paused_redis():
        assert ask(corp)
    redis_connection().flushall()
    assert ask(corp)
    assert fetched(corp) == 1


@pytest.mark.parametrize(
    ("errcode", "reaction"), [(42001, Reaction.RETRY), (40014, Reaction.RETRY), (40001, Reaction.CONFIG)]
)
def test_token_that_never_holds_is_renewed_once_and_then_backs_off_or_stops(
    corp: Corp, errcode: int, reaction: Reaction
) -> None:
    corp.sim.misfortunes({"match": ASK, "kind": "errcode", "errcode": errcode, "corp_id": corp.corp_id})
    try:
        with pytest.raises(Refused) as refused:
            ask(corp)
    finally:
        corp.sim.misfortunes()
    assert (refused.value.errcode, refused.value.reaction) == (errcode, reaction)
    assert fetched(corp) == 2


def test_wrong_secret_is_tried_once_and_the_right_one_at_once(corp: Corp) -> None:
    right = corp.sim.corp_file(corp.corp_id)
    corp.sim.call("PUT", f"/corps/{corp.corp_id}/apps/customer", {"secret": "rotated-secret-of-the-app"})
    corp.sim.misfortunes({"match": TOKEN, "kind": "latency", "seconds": 0.0})
    try:
        for _ in range(10):
            with pytest.raises(Refused) as refused:
                ask(corp)
            assert refused.value.errcode == 40001
        assert corp.sim.call("GET", "/misfortunes")["rules"][0]["fired"] == 1
        assert right["apps"][0]["key"] == "customer"
        right["apps"][0]["secret"] = "rotated-secret-of-the-app"
        corps.apply(corp_spec.check(right), None)
        assert ask(corp)
    finally:
        corp.sim.misfortunes()
        corp.sim.call("POST", "/forgive", {})


def test_busy_token_service_does_not_close_the_door(corp: Corp) -> None:
    """-1 says nothing about the secret: the next call must try again."""
    corp.sim.misfortunes({"match": TOKEN, "kind": "errcode", "errcode": -1, "next": 1})
    try:
        with pytest.raises(Refused) as refused:
            ask(corp)
        assert refused.value.reaction is Reaction.RETRY
        assert ask(corp)
    finally:
        corp.sim.misfortunes()


@pytest.mark.parametrize("kind", ["timeout_before", "html502", "half_body"])
def test_lost_answer_of_the_token_service_is_tried_again(corp: Corp, kind: str) -> None:
    corp.sim.misfortunes({"match": TOKEN, "kind": kind, "next": 1})
    try:
        with pytest.raises((Unreachable, OutcomeUnknown)):
            ask(corp)
        assert ask(corp)
    finally:
        corp.sim.misfortunes()


def test_nobody_listening_is_told_apart_from_an_answer_that_got_lost(corp: Corp) -> None:
    file = corp.sim.corp_file(corp.corp_id)
    corps.apply(corp_spec.check({**file, "api_base": "http://127.0.0.1:9"}), None)
    with pytest.raises(Unreachable):
        ask(corp)
