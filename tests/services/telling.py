"""A worker of its own process that tells of new episodes until none is left: ``python -m tests.services.telling``.

Arguments: URL of Redis, URL to tell, ``claims`` or ``no-claims``. With ``no-claims`` it tells whatever it sees untold: the
control arm, which must show that without the claim some are told twice.
"""

import sys
import time

from redis import Redis

from dashboard.flags.notices import Notices
from dashboard.flags.notify import Outward
from dashboard.flags.telling import Teller
from dashboard.live.bus_flags import RedisFlags
from dashboard.site.load import Site


class Unclaimed(RedisFlags):
    """Everybody may tell of everything."""

    def claim(self, id: str, owner: str) -> bool:
        return True


def main(redis: str, url: str, how: str) -> None:
    """Tells one episode a message."""
    with Redis.from_url(redis) as client:
        store = RedisFlags(client) if how == "claims" else Unclaimed(client)
        notices = Notices(Site(language="en"), "http://127.0.0.1:8050")
        teller = Teller(store, notices.of, Outward(url), lambda: time.time_ns() // 1_000_000, send_every_ms=0, most=1)
        while store.unsent(1):
            teller.step()


if __name__ == "__main__":
    main(*sys.argv[1:])
