"""Pages bind by name to what the frames have, carry no data of their own, and stay small."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder

from layouts.agent import me
from layouts.campaigns import campaigns
from layouts.health import health
from layouts.parts.agent_grid import COLUMNS as AGENT_GRID
from layouts.parts.bindings import FORMATS, UNKNOWN
from layouts.parts.glyphs import GLYPHS
from layouts.parts.page_site import EVERYONE, PageBoard, PageSite, PageTeam
from layouts.rollup import rollup
from layouts.team import team
from layouts.wall import wall
from layouts.wording.words import load_words
from tests.layouts.example import COLUMNS, example_site, floor_snapshot, team_snapshot

ASSETS = Path(__file__).resolve().parents[2] / "assets"
PAGES = [(page, lang) for page in ("wall", "dawn", "spring") for lang in ("zh", "en")]
PATHS = ("data-path", "data-differs", "data-most", "data-tick")


def _page(name: str, lang: str) -> Any:
    site = example_site()
    component = wall(lang, "dark", site) if name == "wall" else team(name, lang, "light", site)
    return json.loads(json.dumps(component, cls=PlotlyJSONEncoder))


def _grown(teams: int) -> PageSite:
    """The example's site with so many teams."""
    site = example_site()
    first = site.teams[0]
    kinds = ("outbound", "inbound")
    named = [
        replace(first, id=f"team-{i}", name=f"外呼第{i}组", name_en=f"Outbound {i}", direction=kinds[i % 2])
        for i in range(teams)
    ]
    return replace(site, teams=tuple(named))


def _weight(page: Component) -> int:
    return len(json.dumps(page, cls=PlotlyJSONEncoder, ensure_ascii=False).encode())


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, list):
        for one in tree:
            yield from _nodes(one)
    if isinstance(tree, dict):
        yield tree["props"]
        yield from _nodes(tree["props"].get("children"))


def _of_each(snapshot: dict[str, Any], paths: Iterable[str]) -> list[tuple[str, dict[str, Any]]]:
    """The paths, once for each team."""
    return [(path.replace("{direction}", team["direction"]), team) for path in paths for team in snapshot["teams"]]


def _resolve(snapshot: dict[str, Any], path: str, team: dict[str, Any]) -> Any:
    head, *rest = path.split(".")
    if head == "most":
        return max(team[rest[1]] for team in snapshot["teams"] if team["direction"] == rest[0])
    node: Any = team if head == "team" else snapshot[head]
    for name in rest:
        node = node[name]
    return node


@pytest.mark.parametrize(("name", "lang"), PAGES)
def test_every_path_is_one_the_snapshot_has(name: str, lang: str) -> None:
    snapshot = floor_snapshot() if name == "wall" else team_snapshot(name)
    texts = [node.get(key, "") for node in _nodes(_page(name, lang)) for key in PATHS]
    paths = {path for text in texts for path in re.split(r"[ +/]", text) if path}
    assert len(paths) >= 15
    assert [
        (path, team["id"]) for path, team in _of_each(snapshot, paths) if _resolve(snapshot, path, team) is None
    ] == []


@pytest.mark.parametrize(("name", "lang"), PAGES)
def test_every_code_is_one_the_snapshot_has(name: str, lang: str) -> None:
    """A code may be null, as the reason of a pace that there is; that it is missing shows here."""
    snapshot = floor_snapshot() if name == "wall" else team_snapshot(name)
    paths = {node["data-code"] for node in _nodes(_page(name, lang)) if node.get("data-live") == "word"}
    assert paths
    for path, each in _of_each(snapshot, paths):
        _resolve(snapshot, path, each)


@pytest.mark.parametrize(("name", "lang"), PAGES)
def test_every_figure_is_unknown_until_a_frame_comes(name: str, lang: str) -> None:
    figures = [node for node in _nodes(_page(name, lang)) if node.get("data-live") == "text"]
    assert len(figures) > 10
    assert {node["children"] for node in figures} == {UNKNOWN}
    assert {node["data-format"] for node in figures} <= set(FORMATS)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("council", [False, True])
