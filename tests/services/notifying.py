"""A publisher's flags in a process of their own: ``python -m tests.services.notifying``.

It sees a hundred episodes, opens those that nobody else has, and tells of them until none is left. Arguments: URL of Redis, URL
to tell, ``claims`` or ``no-claims``. With ``no-claims`` it tells whatever it sees untold: the control arm, which must show that
without the claim some are told twice.
"""

import sys
import time

from redis import Redis

from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.flag_register import FlagRegister
from dashboard.actions.notify import Notifier, UrlMessenger, notice_of
from dashboard.board.bus_flags import RedisFlags
from dashboard.site.load import Site
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader
from tests.dashboard.actions.flag_floor import TIME, seen

EPISODES = 100


class Unclaimed(RedisFlags):
    """Everybody may tell of everything."""

    def claim(self, id: str, owner: str) -> bool:
        return True


def main(redis: str, url: str, how: str) -> None:
    """Tells one episode a message."""
    with Redis.from_url(redis) as client:
        store = RedisFlags(client) if how == "claims" else Unclaimed(client)
        nobody = ActionFollower(LedgerReader(client, "actions", 0, TIME), Reader(client, "actions", 0))
        FlagRegister(store, nobody, TIME).open_episodes([seen(f"a{n}") for n in range(EPISODES)], _now_ms())
        site, board = Site(language="en"), "http://127.0.0.1:8050"
        notifier = Notifier(
            store, lambda new: notice_of(new, site, board), UrlMessenger(url), _now_ms, send_every_ms=0, most=1
        )
        while store.unsent(1):
            notifier.step()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    main(*sys.argv[1:])
