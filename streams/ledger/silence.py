"""Retention of a log that falls silent: what is kept ages by the heartbeats, where no fact moves the time.

Heartbeats are records of the log, so state stays a pure function of it: no clock is read here.
"""

from streams.counting_policy import Counting, Retention
from streams.ledger.counters import Limits, limits_at
from streams.ledger.partition_state import PartitionState
from streams.site_time import HOUR_MS, MINUTE_MS, SiteTime, day_key, minute_of


def hear_beat(
    partition: PartitionState, sent_ms: int, counting: Counting, retention: Retention, site_time: SiteTime
) -> bool:
    """Takes the time of a heartbeat -> whether it raised the limits of what is kept, which it may once a minute."""
    before_ms = partition.heartbeat_ms or 0
    beat_ms = partition.heartbeat_ms = max(before_ms, sent_ms)
    if partition.quiet_ms is None:
        partition.quiet_ms = beat_ms
    silent_ms = minute_of(beat_ms) * MINUTE_MS - partition.quiet_ms
    if partition.newest_ms is None or silent_ms <= counting.lateness_ms or minute_of(beat_ms) == minute_of(before_ms):
        return False
    limits = limits_in_silence(partition.newest_ms, silent_ms, counting, retention, site_time)
    partition.floor = limits.raised_to(partition.floor)
    return True


def limits_in_silence(
    newest_ms: int, silent_ms: int, counting: Counting, retention: Retention, site_time: SiteTime
) -> Limits:
    """The limits where no fact came for ``silent_ms`` after the newest one: the time of the log goes on without it.

    ``lateness`` is left, since a fact may be on its way. Two rules keep the numbers exact:

    - No limit passes what the newest fact lies in, so whatever is newer counts in buckets of which nothing was dropped. A
      history that is read in parts, with weeks between them, keeps all of its buckets.
    - A late fact adds nothing to a bucket that was dropped, and everything to the coarser ones that live on. Its line lives for
      ``retention.ledger_ms`` of silence, whatever ``lateness`` is, so a source may be away for months. ``fact_stamp`` is also
      the hour before which no fact is accepted any more: its line may be forgotten, and it could count twice.
    """
    aged = limits_at(newest_ms + silent_ms - counting.lateness_ms, counting, retention, site_time)
    day = day_key(site_time.day(newest_ms).label)
    newest = {"m": minute_of(newest_ms), "h": site_time.block(newest_ms), "d": day, "mo": day // 100}
    stamp = min(aged.fact_stamp, newest_ms // HOUR_MS + 1)
    return Limits({kind: min(aged.buckets[kind], key + 1) for kind, key in newest.items()}, stamp, stamp)
