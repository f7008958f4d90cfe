"""Small doors: what is refused for where it comes from, and what a stranger leaves behind."""

from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
import requests
from sqlalchemy import func, select

from scrm.app import doors
from scrm.core.db import platform_transaction
from scrm.core.outbound import Session
from scrm.core.settings import settings
from scrm.identity.models import OauthState
from scrm.wecom import corps
from scrm.wecom.client.session import WorkSession
from scrm.wecom.port.errors import Unreachable
from tests.support.service import TestCorp as Corp

FOR_PROGRAMS = ["/metrics", "/api/v1/openapi.json"]


def told(monkeypatch: pytest.MonkeyPatch, **changed: object) -> None:
    now = replace(settings(), **changed)  # type: ignore[arg-type]
    monkeypatch.setattr(doors, "settings", lambda: now)


def status(address: str, **headers: str) -> int:
    return requests.get(address, headers=headers, timeout=10).status_code


@pytest.mark.parametrize("path", FOR_PROGRAMS)
def test_what_is_for_programs_is_closed_to_strangers(service: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert status(service + path) == 200
    assert status(service + path, **{"X-Forwarded-For": "203.0.113.9"}) == 404
    told(monkeypatch, metrics="open")
    assert status(service + path, **{"X-Forwarded-For": "203.0.113.9"}) == 200
    told(monkeypatch, metrics="token", metrics_token="a token of the tests")
    assert [status(service + path), status(service + path, Authorization="Bearer another")] == [404, 404]
    assert status(service + path, Authorization="Bearer a token of the tests") == 200


@pytest.mark.parametrize(
    ("address", "near"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.5", False), ("::ffff:10.0.0.5", False)],
)
def test_loopback_is_told_by_the_address(address: str, near: bool) -> None:
    assert doors._is_loopback(address) is near


@pytest.mark.parametrize("name", ["rebound.example", "127.0.0.1.rebound.example", "[", "127.0.0.1@rebound.example"])
def test_demo_answers_to_its_own_host_alone(service: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert status(f"{service}/healthz", Host="rebound.example") == 200
    told(monkeypatch, demo=True)
    for path in ("/healthz", "/api/v1/me", "/simulator/api/corps", "/login/wecom", "/"):
        assert status(service + path, Host=name) in {421, 400}, path
    port = settings().port
    for own in (f"127.0.0.1:{port}", f"localhost:{port}", "LOCALHOST", f"[::1]:{port}"):
        assert status(f"{service}/healthz", Host=own) == 200


def test_beginning_to_sign_in_leaves_no_row(company: Corp) -> None:
    def rows() -> int:
        with platform_transaction() as session:
            return session.scalar(select(func.count()).select_from(OauthState)) or 0

    before = rows()
    for number in range(30):
        answer = requests.get(
            f"{company.web}/login/wecom",
            params={"corp_id": company.corp_id, "next": f"/{number}" + "x" * (3_000 if number else 0)},
            allow_redirects=False,
            timeout=10,
        )
        assert answer.status_code == 302 and len(answer.headers["Set-Cookie"]) < 4_000
        requests.get(
            f"{company.web}/login/wecom/callback?code=x&state={number:032x}", cookies=answer.cookies, timeout=10
        )
    assert rows() == before


class _Elsewhere(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/inside"):
            self.send_response(200)
        else:
            self.send_response(302)
            self.send_header("Location", "/inside")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    _Elsewhere.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), _Elsewhere)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_redirect_is_not_followed(elsewhere: str) -> None:
    for method in ("GET", "POST"):
        with Session() as session, pytest.raises(requests.TooManyRedirects):
            session.request(method, f"{elsewhere}/outside", timeout=5)
    assert _Elsewhere.asked == ["/outside", "/outside"]


def test_token_is_not_carried_to_where_wecom_sends(company: Corp, elsewhere: str) -> None:
    app = corps.app_of(company.number)
    assert app is not None
    with pytest.raises(Unreachable):
        WorkSession(replace(app, corp_id="elsewhere", api_base=elsewhere)).ask("get", "user/get")
    assert [path.partition("?")[0] for path in _Elsewhere.asked] == ["/cgi-bin/gettoken"]


def test_every_call_outward_goes_by_the_session_that_follows_nothing() -> None:
    sources = Path(doors.__file__).parents[1]
    wrong = ("requests.Session(", "requests.get(", "requests.post(", "requests.request(", "httpx", "HTTPConnection(")
    found = [
        path.name
        for path in sources.rglob("*.py")
        if path.name != "outbound.py" and any(word in path.read_text() for word in wrong)
    ]
    assert found == []
