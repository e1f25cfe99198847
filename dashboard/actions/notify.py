"""Notifications of new flags, without names: one message for those that come together, each flag once however many workers run.

The queue is the store's: claim, send, mark. If a worker dies between claim and send, another one takes over after a minute, so
no flag is left out. If it dies, or stalls for a minute, between send and mark, another one takes over too, and those few flags
are sent twice. Messages go to WeCom, DingTalk, Feishu, Slack, Teams, mail and others through apprise.
"""

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote

import apprise
from apprise.utils.parse import parse_urls

from dashboard.actions.flag_episodes import Episode
from dashboard.actions.flag_store import FlagsAway, FlagStore
from dashboard.site.load import Site
from streams.site_time import HOUR_MS
from streams.store.outage import repeat_in_thread

log = logging.getLogger(__name__)
LOOK_EVERY_S = 2.0
SEND_EVERY_MS = 60_000
LATE_MS = HOUR_MS
MOST = 500
_WORDS = {
    "zh": ("新提示 {n} 条，请查看", "{team}：{n} 条  {link}", "未分组", "提示是谈话的由头，不是结论。"),
    "en": ("New flags: {n}", "{team}: {n}  {link}", "No team", "A flag is a prompt for a talk, not a verdict."),
}


class Notice(NamedTuple):
    """One message."""

    title: str
    body: str


def notice_of(episodes: Iterable[Episode], site: Site, board: str) -> Notice:
    """Episodes -> one message in the language of the site: counts per team in the order of the site file, never names.

    ``board``: the address of the board, without a path.
    """
    title, line, no_team, hint = _WORDS["en" if site.language == "en" else "zh"]
    counts = Counter(each.team for each in episodes)
    names = {team.id: team.name_en if site.language == "en" else team.name for team in site.teams}
    rows = [
        line.format(team=name, n=counts[id], link=f"{board}/team/{quote(id, safe='')}")
        for id, name in names.items()
        if counts[id]
    ]
    if others := sum(n for id, n in counts.items() if id not in names):
        rows.append(line.format(team=no_team, n=others, link=board))
    return Notice(title.format(n=counts.total()), "\n".join([*rows, hint]))


@dataclass(frozen=True)
class Notifier:
    """One worker. ``send`` returns whether a message was taken; one that was not is tried again while it is news."""

    store: FlagStore
    word: Callable[[Sequence[Episode]], Notice]
    send: Callable[[Notice], bool]
    now_ms: Callable[[], int]
    send_every_ms: int = SEND_EVERY_MS
    most: int = MOST
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    def step(self) -> int:
        """Sends what is new if it is this worker's turn -> the number of flags sent. Raises FlagsAway."""
        news = [each for each in self.store.unsent(MOST) if not self._is_late(each)]
        if not news or not self.store.turn(self.send_every_ms):
            return 0
        mine = (each for each in news if self.store.claim(each.id, self.owner))
        claimed = list(islice(mine, self.most))
        if not claimed or not self.send(self.word(claimed)):
            return 0
        for each in claimed:
            self.store.sent(each.id)
        return len(claimed)

    @contextmanager
    def notifying(self, every_s: float = LOOK_EVERY_S) -> Iterator["Notifier"]:
        """Steps in a thread until the block ends; no error there ends anything else."""
        with repeat_in_thread("flag-notifier", self.step, every_s, (FlagsAway,)):
            yield self

    def _is_late(self, episode: Episode) -> bool:
        """Whether an hour has passed without a message: the flag is on the board and no news."""
        late = self.now_ms() - episode.opened_ms > LATE_MS
        if late:
            self.store.sent(episode.id)
        return late


class BadUrl(ValueError):
    """A URL of an unknown service, or one that lacks what the service needs."""


class UrlMessenger:
    """Sends messages to URLs with spaces or commas between. Raises BadUrl, which names a URL by its number and scheme.

    A URL holds a secret: nothing here shows more of it than its scheme, and the library's own log is off, as it shows hosts.
    """

    def __init__(self, urls: str) -> None:
        logging.getLogger("apprise").disabled = True
        self._ways = [_way(url, number) for number, url in enumerate(parse_urls(urls), 1)]  # type: ignore[no-untyped-call]
        if urls.strip() and not self._ways:
            raise BadUrl(
                "notify-file: this is no URL of a service; see https://github.com/caronc/apprise for their forms"
            )

    def __call__(self, notice: Notice) -> bool:
        """Sends to every URL, waiting a few seconds for each; whether one at least took it. Failures are logged."""
        is_sent = False
        for name, service in self._ways:
            # The library answers every fault with False and logs the reason, which may name the secret.
            if service.notify(title=notice.title, body=notice.body):
                is_sent = True
            else:
                log.warning("a notification of new flags could not be sent by %s", name)
        return is_sent


def _way(url: str, number: int) -> tuple[str, apprise.Apprise]:
    """A URL -> its name in messages, and the service that sends to it."""
    name = f"{url.partition('://')[0]} (number {number} of notify-file)"
    service = apprise.Apprise()
    if not service.add(url):
        raise BadUrl(
            f"notify-file: apprise does not know what to do with {name}: is the scheme right, and nothing missing?"
        )
    return name, service
