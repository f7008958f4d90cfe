"""Words of welcome: what is refused, and who sets them."""

from typing import Any

import pytest

from scrm.core import alarms
from scrm.core.db import transaction
from scrm.identity.models import Role
from scrm.marketing.welcomes.actions import policy as welcome_policy
from tests.rooms.house import Console, House


@pytest.fixture
def admin(house: House) -> Console:
    return house.console(Role.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"enabled": True}, "invalid"),
        ({"enabled": True, "text": "  "}, "welcome_empty"),
        ({"enabled": True, "text": "{姓名}您好"}, "welcome_variable_unknown"),
        ({"enabled": True, "text": "好" * 1_400}, "welcome_too_long"),
        ({"enabled": True, "text": "好", "more": 1}, "invalid"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_changes_nothing(admin: Console, body: Any, code: str) -> None:
    before = admin.get("/welcome")
    answer = admin.status("PUT", "/welcome", body)
    assert answer.status_code == 422 and (code == "invalid" or answer.json()["code"] == code)
    assert admin.get("/welcome") == before


@pytest.mark.parametrize("role", [Role.SALES, Role.COMPLIANCE, Role.MARKETER])
def test_only_administrators_set_it(house: House, role: Role) -> None:
    other = house.console(role)
    assert other.status("GET", "/welcome").status_code == 403
    assert other.status("PUT", "/welcome", {"enabled": False, "text": ""}).status_code == 403


def test_reminder_of_the_former_words_ends_when_somebody_has_decided(house: House, admin: Console) -> None:
    with transaction(house.number) as session:
        alarms.raise_alarm(session, welcome_policy.OFF)
    (alarm,) = admin.get("/alarms")["items"]
    assert alarm["path"] == "/welcome" and "欢迎语" in alarm["zh"]
    admin.status("PUT", "/welcome", {"enabled": False, "text": ""})
    assert admin.get("/alarms")["items"] == []
