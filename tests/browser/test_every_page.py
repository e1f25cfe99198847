"""Every page in each of its views, in both languages and both themes: axe finds nothing, and everything fits.

A page is opened once for each language; all checks stand on that opening.
"""

import re
from collections.abc import Callable

import pytest

from dashboard.web.pages import PAGES
from tests.browser.audit import audited, audited_colours
from tests.browser.conftest import Show
from tests.browser.fitting import by_colour_alone, misfits
from tests.browser.views import LANGUAGES, OPENINGS, OTHER_THEME, in_theme, walked

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
PARTS = {"drawer": "#drawer", "alerts": "#alerts"}
"""What is new in a view that opens beside the table; the table was audited before."""
HTML_LANG = {"zh": "zh-CN", "en": "en"}
SMALL_TARGETS = """() => [...document.querySelectorAll('a[href], button, input, select, summary')]
    .filter((node) => node.checkVisibility() && !node.closest('.skip, .unseen'))
    .map((node) => ({ node, box: (node.closest('label') || node).getBoundingClientRect() }))
    .filter(({ box }) => box.width < 24 || box.height < 24)
    .map(({ node, box }) => `${node.className} ${node.textContent.slice(0, 30)} ${box.width} x ${box.height}`)"""
STRUCTURE = """() => ({ lang: document.documentElement.lang,
    once: ['h1', 'main', 'header'].filter((name) => document.querySelectorAll(name).length !== 1),
    ticking: [...document.querySelectorAll('[aria-live], [role=status], [role=alert], [role=log], [role=timer]')]
        .filter((node) => node.dataset.live ? node.dataset.live !== 'spoken' : node.querySelector('[data-live]'))
        .map((node) => node.outerHTML) })"""
"""What is read aloud by itself holds nothing that changes with every frame or second."""


def test_every_page_of_the_site_is_looked_at() -> None:
    opened = {opening.path for opening in OPENINGS.values()}
    assert [page.path for page in PAGES if not any(re.fullmatch(page.path, path) for path in opened)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", list(OPENINGS))
def test_a_page_can_be_used_by_anybody_and_fits(show: Opener, name: str, lang: str) -> None:
    """Chinese begins in the page's usual theme, English in the other one; what depends on the theme is seen in both."""
    usual = OPENINGS[name].theme
    first = usual if lang == "zh" else OTHER_THEME[usual]
    found = {}
    for view, seen in walked(show, name, lang, theme=first):
        in_theme(seen, first)
        found[view, "by colour alone"] = by_colour_alone(seen)
        found[view, "audit"] = audited(seen, PARTS.get(view, ""))
        found[view, "fit"] = misfits(seen, view)
        found[view, "targets"] = [] if name == "wall" else seen.page.evaluate(SMALL_TARGETS)
        in_theme(seen, OTHER_THEME[first])
        found[view, "colours"] = audited_colours(seen, PARTS.get(view, ""))
        structure = seen.page.evaluate(STRUCTURE)
        assert structure == {"lang": HTML_LANG[lang], "once": [], "ticking": []}, view
    told = [f"{view}, {kind}: {each}" for (view, kind), all_ in found.items() for each in all_]
    assert not told, "\n".join(told)
