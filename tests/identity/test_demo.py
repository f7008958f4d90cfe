"""The demo's logins: beside those of a real corp, and what is left of them once the service runs without a demo."""

import pytest
import requests

from scrm.core.settings import settings
from scrm.identity import accounts, demo
from scrm.identity.models import Role
from scrm.wecom import corp_spec, corps
from tests.support.service import TestCorp as Corp


def test_demo_logins_stand_beside_a_real_corps_of_the_same_name(
    shared: Corp, corp: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRM_DEMO", "1")
    settings.cache_clear()
    try:
        monkeypatch.setattr(demo, "DEMO_CORP_ID", corp.corp_id)
        accounts.create_account("admin", role=Role.ADMINISTRATOR, corp_id=shared.corp_id)
        accounts.create_account("taken", role=Role.SALES, corp_id=corp.corp_id, userid="seller")
        for _ in range(2):  # the second start finds what the first has made
            demo.create_accounts({Role.SALES: "seller"})
            logins = requests.get(f"{corp.web}/api/v1/login-options", timeout=5).json()["demo_logins"]
            assert [row["name"] for row in logins] == ["demo-admin", "sales", "compliance", "marketer"]
        for row in logins:
            body = {"name": row["name"], "password": row["password"]}
            answer = requests.post(f"{corp.web}/api/v1/session", json=body, timeout=5)
            assert (answer.status_code, answer.json()["corp_id"]) == (200, corp.corp_id)
    finally:
        settings.cache_clear()


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
    corps.apply(corp_spec.check(corp.sim.corp_file(corp.corp_id)), None)
    accounts.set_disabled(corp.corp_id, disabled=False)
    again = {"name": name, "password": "a-long-test-password"}
    assert requests.post(f"{corp.web}/api/v1/session", json=again, timeout=5).status_code == 200