@pytest.mark.parametrize("direction", ["outbound", "inbound", "both"])
@pytest.mark.parametrize("teams", [(), example_site().teams])
def test_everyone_has_a_page_on_every_site(
    teams: tuple[PageTeam, ...], direction: str, council: bool, lang: str
) -> None:
    """With what is said of persons only where somebody is in a team and no works council has a say."""
    everyone = replace(EVERYONE, direction=direction)
    site = replace(
        example_site(works_council="count" if council else "judge"),
        teams=teams,
        everyone=everyone,
        has_roster=bool(teams),
    )
    drawn = json.dumps(team(everyone.id, lang, "light", site), cls=PlotlyJSONEncoder)
    judged = bool(teams) and not council
    assert ('"data-evidence": "evidence:~everyone"' in drawn, "CallfloorPeers" in drawn) == (judged, judged)
    assert '"data-team": "~everyone"' in drawn and '"data-topic": "team:~everyone"' in drawn
    assert ('"data-unrated": "yes"' in drawn) == (not teams or council)
    assert ('"field": "converted"' in drawn) == (direction != "inbound")
    assert ('"field": "aht"' in drawn) == (direction != "outbound" and not council)
    of_a_judgement = [field for field in ("due", "pace", "qa") if f'"field": "{field}"' in drawn]
    assert of_a_judgement == ([] if council else ["due"] if judged else ["due", "pace", "qa"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_where_no_person_is_shown_a_team_has_sums_alerts_and_no_table(lang: str) -> None:
    sites = {level: example_site(works_council=level) for level in ("count", "teams")}
    drawn = {
        level: json.dumps(team("dawn", lang, "light", site), cls=PlotlyJSONEncoder) for level, site in sites.items()
    }
    for table in ('"data-live": "grid"', '"id": "drawer"', '"data-chip"'):
        assert table in drawn["count"] and table not in drawn["teams"]
    assert '"data-bar": "alerts"' in drawn["teams"] and '"team.net"' in drawn["teams"]
    assert load_words(lang)["bar.persons_withheld"] in json.dumps(json.loads(drawn["teams"]), ensure_ascii=False)


@pytest.mark.parametrize(
    ("site", "names", "half", "topic"),
    [
        (PageSite("n", "n", "UTC", "", ()), "alias", '"data-wall": "half"', "wall:main/people"),
        (PageSite("n", "n", "UTC", "", ()), "full", '"data-wall": "half"', "wall:main/people"),
        (PageSite("n", "n", "UTC", "", ()), "none", '"data-figure": "handled"', "wall:main"),
        (PageSite("n", "n", "UTC", "", (), judges_persons=False), "alias", '"data-figure": "handled"', "wall:main"),
        (replace(example_site(), has_roster=False), "alias", '"data-wall": "half"', "wall:main/people"),
        (example_site(), "alias", '"data-model": "strip"', "wall:main"),
    ],
)
def test_without_teams_a_wall_has_agents_or_half_hours(site: PageSite, names: str, half: str, topic: str) -> None:
    drawn = json.dumps(wall("zh", "dark", site, PageBoard(names=names)), cls=PlotlyJSONEncoder)
    halves = [
        each for each in ('"data-wall": "half"', '"data-figure": "handled"', '"data-model": "strip"') if each in drawn
    ]
    assert halves == [half]
    assert f'"data-topic": "{topic}"' in drawn


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("teams", [9, 250])
def test_a_page_is_small(teams: int, lang: str) -> None:
    """Also with 250 teams, which is a floor of 5,000 agents."""
    site = _grown(teams)
    pages = [wall(lang, "dark", site), team("team-0", lang, "light", site)]
    pages += [page(lang, "light", site) for page in (rollup, campaigns, health, me)]
    assert max(map(_weight, pages)) <= 150_000


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_place_has_its_model_and_all_its_words(lang: str) -> None:
    nodes = list(_nodes(_page("wall", lang)))
    models = {node["data-model"]: node["children"] for node in nodes if node.get("data-live") == "model"}
    places = [node for node in nodes if node.get("data-live") == "like"]
    assert {place["data-model"] for place in places} == set(models)
    for place in places:
        asked = re.findall(r"\{(\w+)\}", json.dumps(models[place["data-model"]]))
        assert asked
        assert [name for name in asked if f"data-{name}" not in place] == []


def test_every_shape_is_drawn() -> None:
    css = (ASSETS / "25-shapes.css").read_text(encoding="utf-8")
    assert [name for name in GLYPHS if f".g-{name}" not in css] == []


def test_the_table_reads_the_columns_of_the_frame() -> None:
    script = (ASSETS / "js/team/grid_rows.js").read_text(encoding="utf-8")
    read = set(re.findall(r"\bof\.([a-z_0-9]+)", script))
    assert read <= set(COLUMNS)
    assert {"name", "state", "since", "aht_s", "score", "short"} <= read
    made = set(re.findall(r"[{,] (\w+)(?=[:,])", script.partition("function row(")[2]))
    assert [column.field for column in AGENT_GRID if column.field not in {*COLUMNS, *made}] == []


def test_the_leaking_property_of_the_grid_is_not_used() -> None:
    used = [
        path.name
        for path in ASSETS.rglob("*.js")
        if re.search(r"rowTransaction\s*[:=]", path.read_text(encoding="utf-8"))
    ]
    assert used == []


def test_nothing_that_a_strict_content_policy_forbids() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in ASSETS.rglob("*.js"))
    assert re.findall(r"\beval\(|new Function|innerHTML|https?://(?!www\.w3\.org)", scripts) == []


def test_an_unknown_team_is_refused() -> None:
    with pytest.raises(KeyError, match="nobody"):
        team("nobody", "zh", "light", example_site())
