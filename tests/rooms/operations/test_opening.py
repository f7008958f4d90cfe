"""What the document of a page says of its opening: its files, who is signed in, the pulse; nothing of anybody else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from scrm.app import console as pages
from scrm.identity import login
from scrm.identity.models import Role
from tests.rooms.given import Given
from tests.rooms.house import House

_ENTRY = "<!doctype html><html><head><title>x</title></head><body></body></html>"
_PAGE = "src/features/alerts/pages/AlertsPage.tsx"
_MANIFEST = {
    "index.html": {"file": "assets/console.js", "imports": ["_base.js"], "css": ["assets/console.css"]},
    "_base.js": {"file": "assets/base.js"},
    "_shared.js": {"file": "assets/shared.js", "imports": ["_base.js"]},
    _PAGE: {"file": "assets/AlertsPage.js", "imports": ["_shared.js", "_base.js"], "css": ["assets/alerts.css"]},
    "src/features/account/pages/LoginPage.tsx": {"file": "assets/LoginPage.js", "imports": ["_base.js"]},
}
_PAGES = {"/login": "src/features/account/pages/LoginPage.tsx", "/alerts": _PAGE, "/alerts/:id": _PAGE}


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A console of two pages."""
    (tmp_path / ".vite").mkdir()
    for name in ("index.html", "sidebar.html", "simulator.html"):
        (tmp_path / name).write_text(_ENTRY)
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(_MANIFEST))
    (tmp_path / ".vite" / "pages.json").write_text(json.dumps(_PAGES))
    monkeypatch.setattr(pages, "DIST", tmp_path)


def opened(browser: FlaskClient, path: str) -> tuple[Any, list[tuple[str, str]]]:
    """The facts, and the links with their kinds."""
    answer = browser.get(path)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    facts = re.search(r'<script type="application/json" id="opening">([^<>]*)</script></head>', text)
    links = re.findall(r'<link rel="(\w+)" crossorigin href="([^"]+)">', text)
    return json.loads(facts[1]) if facts else None, links


def test_a_page_comes_with_its_files_and_who_is_signed_in(house: House, given: Given) -> None:
    given.company()
    console = house.console(Role.SALES, userid="bob")
    for path in ("/alerts", "/alerts/7?state=open"):
        facts, links = opened(console.browser, path)
        assert links == [
            ("modulepreload", "/assets/AlertsPage.js"),
            ("stylesheet", "/assets/alerts.css"),
            ("modulepreload", "/assets/shared.js"),
        ]
        assert facts["me"] == console.get("/me")
        assert facts["pulse"]["alerts_open"] == console.get("/pulse")["alerts_open"]
        assert facts["pulse"]["changed"] == []
    assert opened(console.browser, "/nowhere/at/all")[1] == []
    facts, links = opened(console.browser, "/sidebar")
    assert facts["me"]["userid"] == "bob" and links == []


def test_the_next_pulse_covers_what_is_fetched_after_the_document(house: House, given: Given) -> None:
    given.company()
    console = house.console(Role.SALES, userid="bob")
    token = opened(console.browser, "/alerts")[0]["pulse"]["token"]
    assert console.get("/pulse", since=token)["changed"] == []


def test_a_stranger_gets_the_page_to_sign_in_and_no_facts(house: House) -> None:
    stranger = house.stranger()
    assert opened(stranger, "/alerts") == ({"me": None}, [("modulepreload", "/assets/LoginPage.js")])
    stranger.set_cookie(login.COOKIE, "no-session-of-ours")
    assert opened(stranger, "/alerts")[0] == {"me": None}


def test_a_session_that_has_ended_says_nothing_of_whose_it_was(house: House) -> None:
    console = house.console(Role.COMPLIANCE)
    assert console.status("DELETE", "/session").ok
    assert opened(console.browser, "/alerts")[0] == {"me": None}


def test_a_name_does_not_end_the_block(house: House, given: Given) -> None:
    name = "</script><script>alert(1)</script>\u2028&<!--"
    given.member("mallory", name)
    console = house.console(Role.SALES, userid="mallory")
    facts, _ = opened(console.browser, "/alerts")
    assert facts["me"]["display_name"] == console.get("/me")["display_name"]
    text = console.browser.get("/alerts").get_data(as_text=True)
    assert text.count("<script") == text.count("</script") == 1 and "\u2028" not in text and "<!--" not in text


def test_whoever_needs_a_password_of_their_own_is_told_so_and_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = house.console(Role.MARKETER)
    caller = login._by_cookie

    def once(session: Any) -> Any:
        found = caller(session)
        return None if found is None else login._Caller(found.account, found.by, found.session_hash, True)

    monkeypatch.setattr(login, "_by_cookie", once)
    facts, _ = opened(console.browser, "/alerts")
    assert facts["me"]["must_change_password"] and "pulse" not in facts


def test_without_a_database_the_page_comes_without_facts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    console = house.console(Role.MARKETER)

    def away(_session: Any) -> Any:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(login, "authenticate", away)
    facts, links = opened(console.browser, "/alerts")
    assert facts is None and ("modulepreload", "/assets/AlertsPage.js") in links


def test_the_simulators_page_is_told_nothing(house: House) -> None:
    text = house.console(Role.ADMINISTRATOR).browser.get("/simulator").get_data(as_text=True)
    assert "opening" not in text
