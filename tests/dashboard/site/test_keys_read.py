"""Every key of the site file and its lists has an effect: something outside of dashboard/site reads what becomes of it."""

import ast
from collections.abc import Iterator

import pytest

from dashboard.board.agent_alerts import AGENT_KINDS
from dashboard.board.site_alerts import SITE_KINDS
from dashboard.rules.scoring import INDICES
from dashboard.site import lists, models
from dashboard.site.reading import Model, fields_of, models_in
from tests.golden import ROOT

NAMES = {
    "CountingTable.lateness": "lateness_ms",
    "CountingTable.fact_lateness": "fact_lateness_ms",
    "CountingTable.success_dispositions": "is_success",
    "CampaignTable.success_dispositions": "is_success",
    "RetentionTable.minutes": "minutes_ms",
    "RetentionTable.hours": "hours_ms",
    "RetentionTable.days": "months",
    "RetentionTable.ledger": "ledger_ms",
    "PolicyTable.grades_closed": "closed",
    "ClosingTable.from_day": "close_from_day",
    "SpellRow.from": "from_",
    "EmploymentRow.from": "from_",
    "AccessRow.from": "from_ms",
    "AccessRow.to": "to_ms",
    "BoardTable.rotate": "rotate_ms",
}
"""Key -> the attribute by which it is read, where that has another name. Weights are read by the names of
INDICES, limits by those of the tables of alert kinds."""


def keys(tables: dict[str, type[Model]]) -> Iterator[tuple[str, str]]:
    """(Model.key, key) of every table and of the tables in it."""
    waiting, seen = list(tables.values()), set[type[Model]]()
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.add(model)
        for key, field in fields_of(model).items():
            inside = list(models_in(field.annotation))
            waiting += inside
            if not inside:
                yield f"{model.__name__}.{key}", key


def attributes_read() -> set[str]:
    """The attributes that are read in the product outside of dashboard/site."""
    paths = (path for room in ("streams", "dashboard", "layouts") for path in (ROOT / room).rglob("*.py"))
    trees = (ast.parse(path.read_text("utf-8")) for path in paths if "dashboard/site" not in path.as_posix())
    return {
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }


@pytest.mark.parametrize("tables", [models.SECTIONS | models.LISTS, lists.FILES], ids=["site file", "lists"])
def test_every_key_is_read_outside_of_site(tables: dict[str, type[Model]]) -> None:
    limits = {limit.removesuffix("_ms") for kind in (*SITE_KINDS, *AGENT_KINDS) for limit in kind.limits}
    read = attributes_read() | set(INDICES) | limits
    assert [name for name, key in keys(tables) if NAMES.get(name, key) not in read] == []


def test_a_key_without_effect_is_found() -> None:
    assert "published_in_the_canteen" not in attributes_read()


def test_every_other_name_is_of_a_key() -> None:
    assert NAMES.keys() <= {name for name, _ in keys(models.SECTIONS | models.LISTS | lists.FILES)}
