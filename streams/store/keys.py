"""The names of everything in Redis that belongs to one partition. They share a hash tag, so one slot of a Redis Cluster.

::

 {topic/p}:meta         hash    position, newest_ms, heartbeat_ms, totals, identity of the topic, schema, zone, day_start, halt,
                                erasures, quiet_ms, floor (streams.ledger.partition_state), trimmed
 {topic/p}:m:<minute>   hash    line -> packed cell; h:<minute of the block's start>, d:<yyyymmdd>, mo:<yyyymm> alike
 {topic/p}:has:<kind>   zset    the buckets of a kind that exist (m, h, d, mo) and the hours of the journals (lc, lf, ls)
 {topic/p}:lc:<hour>    hash    ledger of calls: first offset of some commits -> rows; lf: other facts, ls: states, by commit
 {topic/p}:names        list    strings that the rows name by number
 {topic/p}:base         hash    agent and key -> the entry where a cut timeline begins
 {topic/p}:now          hash    agent -> state now and since when
 {topic/p}:snap         hash    queue:<id>, campaign:<id> -> newest snapshot
 {topic/p}:src          hash    source -> newest append time
 {topic/p}:types        hash    type of event -> how many valid facts of it ever came
 {topic/p}:statesrc     hash    agent -> source of the agent's state now
 {topic/p}:srcdays      hash    business day of the log and source -> its findings (streams.source_days)
 {topic/p}:routes       hash    agent -> source of the agent's facts -> newest business day of the log
 {topic/p}:tombs        hash    hash of the id of an erased person -> what came under it since (streams.tombstones)
 {topic/p}:chg          stream  change feed: the absolute values that each commit changed
"""

JOURNALS = ("lc", "lf", "ls")


class Keys:
    """The keys of one partition of one topic."""

    def __init__(self, topic: str, partition: int) -> None:
        self.partition = partition
        self._tag = f"{{{topic}/{partition}}}"
        self.meta = self._key("meta")
        self.names = self._key("names")
        self.timeline_starts = self._key("base")
        self.now = self._key("now")
        self.snapshots = self._key("snap")
        self.sources = self._key("src")
        self.types = self._key("types")
        self.state_sources = self._key("statesrc")
        self.source_days = self._key("srcdays")
        self.routes = self._key("routes")
        self.tombstones = self._key("tombs")
        self.feed = self._key("chg")

    def _key(self, name: str) -> str:
        return f"{self._tag}:{name}"

    def bucket(self, kind: str, key: int) -> str:
        """The cells of a bucket, or one hour of a journal."""
        return self._key(f"{kind}:{key}")

    def existing(self, kind: str) -> str:
        """The buckets of a kind that exist."""
        return self._key(f"has:{kind}")
