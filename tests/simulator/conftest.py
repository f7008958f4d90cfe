"""A simulator over HTTP, a receiver that opens its callbacks, and a small corp of known people."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import requests

from scrm.wecom import crypt
from simulator import open_server
from tests.support.patience import Patience

Json = dict[str, Any]
CORP = "ww0000000000000001"


@dataclass
class Caller:
    """A client of one corp of the simulator, for API calls and control."""

    url: str
    corp_id: str = CORP
    session: requests.Session = field(default_factory=requests.Session)
    secrets: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def create(self, **spec: Any) -> Json:
        made: Json = self.control("POST", "corps", {"corp_id": self.corp_id, "name": "测试公司", **spec})
        self.secrets = {app["key"]: app["secret"] for app in made["apps"]}
        self.tokens = {}
        return made

    def control(self, method: str, path: str, body: Json | None = None, *, status: int = 200) -> Any:
        answer = self.session.request(method, f"{self.url}/_sim/{path}", json=body if body is not None else None)
        assert answer.status_code in (status, 202), answer.text
        return answer.json()

    def act(self, verb: str, **values: Any) -> Json:
        made: Json = self.control("POST", f"corps/{self.corp_id}/actions/{verb}", values)
        return made

    def token(self, app: str = "customer") -> str:
        if app not in self.tokens:
            query = {"corpid": self.corp_id, "corpsecret": self.secrets[app]}
            self.tokens[app] = self.session.get(f"{self.url}/cgi-bin/gettoken", params=query).json()["access_token"]
        return self.tokens[app]

    def get(self, path: str, app: str = "customer", **query: Any) -> Json:
        params = {"access_token": self.token(app), **query}
        answer: Json = self.session.get(f"{self.url}/cgi-bin/{path}", params=params).json()
        return answer

    def post(self, path: str, body: Json, app: str = "customer") -> Json:
        answer: Json = self.session.post(
            f"{self.url}/cgi-bin/{path}",
            params={"access_token": self.token(app)},
            data=json.dumps(body, ensure_ascii=False).encode(),
        ).json()
        return answer

    def ledger(self, method: str = "*") -> list[Json]:
        rows: list[Json] = self.control("GET", f"corps/{self.corp_id}/ledger?method={method}")["items"]
        return rows


@dataclass
class Receiver:
    """Listens for callbacks, opens them, and answers as told."""

    url: str
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)  # app -> token, aes_key
    statuses: list[int] = field(default_factory=list)  # answered in this order, then 200
    sleeps: list[float] = field(default_factory=list)  # before answering, in this order
    got: list[Json] = field(default_factory=list)

    def wait(self, count: int, seconds: float = 15.0) -> list[Json]:
        patience = Patience(seconds)
        while len(self.got) < count:
            patience.go_on(len(self.got), f"{count} callbacks should come: {self.got}")
            time.sleep(0.01)
        return self.got

    def open(self, app: str, query: dict[str, list[str]], cipher: str) -> bytes:
        token, key = self.keys[app]
        stamp, nonce, given = query["timestamp"][0], query["nonce"][0], query["msg_signature"][0]
        crypt.check_signature(token, stamp, nonce, cipher, given)
        return crypt.decrypt(crypt.aes_key(key), cipher, CORP)


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # the library's 5 refuses connections when all senders come at once


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    running = open_server()
    threading.Thread(target=running.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield running.url
    running.close()


@pytest.fixture
def sim(server_url: str) -> Iterator[Caller]:
    """A corp of three: anna and bob sell, carl does not; anna sees nothing of the department that assistant sees."""
    caller = Caller(server_url)
    caller.create(**small_corp())
    yield caller
    caller.control("PUT", "misfortunes", {"rules": []})
    caller.control("POST", "forgive", {})
    caller.session.close()


@pytest.fixture
def receiver(sim: Caller) -> Iterator[Receiver]:
    """Callbacks of every app of the corp arrive here."""
    here: Receiver

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            parts = urlsplit(self.path)
            outer = ElementTree.fromstring(raw)
            app, cipher = parts.path.strip("/"), outer.findtext("Encrypt", "")
            xml = here.open(app, parse_qs(parts.query), cipher)
            inner = {child.tag: child.text or "" for child in ElementTree.fromstring(xml)}
            time.sleep(here.sleeps.pop(0) if here.sleeps else 0)
            status = here.statuses.pop(0) if here.statuses else 200
            here.got.append({"app": app, "xml": xml.decode(), "cipher": cipher, "status": status, **inner})
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            body = here.open(parts.path.strip("/"), query, query["echostr"][0])
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    listener = Listener(("127.0.0.1", 0), Handler)
    here = Receiver(f"http://127.0.0.1:{listener.server_port}")
    threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    for key in ("customer", "assistant", "contacts"):
        app = sim.control("PUT", f"corps/{CORP}/apps/{key}", {"callback_url": f"{here.url}/{key}"})
        here.keys[key] = (app["token"], app["aes_key"])
    yield here
    listener.shutdown()
    listener.server_close()


@pytest.fixture
def customer(sim: Caller) -> Callable[..., str]:
    """Make a customer of a member without callbacks; returns the external_userid."""

    def make(userid: str = "Anna.Li", **values: Any) -> str:
        made: str = sim.act("add_contact", userid=userid, quiet=True, **values)["external_userid"]
        return made

    return make


def small_corp() -> Json:
    return {
        "apps": [
            {"key": "customer", "agent_id": 1000002},
            {"key": "assistant", "agent_id": 1000003, "visible_parties": [3]},
            {"key": "contacts", "kind": "contact_sync"},
        ],
        "departments": [
            {"id": 1, "name": "测试公司", "parentid": 0},
            {"id": 2, "name": "销售部", "parentid": 1, "order": 2},
            {"id": 3, "name": "客服部", "parentid": 1, "order": 1},
        ],
        "staff": [
            {"userid": "Anna.Li", "name": "李安娜", "department": [2], "leads": [2]},
            {"userid": "bob", "name": "鲍勃", "department": [2, 3], "direct_leader": ["Anna.Li"]},
            {"userid": "carl", "name": "卡尔", "department": [3], "customer_contact": False},
        ],
        "habits": {"group_lag_seconds": 0, "retry_seconds": [0.05, 0.05, 0.05], "answer_seconds": 1.0},
    }
