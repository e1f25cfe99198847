"""Example frames as a site has them on which figures stand for few people: null, with the reason ``small_team``."""

from typing import Any

CALLS = (
    *(
        "handled",
        "complaints",
        "repeat_enquiries",
        "volume",
        "deducted",
        "pending",
        "floored",
        "net",
        "net_if_withdrawn",
    ),
    *(
        "net_low",
        "net_high",
        "not_assessed_net",
        "gap",
        "pace",
        "attainment",
        "on_pace_share",
        "last30_net",
        "score",
        "scored",
    ),
    *("attempts", "converted", "abandoned", "deducted_share", "signed_in", "due"),
)


def withheld(group: dict[str, Any]) -> dict[str, Any]:
    """A floor, a team or a row of the roll-up without any figure of people."""
    found = {name: None if name in CALLS else value for name, value in group.items()} | {"reason": "small_team"}
    for name in ("states", "survey", "month", "forecast"):
        if name in found:
            plain = {"target", "total"}
            found[name] = {key: value if key in plain else None for key, value in found[name].items()}
    if "last30" in found:
        found["last30"] = dict.fromkeys(found["last30"])
        series = found["half_hours"]
        some = [None if at % 2 else value for at, value in enumerate(series["net"])]
        found["half_hours"] = series | {"net": some, "handled": some, "due": [], "due_by_now": None}
    return found


def without_figures(snapshot: dict[str, Any]) -> dict[str, Any]:
    """A snapshot of the floor or a team, of which every figure is withheld."""
    return snapshot | {"floor": withheld(snapshot["floor"]), "teams": [withheld(team) for team in snapshot["teams"]]}


def rollup_without_figures(snapshot: dict[str, Any]) -> dict[str, Any]:
    """A snapshot of the roll-up whose first row is withheld, and the sums of the assessed of its site."""
    rollup = snapshot["rollup"]
    first, *others = rollup["rows"]
    teams = [{**team, "pace": None} if team["id"] == first["id"] else team for team in rollup["today"]["teams"]]
    forecast = rollup["site"]["forecast"] | dict.fromkeys(("expected", "low", "high"))
    site = {**rollup["site"], "gap": None, "not_assessed_net": None, "forecast": forecast}
    course = {
        "past": [{**day, "net": None} for day in snapshot["course"]["past"]],
        "ahead": snapshot["course"]["ahead"],
    }
    changed = {**rollup, "site": site, "rows": [withheld(first), *others], "today": {**rollup["today"], "teams": teams}}
    return snapshot | {"rollup": changed, "course": course}
