"""The walls of the house stand; and the checker sees a breach of each of them when it is planted."""

from pathlib import Path

import pytest

from tests.golden import ROOT
from tests.house.walls import ROOMS, arrows, problems, room_of, sources


def test_no_file_imports_what_it_may_not() -> None:
    assert problems(ROOT) == []


def test_every_room_was_looked_at() -> None:
    found = {source.module for source in sources(ROOT)}
    assert {
        "streams.store.store",
        "streams.ledger.calls",
        "dashboard.rules.deduction",
        "dashboard.cli.main",
        "layouts.wall",
    } <= found
    assert {room_of(module) for module in found if "." in module} == ROOMS.keys()


def test_a_room_imports_only_rooms_below_it() -> None:
    order = list(ROOMS)
    assert [
        (room, target) for room in order for target in ROOMS[room] if order.index(target) <= order.index(room)
    ] == []


def test_every_arrow_of_the_table_is_in_use() -> None:
    assert arrows(ROOT) == {room: set(targets) for room, targets in ROOMS.items() if targets}


SOUND = {
    "streams/__init__.py": '"""."""',
    "streams/store/store.py": '"""."""\nimport redis\nfrom streams import metrics\n',
    "streams/store/loader.py": '"""."""\nimport redis\nfrom streams.store.store import x\n',
    "streams/metrics.py": '"""."""\nimport numpy\n',
    "streams/kafka_log/fetch.py": '"""."""\nfrom kafka.errors import KafkaError\n',
    "dashboard/__init__.py": '"""."""',
    "dashboard/settings.py": '"""."""\nimport os\nhome = os.environ\n',
    "dashboard/board/read_model.py": '"""."""\nfrom streams.store.reader import R\nfrom dashboard.rules.targets import p\n',
    "dashboard/board/bus.py": '"""."""\nimport redis.asyncio\n',
    "dashboard/rules/targets.py": '"""."""\nfrom scipy import stats\nimport math\n',
    "dashboard/cli/main.py": '"""."""\nfrom dashboard.wiring.serving import x\nprint(1)\n',
    "dashboard/web/app.py": '"""."""\nimport fastapi\nfrom layouts import wall\n',
    "layouts/wall.py": '"""."""\nfrom dash import html\nfrom layouts.parts.tiles import t\n',
    "layouts/parts/tiles.py": '"""."""\nimport plotly.graph_objects\n',
}


def plant(root: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return problems(root)


def test_a_sound_house_has_no_problem(tmp_path: Path) -> None:
    assert plant(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("streams/ledger/fold.py", "import redis", "redis has no door here"),
        ("streams/ledger/fold.py", "def f():\n    from redis import Redis", "redis has no door here"),
        ("streams/restore.py", "import redis", "redis has no door here"),
        ("streams/decode.py", "import kafka.errors", "kafka has no door here"),
        ("streams/ledger/fold.py", "import requests", "requests has no door here"),
        ("streams/ledger/fold.py", "from streams.store.store import Store", "may not import streams.store.store"),
        ("streams/ledger/fold.py", "from dashboard.site.load import load_site", "may not import dashboard.site.load"),
        ("streams/ledger/fold.py", "from dashboard import settings", "may not import dashboard.settings"),
        ("streams/ledger/fold.py", "import layouts.wall", "may not import layouts.wall"),
        ("dashboard/board/views.py", "from streams.ledger.fold import Fold", "may not import streams.ledger.fold"),
        ("dashboard/board/views.py", "from dashboard.web.app import x", "may not import dashboard.web.app"),
        ("dashboard/board/views.py", "import kafka", "kafka has no door here"),
        ("dashboard/board/views.py", "import redis", "redis has no door here"),
        ("dashboard/board/views.py", "import fastapi", "fastapi has no door here"),
        ("dashboard/cli/run.py", "import kafka", "kafka has no door here"),
        ("dashboard/rules/tiers.py", "import time", "may not import time"),
        ("dashboard/rules/tiers.py", "from os import path", "may not import os"),
        ("dashboard/rules/tiers.py", "import redis", "redis has no door here"),
        ("dashboard/rules/tiers.py", "from streams.metrics import NAMES", "may not import streams.metrics"),
        ("dashboard/rules/tiers.py", "from dashboard.site.load import Site", "may not import dashboard.site.load"),
        ("layouts/team.py", "from dashboard.board.tick import Tick", "may not import dashboard.board.tick"),
        ("layouts/team.py", "from streams.metrics import NAMES", "may not import streams.metrics"),
        ("layouts/team.py", "import plotly", "plotly has no door here"),
        ("layouts/team.py", "import pandas", "pandas has no door here"),
        ("layouts/team.py", "from . import wall", "a relative import"),
        ("layouts/team.py", "from .wall import x", "a relative import"),
        ("layouts/wording/words.py", "from layouts.wall import x", "may not import layouts.wall"),
        ("streams/store/store.py", "from streams.store.loader import load", "cycle"),
        ("layouts/__init__.py", "x = 1", "__init__ holds more"),
        ("streams/ledger/fold.py", "import os\nx = os.environ['HOME']", "reads the environment"),
        ("streams/ledger/fold.py", "import os\nx = os.getenv('HOME')", "reads the environment"),
        ("dashboard/board/views.py", "from os import environ", "takes the environment"),
        ("streams/ledger/fold.py", "print('here')", "prints"),
        ("dashboard/board/views.py", "def f():\n    global x\n    x = 1", "state of a module"),
        ("streams/ledger/fold.py", "x = 1\n" * 350, "longer than 350 lines"),
    ],
)
def test_a_planted_breach_is_found(tmp_path: Path, path: str, text: str, problem: str) -> None:
    found = plant(tmp_path, SOUND | {path: f'"""."""\n{text}\n'})
    assert found
    assert all(problem in line for line in found), found


@pytest.mark.parametrize("text", ["", "x = 1\n"])
def test_an_init_and_a_module_have_a_docstring(tmp_path: Path, text: str) -> None:
    assert plant(tmp_path, SOUND | {"layouts/__init__.py": text})
    assert any("no docstring" in line for line in plant(tmp_path, SOUND | {"layouts/team.py": text}))


def test_rooms_do_not_import_each_other(tmp_path: Path) -> None:
    """No circle of files, and yet one of rooms; it is named beside the arrow that the table does not have."""
    apart = {
        "dashboard/board/bus.py": '"""."""\nfrom dashboard.web.app import x\n',
        "dashboard/web/app.py": '"""."""\n',
        "dashboard/web/live.py": '"""."""\nfrom dashboard.board.frames import y\n',
        "dashboard/board/frames.py": '"""."""\n',
    }
    found = [line for line in plant(tmp_path, SOUND | apart) if "cycle" in line]
    assert {line.split(":")[0] for line in found} == {"dashboard.board", "dashboard.web"}
