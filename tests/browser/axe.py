"""axe-core, asked what is wrong with the page as it stands."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import needed

AXE = "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASK = """async (tags) => (await axe.run(document, {
  runOnly: {type: "tag", values: tags}, resultTypes: ["violations"], preload: false,
})).violations.flatMap(({id, help, nodes}) => nodes.map(
  ({target, failureSummary}) => `${id}: ${help} — ${target.join(" ")}: ${failureSummary.replaceAll(/\\s+/g, " ")}`))"""


@cache
def _script() -> str:
    root = Path(__file__).resolve().parents[2]
    return needed(str(root / AXE), "axe-core").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_script())
    return page.evaluate(ASK, TAGS)


def overflow(page: Page) -> list[str]:
    """What makes the page wider than the window, if anything."""
    return page.evaluate(
        """() => {
          const limit = document.documentElement.clientWidth, width = document.documentElement.scrollWidth;
          if (width <= limit) return [];
          const wide = [...document.body.querySelectorAll("*")].filter(
            (element) => element.getBoundingClientRect().right > limit + 1 && !element.closest(".scroll"));
          return [`${width} px in a window of ${limit}`, ...wide.map((element) => `${element.tagName} ${element.className}`)];
        }"""
    )


def check(page: Page) -> None:
    """No violation and no sideways scrolling, on a desk and on a phone."""
    found = {}
    for width, height in ((1280, 900), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        found[width] = [*violations(page), *overflow(page)]
    assert found == {1280: [], 320: []}, found
