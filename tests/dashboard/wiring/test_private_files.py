"""What is written for one user can be read by no other."""

import os
from pathlib import Path
from stat import S_IMODE

from dashboard.wiring.private_files import make_private_folder, write_private_file


def test_a_new_folder_and_its_files_are_for_their_user_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert make_private_folder(tmp_path / "a" / "b")
        write_private_file(tmp_path / "a" / "b" / "f", b"x")
    finally:
        os.umask(before)
    assert S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700
    assert S_IMODE((tmp_path / "a" / "b" / "f").stat().st_mode) == 0o600


def test_a_folder_of_others_stays_as_it_is_and_a_file_in_it_is_closed_to_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    old = tmp_path / "f"
    old.write_bytes(b"longer than the new one")
    old.chmod(0o644)
    assert not make_private_folder(tmp_path)
    write_private_file(old, b"new")
    assert S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert (old.read_bytes(), S_IMODE(old.stat().st_mode)) == (b"new", 0o600)
