"""A real Chromium on the service of this process; workers drain in a thread, as fast as real ones."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from sqlalchemy.exc import SQLAlchemyError

from scrm.compliance.archive.models import Conversation
from scrm.core import migrate
from scrm.core.audit import System
from scrm.core.db import database, transaction
from scrm.core.doorbell import Lane, redis_connection
from scrm.core.rings import lane_queue
from scrm.core.settings import settings
from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.wecom import sync
from tests.support.database import TRUSTED_SECONDS
from tests.support.patience import until
from tests.support.service import Console, connect, free_port, serving
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Simulator
from workers.worker import drain_job

ROOT = Path(__file__).parents[2]
expect.set_options(timeout=15_000)

WIDTH = 1440
PASSWORD = "an-e2e-password"
PEOPLE = {
    "administrator": "admin.e2e",
    "sales": "sales.e2e",
    "compliance": "compliance.e2e",
    "marketer": "marketer.e2e",
}

_SWEEP_SECONDS = 0.5
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
    database.configure(trusted_seconds=TRUSTED_SECONDS)
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
    """A worker and its scheduler: drain the lane whose bell rings; look at all of them when they have rested a while.

    To look takes a dozen queries, which the pages of these tests would wait for if it were done all the time.
    """
    redis = redis_connection()
    lanes = {lane_queue(lane, redis).key: lane for lane in Lane}
    sweep = 0.0
    while not stop.is_set():
        rung = cast("tuple[bytes, bytes] | None", redis.blpop(list(lanes), timeout=_SWEEP_SECONDS))
        try:
            if rung:
                drain_job(corp.number, lanes[rung[0].decode()])
            if time.monotonic() >= sweep:
                corp.drain()
                sweep = time.monotonic() + _SWEEP_SECONDS
        except SQLAlchemyError:
            stop.wait(_SWEEP_SECONDS)


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
    found = until(
        lambda: corp.rows(Conversation, peer, Conversation.messages >= len(kinds)),
        "the messages were not pulled",
        seen=lambda: [row.messages for row in corp.rows(Conversation, peer)],
    )
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


@pytest.fixture(scope="session")
def profiles(chromium: Browser, service: str) -> Iterator[Callable[[str], BrowserContext]]:
    """A browser profile per session cookie, kept for all tests: what it fetched once it need not fetch again."""
    known: dict[str, BrowserContext] = {}

    def profile(cookie: str) -> BrowserContext:
        if cookie not in known:
            known[cookie] = _context(chromium, service)
            known[cookie].add_cookies([{"name": "scrm_session", "value": cookie, "url": service, "httpOnly": True}])
        return known[cookie]

    yield profile
    for context in known.values():
        context.close()


@pytest.fixture
def open_page(chromium: Browser, service: str, profiles: Callable[[str], BrowserContext]) -> Iterator[Open]:
    """Open pages that fail the test on an error in the console and on any request off this machine."""
    pages: list[Page] = []
    strangers: list[BrowserContext] = []
    complaints: list[str] = []
    host = urlsplit(service).netloc

    def open_(path: str, *, width: int = WIDTH, cookie: str = "") -> Page:
        if not cookie:
            strangers.append(_context(chromium, service))
        page = (profiles(cookie) if cookie else strangers[-1]).new_page()
        pages.append(page)
        if width != WIDTH:
            page.set_viewport_size({"width": width, "height": 900})
        page.on("pageerror", lambda error: complaints.append(f"error on the page: {error}"))
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.on(
            "request",
            lambda request: complaints.append(f"request to {request.url}") if _leaves(request, host) else None,
        )
        page.goto(path)
        return page

    yield open_
    for page in pages:
        # A profile is used by many tests: what one has the browser remember is not the next one's.
        if not page.is_closed() and urlsplit(page.url).netloc == host:
            page.evaluate("() => localStorage.clear()")
        page.close()
    for context in strangers:
        context.close()
    assert complaints == []


def _context(chromium: Browser, service: str) -> BrowserContext:
    return chromium.new_context(
        base_url=service,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": WIDTH, "height": 900},
        reduced_motion="reduce",
    )


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


def settled(page: Page) -> None:
    """Wait until the page is there and has kept still for a moment: nothing loads, nothing is added or moves.

    The pulse keeps the network busy, so there is no idle network to wait for.
    """
    page.get_by_role("heading").or_(page.get_by_role("dialog")).first.wait_for()
    expect(page.locator(".s-loading")).to_have_count(0)
    page.evaluate(_STILL)


_STILL = """() => new Promise((done) => {
  const end = setTimeout(done, 3000)
  const rest = () => setTimeout(() => { clearTimeout(end); done() }, 200)
  let resting = rest()
  const watch = { subtree: true, childList: true, attributes: true, characterData: true }
  new MutationObserver(() => { clearTimeout(resting); resting = rest() }).observe(document, watch)
})"""


def _is_complaint(message: ConsoleMessage) -> bool:
    # An answer of 4xx is logged by Chromium itself; what the page makes of it is the test's matter.
    return message.type == "error" and "Failed to load resource" not in message.text


def _leaves(request: Request, host: str) -> bool:
    address = urlsplit(request.url)
    return address.scheme in {"http", "https"} and address.hostname != "127.0.0.1"
