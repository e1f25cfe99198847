"""A site file and its roster, written for a test; and what is wrong with them."""

from pathlib import Path

import pytest

from dashboard.site.load import SiteError, load_site


def write(folder: Path, text: str, roster: str | bytes | None = None) -> Path:
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    if roster is not None:
        (folder / "roster.csv").write_bytes(roster if isinstance(roster, bytes) else roster.encode())
    return path


def problems(folder: Path, text: str, roster: str | bytes | None = None) -> list[tuple[str, int, str]]:
    with pytest.raises(SiteError) as error:
        load_site(write(folder, text, roster))
    return [(Path(p.file).name, p.line, p.message) for p in error.value.problems]
