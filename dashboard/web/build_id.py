"""The id of this build: a digest of the sources of a page. A wall that another build drew loads itself again."""

from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

FOLDERS = ("layouts", "assets", "dashboard/web", "dashboard/board")
_SUFFIXES = frozenset({".py", ".js", ".css", ".toml"})
_DIGITS = 10


def build_id(root: Path | None = None) -> str:
    """Ten hexadecimal digits, the same on every machine that runs the same build."""
    digest = blake2b(digest_size=_DIGITS // 2)
    for name, path in sorted(_sources(root or Path(str(files("dashboard"))).parent)):
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _sources(root: Path) -> list[tuple[str, Path]]:
    """Path within the build -> file. In a wheel the assets lie in the package, else beside it."""
    return [
        (path.relative_to(root).as_posix().replace("dashboard/assets/", "assets/"), path)
        for folder in (*FOLDERS, "dashboard/assets")
        for path in (root / folder).rglob("*")
        if path.suffix in _SUFFIXES and path.is_file()
    ]
