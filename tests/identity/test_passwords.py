"""Passwords as they are stored and compared, and which are too easy to guess."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update
from werkzeug.security import generate_password_hash

from scrm.core.db import platform_transaction
from scrm.identity import passwords, strength
from scrm.identity.errors import PasswordCommon, PasswordWeak
from scrm.identity.models import Account, Role
from tests.identity.test_login import PASSWORD, account, login
from tests.support.service import TestCorp as Corp

OWN = ["zhang.san", "ZhangSan", "王小明", "示例公司", "ww0123456789abcdef"]


def stored(name: str) -> str:
    with platform_transaction() as session:
        found = session.scalars(select(Account.password_hash).where(Account.name == name)).one()
    assert found is not None
    return found


def set_back(name: str) -> None:
    """Store the password as 0.1 did."""
    with platform_transaction() as session:
        before = generate_password_hash(PASSWORD, "scrypt:1024:8:1")
        session.execute(update(Account).where(Account.name == name).values(password_hash=before))


def test_password_is_stored_with_what_owasp_asks_for_at_least(shared: Corp) -> None:
    assert stored(account(shared, "stored")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_password_of_before_opens_once_more_and_is_stored_anew(shared: Corp) -> None:
    name = account(shared, "of-before")
    set_back(name)
    assert login(shared, name, "wrong-password").status_code == 401
    assert stored(name).startswith("scrypt:")
    assert login(shared, name).status_code == 200
    assert stored(name).startswith("$argon2id$")
    assert login(shared, name).status_code == 200


def test_sign_ins_side_by_side_are_let_in_while_one_of_them_stores_anew(shared: Corp) -> None:
    name = account(shared, "side-by-side")
    set_back(name)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: login(shared, name).status_code, range(4)))
    assert answers == [200] * 4
    assert stored(name).startswith("$argon2id$")


def test_each_guess_does_the_same_work_whoever_is_guessed_at(shared: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time would tell who has an account, or a password of before."""
    new, old = account(shared, "work-new"), account(shared, "work-old")
    done: list[str] = []
    for kind, name in (("new", "agrees"), ("old", "agrees_with_scrypt")):

        def compare(*_given: str, kind: str = kind) -> bool:
            done.append(kind)
            return False

        monkeypatch.setattr(passwords, name, compare)

    def work(name: str) -> list[str]:
        done.clear()
        assert login(shared, name, "wrong-password").status_code == 401
        return list(done)

    set_back(old)
    assert work(new) == work(old) == work("nobody-at-work") == ["new", "old"]
    with platform_transaction() as session:
        before = update(Account).where(Account.password_hash.not_like("$argon2%"))
        session.execute(before.values(password_hash=passwords.made(PASSWORD)))
    assert work(new) == work(old) == work("nobody-at-work") == ["new"]


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "qwertyuiop123",
        "password2026",
        "Ｐａｓｓｗｏｒｄ１２３",  # of full width
        "P@ssw0rd123",
        "woaini1314520",
        "zhendeaini1314",
        "wojiushiwo123",
        "zhimakaimen",
        "yifanfengshun888",
        "xiaoshou2026",
        "a123456789",
        "qq123456789",
        "5201314520",
        "13800138000",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "19861010abc",
        "zhangwei123",
        "zhangsan2026",  # the account's name
        "ZHANG.SAN123456",
        "wangxiaoming1990",  # the person's, in pinyin
        "shiligongsi888",  # the company in pinyin
        "示例公司20261127",
        "Scrm@2026!",  # the product
        "wecom123456",
        "qiyeweixin123",
        "企业微信123456",
        "000webhost",  # common, and of letters that say nothing to zxcvbn
    ],
)
def test_password_that_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(PasswordCommon):
        strength.check(password, own_words=OWN)


@pytest.mark.parametrize(
    "password",
    [
        "x7#kQ9!mPz",
        "correct horse battery",
        "one-of-my-own",
        "ftm4kK9_pQ2zLr7x",
        "春眠不觉晓处处闻啼鸟",
        "wo-xihuan-zai-xihu-bian-sanbu",
        "zhang.san likes 42 turtles",
        "𝒳" * 3 + "-vnQ8-tr2L",
        "k" + "-9Lr" * 60,
    ],
)
def test_password_that_is_not_easily_guessed_is_taken(password: str) -> None:
    strength.check(password, own_words=OWN, old="another-one")


@pytest.mark.parametrize("password", ["x7#kQ9!mP", "zhang.san", "the-old-one-it-was", ""])
def test_short_name_and_old_one_are_refused_as_such(password: str) -> None:
    with pytest.raises(PasswordWeak):
        strength.check(password, own_words=OWN, old="the-old-one-it-was")


def test_name_of_the_member_behind_the_account_counts(company: Corp) -> None:
    company.sync()
    anna = company.console(Role.SALES, userid="anna.li")
    name = anna.get("/me")["display_name"]
    assert name == "李安娜"
    strength.check("李安娜李安娜2026kx", own_words=["anna.li"])
    for new, status in ((f"{name}{name}2026kx", 422), ("correct horse battery", 204)):
        assert anna.status("POST", "/me/password", {"old": PASSWORD, "new": new}).status_code == status


def test_every_password_of_the_list_is_refused() -> None:
    lines = strength.LIST.read_text().splitlines()
    listed = [line for line in lines if not line.startswith("# ") and line != "#"]
    assert len(listed) > 100
    for one in listed:
        with pytest.raises(PasswordCommon):
            strength.check(one, own_words=[])


def test_refusal_is_a_sentence_in_both_languages_and_changes_nothing(shared: Corp) -> None:
    console = shared.console(Role.SALES)
    answer = console.status("POST", "/me/password", {"old": PASSWORD, "new": "woaini1314520"})
    assert (answer.status_code, answer.json()["code"]) == (422, "password_common")
    assert "太容易被猜到" in answer.json()["detail_zh"] and "too easy to guess" in answer.json()["detail_en"]
    assert login(shared, console.get("/me")["name"]).status_code == 200


@pytest.mark.parametrize("odd", [r"\ud800", r"\u0000", r"\udfff\ud83d"])
def test_odd_characters_are_bad_input_and_no_fault(shared: Corp, odd: str) -> None:
    console = shared.console(Role.SALES)
    headers = {"X-CSRF-Token": console.csrf, "Content-Type": "application/json"}
    for path, body in (
        ("me/password", f'{{"old": "{PASSWORD}", "new": "{odd * 12}"}}'),
        ("session", f'{{"name": "somebody", "password": "{odd}"}}'),
    ):
        answer = console.http.post(f"{shared.web}/api/v1/{path}", data=body, headers=headers, timeout=10)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
