"""`scrm doctor`: what is wrong is found and said."""

import pytest

from scrm.runtime.doctor import examine
from scrm.wecom import corps
from tests.support.service import TestCorp as Corp


def findings() -> dict[str, tuple[bool, str]]:
    return {found.subject.rpartition("/ ")[2]: (found.good, found.detail) for found in examine()}


def test_key_that_does_not_open_the_stored_credentials_is_found(shared: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings()["credentials"][0]
    monkeypatch.setattr(corps, "settings", lambda: type("Other", (), {"secret_key": "another key, as long as it is"}))
    good, detail = findings()["credentials"]
    assert not good and "SCRM_SECRET_KEY" in detail
    with pytest.raises(corps.SecretKeyWrong):
        corps.check_key()


def test_address_of_each_corps_wecom_is_tried(shared: Corp) -> None:
    assert findings()[f"corp {shared.corp_id}"] == (True, shared.sim.address)
