"""Tells of new episodes: each once, however many workers there are, and several that come together in one message.

claim -> send -> mark. Who dies between claim and send is followed after a minute: nothing is left untold. Who dies, or stands
still for a minute, between send and mark is followed too, and those few episodes are told twice: no messenger could know.
The queue is the store's, and bounded there; the thread holds nothing.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from dashboard.actions.flag_episodes import Episode
from dashboard.actions.flag_store import FlagsAway, FlagStore
from dashboard.actions.notify_text import Notice
from streams.site_time import HOUR_MS
from streams.store.outage import repeat_in_thread

LOOK_EVERY_S = 2.0
SEND_EVERY_MS = 60_000
LATE_MS = HOUR_MS
MOST = 500


class Teller:
    """One worker. ``send`` says whether a message was taken; one that was not is tried again as long as it is news."""

    def __init__(
        self,
        store: FlagStore,
        word: Callable[[Sequence[Episode]], Notice],
        send: Callable[[Notice], bool],
        now_ms: Callable[[], int],
        send_every_ms: int = SEND_EVERY_MS,
        most: int = MOST,
    ) -> None:
        self._store = store
        self._word = word
        self._send = send
        self._now_ms = now_ms
        self._send_every_ms = send_every_ms
        self._most = most
        self._owner = secrets.token_hex(8)

    def step(self) -> int:
        """Tells what is untold, if it is its turn -> of how many. Raises FlagsAway."""
        news = [each for each in self._store.unsent(MOST) if not self._is_late(each)]
        if not news or not self._store.turn(self._send_every_ms):
            return 0
        mine = self._claimed(news)
        if not mine or not self._send(self._word(mine)):
            return 0
        for each in mine:
            self._store.sent(each.id)
        return len(mine)

    @contextmanager
    def telling(self, every_s: float = LOOK_EVERY_S) -> Iterator["Teller"]:
        """Looks again and again in a thread of its own until the block ends; no error there ends anything else."""
        with repeat_in_thread("new flags told", self.step, every_s, (FlagsAway,)):
            yield self

    def _claimed(self, news: Sequence[Episode]) -> list[Episode]:
        mine: list[Episode] = []
        for each in news:
            if len(mine) == self._most:
                break
            if self._store.claim(each.id, self._owner):
                mine.append(each)
        return mine

    def _is_late(self, episode: Episode) -> bool:
        """What nobody could be told within an hour is on the board, and no news."""
        late = self._now_ms() - episode.opened_ms > LATE_MS
        if late:
            self._store.sent(episode.id)
        return late
