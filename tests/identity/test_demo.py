"""What is left of a demo once the service runs without one."""

import requests

from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.wecom import corps
from tests.support.service import TestCorp as Corp


def test_a_corp_put_away_is_not_served_and_its_logins_open_nothing(corp: Corp) -> None:
    corp.console(Role.MARKETER)
    console = corp.console(Role.ADMINISTRATOR)
    name = console.get("/me")["name"]
    bearer = {"Authorization": f"Bearer {accounts.create_token(name)}"}
    corps.withdraw(corp.corp_id)
    accounts.set_disabled(corp.corp_id, disabled=True)
    assert corp.number not in corps.numbers()
    options = requests.get(f"{corp.web}/api/v1/login-options", timeout=5).json()
    assert corp.corp_id not in {row["corp_id"] for row in options["corps"]}
    assert console.status("GET", "/me").status_code == 401
    assert requests.get(f"{corp.web}/api/v1/me", headers=bearer, timeout=5).status_code == 401
    again = {"name": name, "password": "a-long-test-password"}
    assert requests.post(f"{corp.web}/api/v1/session", json=again, timeout=5).status_code == 401


def test_a_corp_brought_back_keeps_its_accounts(corp: Corp) -> None:
    name = corp.console(Role.ADMINISTRATOR).get("/me")["name"]
    corps.withdraw(corp.corp_id)
    accounts.set_disabled(corp.corp_id, disabled=True)
    corps.apply(corps.check(corp.sim.corp_file(corp.corp_id)), None)
    accounts.set_disabled(corp.corp_id, disabled=False)
    again = {"name": name, "password": "a-long-test-password"}
    assert requests.post(f"{corp.web}/api/v1/session", json=again, timeout=5).status_code == 200
