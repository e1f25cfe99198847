"""The jars of Apache Kafka: found, fetched once, or named as absent."""

import re
from pathlib import Path

from tests.services.maven import cached, run_maven

POM = Path(__file__).with_name("pom.xml")


def jars() -> Path:
    """The folder with Kafka's jars: .cache/kafka-<version> in the checkout, filled by Maven the first time."""
    return cached(f"kafka-{kafka_version()}", _fetch)


def kafka_version() -> str:
    found = re.search("<kafka.version>(.+)</kafka.version>", POM.read_text("utf-8"))
    assert found, "no kafka.version in pom.xml"
    return found.group(1)


def _fetch(folder: Path) -> None:
    copy = ("dependency:copy-dependencies", f"-DoutputDirectory={folder}", "-DincludeScope=runtime")
    run_maven("the jars of Apache Kafka", "-f", str(POM), *copy)
