"""Every kind of alert: a row of a table, its words, its limit in the site file and its line in the documents."""

import re
import tomllib
from dataclasses import fields

import pytest

from dashboard.board.agent_alerts import AGENT_KINDS
from dashboard.board.alert_kinds import AlertKind
from dashboard.board.site_alerts import SITE_KINDS
from dashboard.site.models import AlertsTable
from dashboard.site.types import Alerts
from layouts.wording.words import load_words
from tests.golden import ROOT

KINDS: tuple[AlertKind, ...] = (*SITE_KINDS, *AGENT_KINDS)
ON_EVERY_WALL = {"partition", "records", "source"}
AUDIENCES = {"lead": "the lead", "site": "the site", "both": "the lead, the site"}


def test_every_kind_is_there_once() -> None:
    assert len({kind.id for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_kind_has_its_words(kind: AlertKind, language: str) -> None:
    words = tomllib.loads((ROOT / "layouts" / "wording" / f"{language}_desk.toml").read_text("utf-8"))["alert"]
    assert words[kind.id] and words[f"do_{kind.id}"]


def test_the_strip_above_the_table_says_the_sentence_of_the_alert() -> None:
    assert not {f"look.{kind.id}" for kind in KINDS} & load_words("en").table.keys()


def test_the_scripts_know_no_kind_but_those_under_a_figure_of_the_wall() -> None:
    scripts = [path.read_text("utf-8") for path in (ROOT / "assets" / "js").rglob("*.js")]
    asked = {kind.id for kind in KINDS for text in scripts if re.search(rf'kind\W+"{kind.id}|alert\W+"{kind.id}', text)}
    assert asked == {"queue_waiting", "queue_in_time"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_limit_is_a_key_of_the_site_file(kind: AlertKind) -> None:
    for limit in kind.limits:
        assert limit in {each.name for each in fields(Alerts)}
        assert limit.removesuffix("_ms") in AlertsTable.model_fields
        assert limit.endswith("_ms") == (kind.unit == "ms"), "its unit is that of the limit"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_the_documents_say_who_is_told(kind: AlertKind) -> None:
    table = (ROOT / "docs" / "site.md").read_text("utf-8").partition("## Alerts")[2]
    (line,) = (line for line in table.splitlines() if line.startswith("|") and f"`{kind.id}`" in line.split("|")[1])
    every_wall = ", every wall" * (kind.about in ON_EVERY_WALL)
    assert line.split("|")[2].strip() == AUDIENCES[kind.audience] + every_wall
