"""The table of campaigns, on a page of its own and, shorter, under the roll-up. assets/js/campaigns fills its rows."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import UNKNOWN
from layouts.parts.glyphs import attributes
from layouts.parts.top import CAMPAIGNS, page_href
from layouts.wording.words import Words

OF_THE_ROLLUP = ("progress", "done", "connect", "drop", "conversion", "finish", "deadline", "slack", "chance")
ALL = (
    *("progress", "done", "left", "attempts", "connect", "drop", "converted", "conversion"),
    *("finish", "deadline", "slack", "chance"),
)

_SHORT = ("connect", "drop", "conversion", "slack", "chance")


def campaign_section(words: Words, theme: str) -> Component:
    """The section of the roll-up; its head leads to the page of the campaigns."""
    head = html.H2(html.A(words["campaign.title"], href=page_href(CAMPAIGNS, words.lang, theme)))
    return html.Section([head, campaign_table(words, OF_THE_ROLLUP, short=True)], className="campaigns")


def campaign_table(words: Words, columns: Sequence[str], short: bool = False) -> Component:
    """Head, in ``short`` words where it has them, and one row of unknown figures, until a frame comes."""
    names = ("name", *columns)
    shown = [f"campaign.{name}_short" if short and name in _SHORT else f"campaign.{name}" for name in names]
    heads = [html.Th(words[key], scope="col", className=f"c-{name}") for key, name in zip(shown, names, strict=True)]
    cells = [html.Td(UNKNOWN if name != "progress" else "", className=f"c-{name} gone") for name in names]
    body = html.Tbody(html.Tr(cells), **attributes(data_campaigns=" ".join(columns)))
    caption = html.Caption(words["campaign.caption"], className="unseen")
    return html.Table([caption, html.Thead(html.Tr(heads)), body], className="cp n")
