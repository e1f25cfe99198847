"""Files for one user alone: they hold scores and grades of everybody, on machines that several people use."""

import os
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600


def make_private_folder(folder: Path) -> bool:
    """Makes a folder that only its user may enter; one that is there stays as it is -> whether only its user may enter it."""
    folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    return not folder.stat().st_mode & 0o077


def write_private_file(path: Path, content: bytes) -> None:
    """Writes a file that only its user may read, also where there was one that others may read."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, _FILE)) as file:
        os.fchmod(file.fileno(), _FILE)
        file.write(content)
