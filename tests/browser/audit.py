"""axe-core in a page: what it finds against WCAG 2.2 A and AA and its own best practices."""

from importlib.resources import files
from typing import Any

from tests.browser.conftest import Show

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = """([where, only]) => axe.run(where || document, { runOnly: only, resultTypes: ['violations'] })
    .then(({ violations }) => violations)"""


def audited(seen: Show, where: str = "") -> list[str]:
    """Every violation on the page as it stands, or in a part of it: the rule, what it says, and where."""
    return _found(seen, where, {"type": "tag", "values": list(TAGS)})


def audited_colours(seen: Show, where: str = "") -> list[str]:
    """The same of the rule that alone depends on the theme."""
    return _found(seen, where, {"type": "rule", "values": ["color-contrast"]})


def _found(seen: Show, where: str, only: dict[str, Any]) -> list[str]:
    if not seen.page.evaluate("Boolean(window.axe)"):
        seen.page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:5]]}"
        for each in seen.page.evaluate(_RUN, [where, only])
    ]
