"""The id of a build: the same for the same sources, wherever they lie, and another once one of them changes."""

from pathlib import Path

from dashboard.web.build_id import FOLDERS, build_id
from tests.golden import ROOT


def _lay(root: Path, assets: str) -> Path:
    for name, text in {"layouts/wall.py": "1", f"{assets}/kiosk.js": "2", "dashboard/web/app.py": "3"}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_the_same_sources_have_the_same_id_in_a_checkout_and_in_a_wheel(tmp_path: Path) -> None:
    checkout, wheel = _lay(tmp_path / "checkout", "assets"), _lay(tmp_path / "wheel", "dashboard/assets")
    assert build_id(checkout) == build_id(wheel)


def test_a_change_of_what_a_page_is_made_of_is_another_build(tmp_path: Path) -> None:
    root = _lay(tmp_path, "assets")
    before = build_id(root)
    (root / "assets/kiosk.js").write_text("3")
    after = build_id(root)
    assert before != after
    (root / "layouts/wall.pyc").write_text("compiled")
    assert build_id(root) == after


def test_the_product_has_one() -> None:
    assert len(build_id()) == 10 and build_id() == build_id()


def test_every_folder_that_it_reads_is_there() -> None:
    assert [name for name in FOLDERS if not list((ROOT / name).rglob("*.*"))] == []
