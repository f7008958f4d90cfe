"""Every page passes axe (WCAG 2 A and AA), light and dark, and fits 400 px."""

import json
import time
from functools import cache
from pathlib import Path

import pytest

from scrm.compliance.models.handovers import Handover
from tests.e2e.conftest import PASSWORD, PEOPLE, SignIn, a_conversation, a_customer_of, busiest, settled
from tests.marketing.desk import Desk
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

AXE = Path(__file__).parents[2] / "admin_ui" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = [
    "/",
    "/customers",
    "/customers/one",
    "/broadcasts",
    "/broadcasts/new",
    "/broadcasts/one",
    "/alerts",
    "/handovers",
    "/handovers/one",
    "/messages",
    "/messages/one",
    "/rules",
    "/rules?id=new",
    "/sync",
    "/callbacks",
    "/tasks",
    "/audit",
    "/sidebar",
    "/simulator",
]
_RUN = """async () => {
  const result = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
  return result.violations.map((rule) => [rule.id, rule.nodes.map((node) => node.target.join(" ")).slice(0, 5)])
}"""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


@cache
def _broadcast(corp: Corp) -> int:
    """A broadcast of which one member has sent their part."""
    desk = Desk(corp, Console.signed_in(corp.web, PEOPLE["marketer"], PASSWORD))
    number = desk.send()
    while desk.detail(number)["state"] != "collecting":  # the worker's thread has a part of the calls
        time.sleep(0.05)
    message = next(row for row in desk.messages() if row["tasks"][0]["status"] == 0)
    corp.act("confirm_group_message", msgid=message["msgid"], userid=message["tasks"][0]["userid"])
    return number


def _address(corp: Corp, path: str) -> str:
    if path == "/broadcasts/one":
        return f"/broadcasts/{_broadcast(corp)}"
    if path == "/handovers/one":
        return f"/handovers/{_handover(corp)}"
    if path == "/messages/one":
        return f"/messages?c={a_conversation(corp)}"
    if path not in {"/customers/one", "/sidebar"}:
        return path
    one = a_customer_of(corp, busiest(corp), 8)["external_userid"]
    return f"/customers/{one}" if path != "/sidebar" else f"/sidebar?external_userid={one}"


def _handover(corp: Corp) -> int:
    """The newest handover; a member who leaves makes one if there is none."""
    known = corp.rows(Handover)
    if not known:
        staff = corp.sim.call("GET", f"/corps/{corp.corp_id}/state")["staff"]
        leaver = next(row for row in staff if row["in_service"] and row["userid"] != busiest(corp) and not row["leads"])
        corp.act("resign", userid=leaver["userid"])
        deadline = time.monotonic() + 10
        while not (known := corp.rows(Handover)):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    number: int = known[-1].id
    return number


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_in_light_and_dark_and_fits_400_pixels(path: str, sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", _address(shop, path))
    settled(page)
    page.evaluate(_axe())
    found = {"light": page.evaluate(_RUN)}
    page.emulate_media(color_scheme="dark")
    settled(page)
    found["dark"] = page.evaluate(_RUN)
    page.set_viewport_size({"width": 400, "height": 800})
    settled(page)
    found["narrow"] = page.evaluate(_RUN)
    assert not any(found.values()), json.dumps(found, ensure_ascii=False, indent=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
