"""A page is there after three rounds: the document, its files beside each other, its data beside each other."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.e2e import places
from tests.e2e.conftest import PASSWORD, PEOPLE, _context, settled
from tests.support.patience import Patience
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

ROUNDS, REQUESTS = 3, 15
_PAGES = [
    ("administrator", "/"),
    ("compliance", "/"),
    ("sales", "/"),
    ("sales", "/customers"),
    ("sales", "/customers/one"),
    ("marketer", "/customers/tags"),
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


# How long a page must have asked nothing to be at rest. One that seems to take too many rounds is measured again at
# leisure: between an answer and the next question a busy machine may need longer.
_BRISKLY, _AT_LEISURE = 200, 1_500


@dataclass
class Asked:
    """The requests of a page, each in its round: all that the page asks before anything of them is answered.

    They are held back until the page rests, so that rounds do not depend on which answer comes first.
    """

    rest_ms: int
    rounds: dict[str, int] = field(default_factory=dict)
    answered: int = 0
    _held: list[Route] = field(default_factory=list)
    _holding: bool = True

    def sent(self, route: Route) -> None:
        request, address = route.request, urlsplit(route.request.url)
        # The pulse is asked every second; pictures that people sent are what the page is about, not what it is made of.
        if address.path.startswith(("/api/v1/pulse", "/api/v1/messages/media/")) or address.scheme == "data":
            route.continue_()
            return
        # What the pulse makes stale is asked for again; how many an audience is, is asked for each choice.
        if not address.path.endswith("/broadcasts/audience"):
            self.rounds.setdefault(f"{request.method} {address.path}?{address.query}", self.answered + 1)
        if request.is_navigation_request():
            self.answered += 1
        if self._holding and request.resource_type in {"script", "stylesheet", "fetch", "xhr"}:
            self._held.append(route)
        else:
            route.continue_()

    def to_the_end(self, page: Page) -> None:
        """Answer round after round, until the page is there and asks nothing more."""
        patience = Patience(15)
        while True:
            self._rest(page)
            if self._held:
                self._answer()
            elif page.evaluate(_IS_THERE):
                break
            patience.go_on(self.rounds.copy(), "the page does not come")
        self._holding = False  # what comes yet is a round of its own

    def _rest(self, page: Page) -> None:
        seen = -1
        while seen != len(self._held):
            seen = len(self._held)
            page.wait_for_timeout(self.rest_ms)

    def _answer(self) -> None:
        going, self._held = self._held, []
        self.answered += 1
        for route in going:
            route.continue_()
        for route in going:
            if response := route.request.response():
                response.finished()


_IS_THERE = "() => document.querySelector('h1, h2, h3') !== null && document.querySelector('.s-loading') === null"


@pytest.mark.parametrize(("role", "path"), _PAGES)
def test_a_page_takes_three_rounds_and_fifteen_requests_at_most(
    chromium: Browser, service: str, shop: Corp, role: str, path: str
) -> None:
    address = places.address(shop, path)
    cookie = str(Console.signed_in(shop.web, PEOPLE[role], PASSWORD).http.cookies["scrm_session"]) if role else ""
    for rest_ms in (_BRISKLY, _AT_LEISURE):
        asked = _visited(chromium, service, address, cookie, Asked(rest_ms))
        if max(asked.rounds.values()) <= ROUNDS:
            break
    told = "\n".join(f"{number} {request}" for request, number in asked.rounds.items())
    assert (max(asked.rounds.values()) <= ROUNDS, len(asked.rounds) <= REQUESTS) == (True, True), told


def _visited(chromium: Browser, service: str, address: str, cookie: str, asked: Asked) -> Asked:
    """A browser that has been nowhere yet opens the page and waits until it is there."""
    context = _context(chromium, service)
    if cookie:
        context.add_cookies([{"name": "scrm_session", "value": cookie, "url": service}])
    page = context.new_page()
    page.route("**/*", asked.sent)
    page.goto(address, wait_until="commit")
    asked.to_the_end(page)
    settled(page)
    context.close()
    return asked
