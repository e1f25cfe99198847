"""The locks name every dependency with its hash, as pyproject.toml allows it; `make lock` writes them."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCKS = ("requirements", "shipped", "tools")


class Lock(NamedTuple):
    """One pinned version, for the Pythons and systems of its marker, with the hashes of its files."""

    version: Version
    hashes: list[str]


def locks(name: str) -> dict[str, list[Lock]]:
    """The lines of a lock, by the name of the package."""
    found: dict[str, list[Lock]] = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / ".ci" / f"{name}.lock").read_text("utf-8")):
        if pin := re.match(r"([\w.-]+)==([\w.!+]+)", entry):
            lock = Lock(Version(pin[2]), re.findall(r"--hash=sha256:([0-9a-f]{64})", entry))
            found.setdefault(canonicalize_name(pin[1]), []).append(lock)
    return found


def requirements(*extras: str) -> list[Requirement]:
    """What pyproject.toml asks for; an extra of ours that another one asks for stands for its own."""
    optional = PROJECT["optional-dependencies"]
    lines = map(Requirement, [*PROJECT["dependencies"], *(line for extra in extras for line in optional[extra])])
    return [each for line in lines for each in (requirements(*line.extras) if line.name == PROJECT["name"] else [line])]


@pytest.mark.parametrize(("lock", "extras"), [("requirements", ["test"]), ("shipped", [])])
def test_a_lock_covers_the_dependencies(lock: str, extras: list[str]) -> None:
    pinned = locks(lock)
    for wanted in requirements(*extras):
        versions = [each.version for each in pinned.get(canonicalize_name(wanted.name), [])]
        assert versions, f"{wanted.name} is not in .ci/{lock}.lock: `make lock` writes it"
        assert all(version in wanted.specifier for version in versions), f"{wanted} is not {versions}: `make lock`"


@pytest.mark.parametrize(("lock", "extras"), [("requirements", ["test"]), ("shipped", [])])
def test_a_lock_covers_what_the_dependencies_need(lock: str, extras: list[str]) -> None:
    pinned, waiting, done = locks(lock), requirements(*extras), set()
    while waiting:
        wanted = waiting.pop()
        key = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if key in done:
            continue
        done.add(key)
        assert key[0] in pinned, f"{key[0]} is needed and not in .ci/{lock}.lock: `make lock` writes it"
        waiting += needs(wanted)
    assert len(done) >= 50


def needs(wanted: Requirement) -> list[Requirement]:
    """What an installed package needs on this machine; one that is missing here is found by the tests that import it."""
    try:
        lines = distribution(wanted.name).requires or []
    except PackageNotFoundError:
        return []
    found = map(Requirement, lines)
    extras = ["", *wanted.extras]
    return [each for each in found if not each.marker or any(each.marker.evaluate({"extra": one}) for one in extras)]


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_has_hashes_and_none_names_a_registry(name: str) -> None:
    pinned = locks(name)
    assert len(pinned) >= 20
    assert all(lock.hashes for versions in pinned.values() for lock in versions)
    text = (ROOT / ".ci" / f"{name}.lock").read_text("utf-8")
    assert not re.search(r"://|^\s*-(-index|-extra-index|-find|i |f )|@", text, re.M)


def test_what_is_delivered_is_what_was_tested() -> None:
    tested = locks("requirements")
    for name, shipped in locks("shipped").items():
        assert {lock.version for lock in shipped} <= {lock.version for lock in tested[name]}, name


def test_the_tests_and_the_image_install_by_hashes() -> None:
    makefile, image = ((ROOT / name).read_text("utf-8") for name in ("Makefile", "Dockerfile"))
    assert "--require-hashes --requirement .ci/requirements.lock" in makefile
    assert "--require-hashes --requirement .ci/shipped.lock" in image
