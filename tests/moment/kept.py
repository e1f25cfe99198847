"""Where the Redis of earlier shifts is kept: named by everything that made it, so that nothing old is ever taken for new."""

import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from tests.golden import ROOT

_MADE_BY = (
    "streams/**/*.py",
    "dashboard/*.py",
    *(f"dashboard/{room}/**/*.py" for room in ("actions", "floor", "people", "rules", "site")),
    "tests/moment/*.py",
)
"""What counts, judges and acts; who shows it has no part in it."""
_FOLDER = ROOT / ".cache" / "moment"


def kept_file(earlier: int) -> Path:
    """The file for so many earlier shifts; it need not be there."""
    made = sha256()
    for path in sorted(_sources()):
        made.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return _FOLDER / f"{earlier}-shifts-{made.hexdigest()[:16]}.rdb"


def keep(dumped: Path, kept: Path, earlier: int) -> None:
    """Keeps what Redis has dumped as the file ``kept``, in place of what was kept before."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    for old in _FOLDER.glob(f"{earlier}-shifts-*.rdb"):
        old.unlink()
    shutil.copy(dumped, kept)


def _sources() -> Iterator[Path]:
    for pattern in _MADE_BY:
        yield from ROOT.glob(pattern)
