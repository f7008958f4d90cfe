"""A real Chromium on the service of this process; workers drain in a thread, as fast as real ones."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from sqlalchemy.exc import SQLAlchemyError

from scrm.compliance.models.messages import Conversation
from scrm.core import migrate
from scrm.core.audit import System
from scrm.core.db import database, transaction
from scrm.core.settings import settings
from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.wecom import sync
from tests.support.service import Console, connect, free_port, serving
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Simulator

ROOT = Path(__file__).parents[2]
expect.set_options(timeout=15_000)

PASSWORD = "an-e2e-password"
PEOPLE = {
    "administrator": "admin.e2e",
    "sales": "sales.e2e",
    "compliance": "compliance.e2e",
    "marketer": "marketer.e2e",
}

_busiest: dict[str, str] = {}

SignIn = Callable[..., Page]
Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def service(
    postgres_url: str, redis_url: str, sim: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The service with its demo pages, so that /simulator can be played."""
    port = free_port()
    os.environ.update(
        SCRM_DATABASE_URL=postgres_url,
        SCRM_REDIS_URL=redis_url,
        SCRM_SECRET_KEY="a secret key of the browser tests, long enough",
        SCRM_DATA_DIR=str(tmp_path_factory.mktemp("data")),
        SCRM_PUBLIC_URL=f"http://127.0.0.1:{port}",
        SCRM_HOST="127.0.0.1",
        SCRM_PORT=str(port),
        SCRM_DEMO="1",
        SCRM_SIMULATOR_URL=sim.address,
    )
    settings.cache_clear()
    migrate.upgrade(postgres_url, settings().secret_key)
    with serving(port) as address:
        yield address
    database.dispose()


@pytest.fixture(scope="session")
def shop(service: str, sim: Simulator) -> Iterator[Corp]:
    """One synced corp for all browser tests, with an account of each role, and work that is carried out at once."""
    population = {"staff": 12, "customers": 120, "groups": 6, "seed": 11}
    habits = {"archive_notify_seconds": 0.1}
    corp = connect(sim, service, "wwe2e00000000000001", population=population, archive=True, habits=habits)
    with transaction(corp.number) as session:
        sync.start(session, System.SYNC)
    corp.drain()
    userid = busiest(corp)
    _busiest[corp.corp_id] = userid
    for role in Role:
        member = userid if role is Role.SALES else None
        accounts.create_account(PEOPLE[role.value], role=role, corp_id=corp.corp_id, userid=member, password=PASSWORD)
    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(corp, stop), daemon=True)
    worker.start()
    yield corp
    stop.set()
    worker.join()


def _work(corp: Corp, stop: threading.Event) -> None:
    while not stop.wait(0.05):
        try:
            corp.drain()
        except SQLAlchemyError:
            stop.wait(0.5)


def busiest(corp: Corp) -> str:
    """The member with the most customers at the beginning; the sales account is theirs."""
    if corp.corp_id in _busiest:
        return _busiest[corp.corp_id]
    relations = corp.sim.call("GET", f"/corps/{corp.corp_id}/relations")["items"]
    following = [item["userid"] for item in relations if item["status"] == "following"]
    userid: str = max(set(following), key=following.count)
    return userid


def a_customer_of(corp: Corp, userid: str, nth: int = 0) -> dict[str, str]:
    relations = corp.sim.call("GET", f"/corps/{corp.corp_id}/relations")["items"]
    found = [item for item in relations if item["status"] == "following" and item["userid"] == userid]
    customer: dict[str, str] = found[nth]
    return customer


def a_conversation(corp: Corp) -> int:
    """Somebody and a customer who have said something of each kind; the conversation's number."""
    customer = a_customer_of(corp, busiest(corp), 9)
    ends = {"sender": customer["userid"], "receiver": customer["external_userid"]}
    kinds = ("text", "image", "voice", "file", "link", "external_redpacket", "chatrecord", "location", "mixed", "card")
    for msgtype in kinds:
        corp.act("send_message", **ends, msgtype=msgtype)
    peer = Conversation.peer == customer["external_userid"]
    deadline = time.monotonic() + 15
    while not (found := corp.rows(Conversation, peer, Conversation.messages >= len(kinds))):
        assert time.monotonic() < deadline, "the messages were not pulled"
        time.sleep(0.1)
    number: int = found[0].id
    return number


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    arguments = ["--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-dev-shm-usage"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to start as root with one
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=arguments
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, service: str) -> Iterator[Open]:
    """Open pages that fail the test on an error in the console and on any request off this machine."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    host = urlsplit(service).netloc

    def open_(path: str, *, width: int = 1440, cookie: str = "") -> Page:
        context = chromium.new_context(
            base_url=service,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
        )
        contexts.append(context)
        if cookie:
            context.add_cookies([{"name": "scrm_session", "value": cookie, "url": service, "httpOnly": True}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"error on the page: {error}"))
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.on(
            "request",
            lambda request: complaints.append(f"request to {request.url}") if _leaves(request, host) else None,
        )
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def cookies() -> dict[str, str]:
    """One session per role for all tests: signing in by hand is a test of its own."""
    return {}


@pytest.fixture
def sign_in(open_page: Open, shop: Corp, cookies: dict[str, str]) -> SignIn:
    """A page of a browser that is signed in as a role."""

    def sign_in_(role: str, path: str = "/", **options: Any) -> Page:
        if role not in cookies:
            console = Console.signed_in(shop.web, PEOPLE[role], PASSWORD)
            cookies[role] = str(console.http.cookies["scrm_session"])
        page: Page = open_page(path, cookie=cookies[role], **options)
        return page

    return sign_in_


def _is_complaint(message: ConsoleMessage) -> bool:
    # An answer of 4xx is logged by Chromium itself; what the page makes of it is the test's matter.
    return message.type == "error" and "Failed to load resource" not in message.text


def _leaves(request: Request, host: str) -> bool:
    address = urlsplit(request.url)
    return address.scheme in {"http", "https"} and address.hostname != "127.0.0.1"
