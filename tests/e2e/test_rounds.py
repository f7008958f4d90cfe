"""A page is there after three rounds: the document, its files beside each other, its data beside each other."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.e2e import places
from tests.e2e.conftest import PASSWORD, PEOPLE, _context, settled
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

ROUNDS, REQUESTS = 3, 15
# What a request takes here at least: longer than a page needs between an answer and the next question.
_LATENCY_MS = 1_000
_PAGES = [
    ("administrator", "/"),
    ("compliance", "/"),
    ("sales", "/"),
    ("sales", "/customers"),
    ("sales", "/customers/one"),
    ("marketer", "/broadcasts"),
    ("marketer", "/broadcasts/one"),
    ("marketer", "/broadcasts/new"),
    ("marketer", "/broadcasts/one/edit"),
    ("compliance", "/alerts"),
    ("compliance", "/handovers"),
    ("compliance", "/handovers/one"),
    ("compliance", "/messages"),
    ("compliance", "/messages/one"),
    ("compliance", "/rules"),
    ("administrator", "/welcome"),
    ("administrator", "/members"),
    ("administrator", "/sync"),
    ("administrator", "/callbacks"),
    ("administrator", "/tasks"),
    ("administrator", "/audit"),
    ("sales", "/devices"),
    ("sales", "/password"),
    ("", "/login"),
    ("", "/customers"),
    ("sales", "/sidebar"),
    ("", "/sidebar"),
]


@dataclass
class Asked:
    """The requests of a page, each in its round: one more than the last that was answered before it was sent."""

    rounds: dict[str, int] = field(default_factory=dict)
    answered: int = 0
    _under_way: dict[Request, int] = field(default_factory=dict)

    def sent(self, request: Request) -> None:
        address = urlsplit(request.url)
        # The pulse is asked every second; pictures that people sent are what the page is about, not what it is made of.
        if address.path.startswith(("/api/v1/pulse", "/api/v1/messages/media/")) or address.scheme == "data":
            return
        self._under_way[request] = self.answered + 1
        # What the pulse makes stale is asked for again; how many an audience is, is asked for each choice.
        if not address.path.endswith("/broadcasts/audience"):
            self.rounds.setdefault(f"{request.method} {address.path}?{address.query}", self.answered + 1)

    def ended(self, request: Request) -> None:
        if request in self._under_way:
            self.answered = max(self.answered, self._under_way[request])


@pytest.mark.parametrize(("role", "path"), _PAGES)
def test_a_page_takes_three_rounds_and_fifteen_requests_at_most(
    chromium: Browser, service: str, shop: Corp, role: str, path: str
) -> None:
    address = places.address(shop, path)
    context = _context(chromium, service)
    if role:
        console = Console.signed_in(shop.web, PEOPLE[role], PASSWORD)
        cookie: Any = {"name": "scrm_session", "value": str(console.http.cookies["scrm_session"]), "url": service}
        context.add_cookies([cookie])
    page = context.new_page()
    slowed(page)
    asked = Asked()
    page.on("request", asked.sent)
    page.on("response", lambda response: asked.ended(response.request))
    page.goto(address)
    settled(page)
    context.close()
    told = "\n".join(f"{number} {request}" for request, number in asked.rounds.items())
    assert (max(asked.rounds.values()) <= ROUNDS, len(asked.rounds) <= REQUESTS) == (True, True), told


def slowed(page: Page) -> None:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": _LATENCY_MS, "downloadThroughput": -1, "uploadThroughput": -1},
    )
