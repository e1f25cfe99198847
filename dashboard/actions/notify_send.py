"""The way outward: WeCom, DingTalk, Feishu, Slack, Teams, mail and others by their URLs, through apprise.

A URL holds a secret: nothing here shows more of it than its scheme, and the library's own log is shut since it shows hosts.
"""

import logging
from typing import NamedTuple

import apprise
from apprise.utils.parse import parse_urls

from dashboard.actions.notify_text import Notice

log = logging.getLogger(__name__)


class BadUrl(ValueError):
    """A URL of which no service is known, or that lacks what the service needs."""


class _Way(NamedTuple):
    name: str
    service: apprise.Apprise


class Outward:
    """Where to: several URLs with spaces or commas between. Raises BadUrl, naming it by its place and scheme."""

    def __init__(self, urls: str) -> None:
        logging.getLogger("apprise").disabled = True
        self._ways = [_way(url, place) for place, url in enumerate(parse_urls(urls), 1)]  # type: ignore[no-untyped-call]
        if urls.strip() and not self._ways:
            raise BadUrl("notify: this is no URL of a service; see https://github.com/caronc/apprise for their forms")

    def __call__(self, notice: Notice) -> bool:
        """Sends on every way, waiting a few seconds for each; whether one at least took it. What failed is logged."""
        taken = [self._send(way, notice) for way in self._ways]
        return any(taken)

    def _send(self, way: _Way, notice: Notice) -> bool:
        # The library answers every fault with False and logs the reason, which may name the secret.
        taken = bool(way.service.notify(title=notice.title, body=notice.body))
        if not taken:
            log.warning("a notification of new flags could not be sent by %s", way.name)
        return taken


def _way(url: str, place: int) -> _Way:
    name = f"{url.partition('://')[0]} (number {place} of the setting notify)"
    service = apprise.Apprise()
    if not service.add(url):
        raise BadUrl(f"notify: apprise does not know what to do with {name}: is the scheme right, and nothing missing?")
    return _Way(name, service)
