"""axe-core in the page: what breaks a rule of WCAG 2 A or AA."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_SOURCE = Path(__file__).parents[2] / "admin_ui" / "node_modules" / "axe-core" / "axe.min.js"
_ALL = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
_NEWEST = (*_ALL, "wcag22aa")
_COLOURS = ("color-contrast",)
_RUN = """async (runOnly) => {
  const result = await axe.run(document, {runOnly})
  return result.violations.map((rule) => [rule.id, rule.nodes.map((node) => node.target.join(" ")).slice(0, 5)])
}"""


@cache
def _axe() -> str:
    return _SOURCE.read_text(encoding="utf-8")


def violations(page: Page, *, colours_alone: bool = False, newest: bool = False) -> list[list[object]]:
    """Rules that are broken now, each with the first elements that break it.

    ``colours_alone``: of a page that has been looked at and has changed nothing but its colours.
    ``newest``: WCAG 2.2 as well.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: list[list[object]] = page.evaluate(_RUN, list(_COLOURS if colours_alone else _NEWEST if newest else _ALL))
    return found
