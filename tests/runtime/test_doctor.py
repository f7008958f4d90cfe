"""`scrm doctor`: what is wrong is found and said."""

from pathlib import Path

import pytest

from scrm.runtime.doctor import examine
from scrm.wecom import corp_spec, corps
from tests.support.database import owner
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


@pytest.mark.parametrize(("library", "loads"), [("/nowhere/libWeWorkFinanceSdk_C.so", False), ("", True)])
def test_library_of_an_archive_is_loaded(archived: Corp, library: str, loads: bool) -> None:
    file = corp_spec.check(archived.sim.corp_file(archived.corp_id))
    values = corp_spec.archive_values(file, Path())
    assert values is not None
    corps.apply(file, {**values, "library": library})
    found = findings().get(f"chat archive {archived.corp_id}")
    if loads:
        assert found is None, "the simulator's archive needs no library"
    else:
        assert found is not None and not found[0] and library in found[1]


def test_address_of_each_corps_wecom_is_tried(shared: Corp) -> None:
    assert findings()[f"corp {shared.corp_id}"] == (True, shared.sim.address)


def test_rights_that_the_service_needs_not_are_named(shared: Corp) -> None:
    assert findings()["database rights"][0]
    with owner() as connection:
        connection.execute("GRANT TEMPORARY ON DATABASE scrm_test TO PUBLIC")
        try:
            good, detail = findings()["database rights"]
        finally:
            connection.execute("REVOKE TEMPORARY ON DATABASE scrm_test FROM PUBLIC")
    assert not good and "REVOKE TEMPORARY ON DATABASE scrm_test FROM PUBLIC" in detail
