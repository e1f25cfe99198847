"""What stays of an erased person: a tombstone, named by a hash of their id.

So later facts are recognised without holding the id. The hash hides the id from whoever reads Redis; it does not hide it from
somebody who tries all ids of a centre.
"""

from functools import lru_cache
from hashlib import blake2b

import msgspec


class Tombstone(msgspec.Struct, frozen=True, array_like=True):
    """What stays of an erased person in a partition. All times are append times in ms."""

    erased_ms: int
    later: int = 0
    """Facts that came under the id since; they count nothing."""
    newest_ms: int | None = None
    source: str | None = None
    """The source of the newest of them."""


@lru_cache(maxsize=65_536)
def tombstone_id(agent: str) -> str:
    """The id of an agent -> the name of the tombstone."""
    return blake2b(agent.encode(), digest_size=16, person=b"callfloor").hexdigest()
