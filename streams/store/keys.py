"""The names of everything kept in Redis for one partition. All share one hash tag, so one slot of a Redis Cluster.

::

 {topic/p}:meta         hash    position, newest_ms, heartbeat_ms, totals, identity of the topic, schema, zone, day_start, halt
 {topic/p}:m:<minute>   hash    line -> packed cell; h:<minute of the block's start>, d:<yyyymmdd>, mo:<yyyymm> alike
 {topic/p}:has:<kind>   zset    the buckets of a kind that exist (m, h, d, mo) and the hours of the journals (lc, lf, ls)
 {topic/p}:lc:<hour>    hash    ledger of calls: first offset of some commits -> rows; lf: other facts, ls: states, by commit
 {topic/p}:names        list    strings that the rows name by number
 {topic/p}:base         hash    agent and key -> the entry where a cut timeline begins
 {topic/p}:now          hash    agent -> state now and since when
 {topic/p}:snap         hash    queue:<id>, campaign:<id> -> newest snapshot
 {topic/p}:src          hash    source -> newest append time
 {topic/p}:types        hash    type of event -> how many valid facts of it were ever taken
 {topic/p}:statesrc     hash    agent -> source of the state the agent is in now
 {topic/p}:srcdays      hash    business day of the log and source -> what is noticed of it (streams.source_days)
 {topic/p}:routes       hash    agent -> sources that sent the agent's facts, each with its newest business day of the log
 {topic/p}:chg          stream  change feed: absolute values of what each commit changed
"""

from typing import NamedTuple

JOURNALS = ("lc", "lf", "ls")


class Keys(NamedTuple):
    """The keys of one partition of one topic."""

    topic: str
    partition: int

    def _key(self, name: str) -> str:
        return f"{{{self.topic}/{self.partition}}}:{name}"

    @property
    def meta(self) -> str:
        return self._key("meta")

    @property
    def names(self) -> str:
        return self._key("names")

    @property
    def base(self) -> str:
        return self._key("base")

    @property
    def now(self) -> str:
        return self._key("now")

    @property
    def snapshots(self) -> str:
        return self._key("snap")

    @property
    def sources(self) -> str:
        return self._key("src")

    @property
    def types(self) -> str:
        return self._key("types")

    @property
    def state_sources(self) -> str:
        return self._key("statesrc")

    @property
    def source_days(self) -> str:
        return self._key("srcdays")

    @property
    def routes(self) -> str:
        return self._key("routes")

    @property
    def feed(self) -> str:
        return self._key("chg")

    def bucket(self, kind: str, key: int) -> str:
        """A bucket's cells, or one hour of a journal."""
        return self._key(f"{kind}:{key}")

    def existing(self, kind: str) -> str:
        """Which buckets of a kind exist."""
        return self._key(f"has:{kind}")
