"""The pictures that the README and the docs show: small copies of the best, with as many colours as they need."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tests.golden import ROOT
from tests.screenshots.table import Picture

FOLDER = ROOT / "docs" / "pictures"
SHOWN = ("wall-floor-zh-dark", "team-why-en-light", "rollup-zh-light", "wall-agents-en-dark", "me-phone")
MOST_BYTES = 1_500_000
_COLOURS = 256


def copy_shown(taken: Sequence[Picture], folder: Path) -> list[Path]:
    """Copies of those just taken that the README and the docs show -> their files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    return [_copy(folder / f"{one.name}.png") for one in taken if one.name in SHOWN]


def _copy(path: Path) -> Path:
    made = FOLDER / path.name
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(made, optimize=True)
    return made
