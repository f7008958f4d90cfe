"""Nobody is greeted until an administrator has written the words; names are put in, if they are known in time."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete

from scrm.core.db import transaction
from scrm.identity.models import Role
from scrm.marketing.welcomes.actions import policy as welcome_policy
from scrm.marketing.welcomes.models import Welcome, WelcomePolicy
from tests.support.service import Console
from tests.support.service import TestCorp as Corp


@pytest.fixture
def admin(company: Corp) -> Iterator[Console]:
    company.sync()
    yield company.console(Role.ADMINISTRATOR)


def sent(corp: Corp) -> list[str]:
    items: list[Any] = corp.sim.call("GET", f"/corps/{corp.corp_id}/welcomes")["items"]
    return [item["text"] for item in items]


def test_nobody_is_greeted_until_it_is_switched_on(company: Corp, admin: Console) -> None:
    with transaction(company.number) as session:
        session.execute(delete(WelcomePolicy))
    variables = {"customer": welcome_policy.CUSTOMER, "member": welcome_policy.MEMBER}
    unset = {"enabled": False, "text": "", "updated_at": None, "updated_by": None, "variables": variables}
    assert admin.get("/welcome") == unset
    company.act("add_contact", userid="bob", name="王一")
    company.settle()
    assert sent(company) == [] and company.rows(Welcome) == []
    assert admin.status("PUT", "/welcome", {"enabled": True, "text": "您好！"}).status_code == 200
    company.act("add_contact", userid="bob", name="王二")
    company.settle()
    assert sent(company) == ["您好！"]
    admin.status("PUT", "/welcome", {"enabled": False, "text": "您好！"})
    company.act("add_contact", userid="bob", name="王三")
    company.settle()
    assert sent(company) == ["您好！"]
    me = f"user:{admin.get('/me')['name']}"
    assert [row["verb"] for row in admin.get("/audit", q="welcome.set", actor=me)["items"]] == ["welcome.set"] * 2


def test_names_are_put_in_and_are_harmless(company: Corp, admin: Console) -> None:
    text = "{客户昵称}您好，我是{员工姓名}"
    assert admin.status("PUT", "/welcome", {"enabled": True, "text": text}).status_code == 200
    company.act("add_contact", userid="bob", name="王\u202e一\n<b>")
    company.settle()
    assert sent(company) == ["王一 ＜b＞您好，我是鲍勃"]


def test_words_do_without_a_name_that_does_not_come(company: Corp, admin: Console) -> None:
    admin.status("PUT", "/welcome", {"enabled": True, "text": "{客户昵称}好，欢迎"})
    company.sim.misfortunes({"match": "externalcontact/get", "kind": "errcode", "errcode": 84061})
    company.act("add_contact", userid="bob", name="王一")
    company.settle()
    assert sent(company) == ["您好，欢迎"]
