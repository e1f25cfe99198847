"""The check of what is counted against Kafka, of both topics."""

import time
from collections.abc import Iterable
from typing import Any

from dashboard.access.account_file import BadAccounts, read_accounts
from dashboard.access.accounts import PREFIX
from dashboard.health import check
from dashboard.health.access_report import AccessReport, access_report
from dashboard.health.agent_problems import (
    counted_agents,
    erased_warnings,
    read_split_agents,
    roster_warnings,
    split_warnings,
)
from dashboard.settings import Settings
from dashboard.site.load import Site
from dashboard.wiring.commands import connected
from streams.kafka_log import topics
from streams.store.client import EvictionPolicy, refuse_eviction
from streams.store.identity import LogIdentity, clock_waits, stored_identity
from streams.store.reader import Reader


def check_access(settings: Settings, site: Site) -> AccessReport:
    """The report of access now, with the links of the local accounts where their file can be read."""
    now_ms = time.time_ns() // 1_000_000
    if settings.accounts is None:
        return access_report(site, now_ms)
    try:
        file = read_accounts(settings.accounts)
    except BadAccounts as error:
        found = access_report(site, now_ms)
        return found._replace(warnings=(*found.warnings, str(error)))
    linked = {f"{PREFIX}{account.name}": account.agent for account in file.accounts.values()}
    found = access_report(site, now_ms, linked)
    return found._replace(warnings=(*found.warnings, *file.problems))


def check_topics(settings: Settings, site: Site) -> check.CheckReport:
    """Checks the topic of events and, once it is made, that of actions. Raises RedisAway, Unreachable and NoSuchTopic."""
    info, access = topics.describe(settings.kafka, settings.topic), check_access(settings, site)
    with connected(settings) as connections:
        client = connections.redis()
        reader = Reader(client, settings.topic, info.partitions)
        warnings = [
            *_eviction(client),
            *roster_warnings(counted_agents(reader), site),
            *split_warnings(read_split_agents(reader)),
            *erased_warnings(reader, site),
            *filter(None, [clock_waits(reader.clock(), site.time.clock)]),
            *access.warnings,
        ]
        report = _check_topic(client, settings, settings.topic, info, warnings)._replace(access=access)
        try:
            info = topics.describe(settings.kafka, settings.actions)
        except topics.NoSuchTopic:  # nobody has done anything yet
            return report
        return report._replace(actions=_check_topic(client, settings, settings.actions, info))


def _check_topic(
    client: Any, settings: Settings, topic: str, info: topics.TopicInfo, more: Iterable[str] = ()
) -> check.CheckReport:
    stored, now = stored_identity(client, topic), LogIdentity(info.cluster_id, info.topic_id, info.partitions)
    problems = check.identity_problems(stored._asdict() if stored else {}, now._asdict())
    reader, now_ms = Reader(client, topic, info.partitions), time.time_ns() // 1_000_000
    warnings = [*check.topic_warnings(topic, info.log_append_time, info.retention_ms), *more]
    held = topics.open_transactions(settings.kafka, topic, now_ms)
    warnings += [each.sentence(number, now_ms) for number, each in held.items()]
    return check.check(reader, topic, lambda: topics.ends(settings.kafka, topic), problems, warnings)


def _eviction(client: Any) -> list[str]:
    try:
        warning = refuse_eviction(client)
    except EvictionPolicy as error:
        return [str(error)]
    return [warning] if warning else []
