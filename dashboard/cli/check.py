"""``callfloor check``: is the count sound, are the services fit, is the site file right?"""

import argparse
import sys
import time
from typing import Any

from dashboard.cli.command import Command, RedisAway, away, redis_of, say, site_of
from dashboard.floor.implied import implied
from dashboard.health import check
from dashboard.health.agent_problems import counted_agents, read_split_agents, roster_warnings, split_warnings
from dashboard.settings import Settings
from dashboard.site.load import Site, SiteError, load_site
from streams.kafka_log import topics
from streams.store.client import EvictionPolicy, refuse_eviction
from streams.store.errors import StoreAway
from streams.store.identity import Identity, clock_waits, stored_identity
from streams.store.reader import Reader

SOUND, UNSOUND, UNREACHABLE = 0, 1, 2


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default %(default)s")


def _body(args: argparse.Namespace, settings: Settings) -> int:
    try:
        if args.site and not (args.kafka or args.redis or args.topic):
            return _check_site(args.site, settings.zone)
        report = _check(settings, site_of(settings))._replace(actions=_check_actions(settings))
    except SiteError as error:
        say(str(error))
        return UNSOUND
    except (topics.Unreachable, topics.NoSuchTopic, RedisAway) as error:
        say(str(error))
        return UNREACHABLE
    (check.write_json if args.format == "json" else check.write_text)(report, sys.stdout)
    return SOUND if report.sound else UNSOUND


def _check_site(path: str, zone: str | None) -> int:
    site = load_site(path, zone)
    print(f"{path}: sound; {len(site.teams)} teams, {len(site.campaigns)} campaigns, {len(site.roster)} roster lines")
    for line in implied(site, site.time.day(time.time_ns() // 1_000_000).label):
        print(f"  {line}")
    return SOUND


def _check(settings: Settings, site: Site) -> check.Report:
    info = topics.describe(settings.kafka, settings.topic)
    client = redis_of(settings)
    try:
        problems = _identity(client, settings.topic, info)
        reader = Reader(client, settings.topic, info.partitions)
        warnings = check.topic_warnings(settings.topic, info.log_append_time, info.retention_ms)
        warnings += [
            *_eviction(client),
            *roster_warnings(counted_agents(reader), site),
            *split_warnings(read_split_agents(reader)),
        ]
        warnings += [
            *filter(None, [clock_waits(reader.clock(), site.time.clock)]),
            *_held_back(settings, settings.topic),
        ]
        return check.check(
            reader, settings.topic, lambda: topics.ends(settings.kafka, settings.topic), problems, warnings
        )
    except StoreAway as error:
        raise away(settings, error) from error
    finally:
        client.close()


def _check_actions(settings: Settings) -> check.Report | None:
    """The same for what people do here; None where nobody has done anything and the topic is not made yet."""
    try:
        info = topics.describe(settings.kafka, settings.actions)
    except topics.NoSuchTopic:
        return None
    client = redis_of(settings)
    try:
        reader = Reader(client, settings.actions, info.partitions)
        warnings = check.topic_warnings(settings.actions, info.log_append_time, info.retention_ms)
        warnings += _held_back(settings, settings.actions)
        problems = _identity(client, settings.actions, info)
        return check.check(
            reader, settings.actions, lambda: topics.ends(settings.kafka, settings.actions), problems, warnings
        )
    except StoreAway as error:
        raise away(settings, error) from error
    finally:
        client.close()


def _identity(client: Any, topic: str, info: topics.TopicInfo) -> list[str]:
    stored, now = stored_identity(client, topic), Identity(info.cluster_id, info.topic_id, info.partitions)
    return check.identity_problems(stored._asdict() if stored else {}, now._asdict())


def _held_back(settings: Settings, topic: str) -> list[str]:
    """The open transactions behind which a partition stands still."""
    now_ms = time.time_ns() // 1_000_000
    found = topics.open_transactions(settings.kafka, topic, now_ms)
    return [each.sentence(number, now_ms) for number, each in found.items()]


def _eviction(client: Any) -> list[str]:
    try:
        warning = refuse_eviction(client)
    except EvictionPolicy as error:
        return [str(error)]
    return [warning] if warning else []


COMMAND = Command(
    "check",
    "check the count, the services and the site file",
    "Says for each partition where counting stands, how far behind it is, and whether every record is accounted for. "
    "Exit code 0: sound, 1: not, 2: Kafka or Redis cannot be reached. With --site and no --kafka, --redis or --topic it "
    "checks the site file and its lists alone: every error with its line, or what the settings imply.",
    _options,
    _body,
)
