"""Every page passes axe (WCAG 2 A and AA), light and dark, and fits 400 px."""

import json

import pytest

from tests.e2e.axe import violations
from tests.e2e.conftest import SignIn, settled
from tests.e2e.places import address
from tests.support.service import TestCorp as Corp

PAGES = [
    "/",
    "/customers",
    "/customers/one",
    "/customers/groups/one",
    "/broadcasts",
    "/broadcasts/new",
    "/broadcasts/one",
    "/broadcasts/one/edit",
    "/alerts",
    "/handovers",
    "/handovers/one",
    "/messages",
    "/messages/one",
    "/rules",
    "/rules?id=new",
    "/welcome",
    "/members",
    "/devices",
    "/members/held",
    "/members?view=local",
    "/sync",
    "/callbacks",
    "/tasks",
    "/audit",
    "/sidebar",
    "/simulator",
]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_in_light_and_dark_and_fits_400_pixels(path: str, sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", address(shop, path))
    settled(page)
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    settled(page)
    found["dark"] = violations(page, colours_alone=True)
    page.set_viewport_size({"width": 400, "height": 800})
    settled(page)
    found["narrow"] = violations(page)
    assert not any(found.values()), json.dumps(found, ensure_ascii=False, indent=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
