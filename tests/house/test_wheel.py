"""The wheel carries what the product needs at run time: the assets, the wording, one command."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.golden import ROOT


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is in a wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return wheel.namelist()


def test_every_asset_is_in_it(names: list[str]) -> None:
    assets = [path.relative_to(ROOT) for path in (ROOT / "assets").rglob("*") if path.is_file()]
    assert {f"dashboard/{path.as_posix()}" for path in assets} <= set(names)
    assert len(assets) > 10


def test_every_module_and_the_wording_are_in_it(names: list[str]) -> None:
    rooms = [ROOT / room for room in ("streams", "dashboard", "layouts")]
    files = [path for room in rooms for end in ("*.py", "*.toml") for path in room.rglob(end)]
    assert {path.relative_to(ROOT).as_posix() for path in files} <= set(names)
    assert "layouts/wording/zh.toml" in names


def test_no_test_is_in_it(names: list[str]) -> None:
    assert not [
        name
        for name in names
        if Path(name).parts[0] not in ("streams", "dashboard", "layouts") and ".dist-info" not in name
    ]
