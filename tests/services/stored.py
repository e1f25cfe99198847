"""What a Redis holds, as plain cells, to compare with a recount; and as bytes, to compare two Redis."""

from collections import Counter
from typing import Any

from streams.metrics import NAMES
from streams.site_time import KINDS, Bucket
from streams.store.reader import Reader

Cells = Counter[tuple[str, str, str]]


def cells(client: Any, topic: str, kind: str, partitions: int = 4) -> Cells:
    """(line, bucket, metric) -> amount over all partitions, zeros left out. Days read 1999-01-31, minutes 15250321."""
    found: Cells = Counter()
    reader = Reader(client, topic, partitions)
    for partition in reader.partitions:
        for bucket, lines, rows in reader.cells(partition, kind, reader.buckets(partition, kind)):
            for line, row in zip(lines, rows.tolist(), strict=True):
                for name, amount in zip(NAMES, row, strict=True):
                    if amount:
                        found[line, label(bucket), name] += amount
    return found


def label(bucket: Bucket) -> str:
    """How a recount names the bucket."""
    text = str(bucket.key)
    return {"d": f"{text[:4]}-{text[4:6]}-{text[6:]}", "mo": f"{text[:4]}-{text[4:]}"}.get(bucket.kind, text)


def counter_bytes(client: Any, topic: str, partitions: int = 4) -> dict[bytes, dict[bytes, bytes]]:
    """Every counter hash of a topic by its key, byte for byte."""
    reader = Reader(client, topic, partitions)
    keys = [
        f"{{{topic}/{partition}}}:{kind}:{bucket}".encode()
        for partition in reader.partitions
        for kind in KINDS
        for bucket in reader.buckets(partition, kind)
    ]
    with client.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.hgetall(key)
        return {key[key.index(b"/") :]: found for key, found in zip(keys, pipe.execute(), strict=True)}


def positions(client: Any, topic: str, partitions: int = 4) -> int:
    """The sum of the stored positions."""
    reader = Reader(client, topic, partitions)
    metas = [reader.meta(partition) for partition in reader.partitions]
    return sum(meta.position for meta in metas if meta)
