"""The watch over the open streams of one web worker: it ends those whose topics are no longer their bearer's, or exist no more.

One task asks for all of them. While no session ended, no grant began or ended and the site is the same, a pass asks Redis one
question, whatever the number of streams. A pass that fails vouches for none: numbers wait then (dashboard/live/viewers.py).
"""

import asyncio
import logging
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from dashboard.access.account_file import BadAccounts
from dashboard.access.audit_log import AuditAway
from dashboard.access.bearers import find_viewer
from dashboard.access.board_services import BoardServices
from dashboard.access.door import Door
from dashboard.access.refusals import REFUSALS, refusal_of
from dashboard.access.sessions import Session
from dashboard.access.sign_in import SignInService
from dashboard.access.viewer import Viewer
from dashboard.access.viewer_log import Origin
from dashboard.floor.visible_groups import HiddenIds
from dashboard.live.viewers import Bearer, Stream
from dashboard.site.grants import next_change_ms
from dashboard.site.load import Site
from streams.site_time import HOUR_MS

log = logging.getLogger(__name__)
ASK_EVERY_S = 2.0
_ROUTE = "/stream"


class _Rules(NamedTuple):
    """What decides, besides who is signed in. The same objects until a file or the day is another.

    ``hour``: the audit log has a row of every hour of a stream, so then all streams are looked at. No grant begins or ends in
    [from_ms, to_ms).
    """

    site: Site
    hidden: HiddenIds
    hour: int
    from_ms: int
    to_ms: float


@dataclass(frozen=True)
class _Holder:
    """The viewer behind a bearer; ``session`` and its ``name`` in Redis, but for a wall."""

    viewer: Viewer
    session: Session | None = None
    name: str = ""

    def lasts(self, now_ms: int) -> bool:
        """Whether nothing but the end of its session changes it. A wall is asked for each time, which notes its use."""
        return self.session is not None and now_ms < self.session.ends_ms


class RightsWatch:
    """Streams begin as the gate lets them; this ends them within five seconds after a right ended."""

    def __init__(self, services: BoardServices, sign_in: SignInService) -> None:
        self._services = services
        self._sign_in = sign_in
        self._holders: dict[Bearer, _Holder] = {}
        self._rules: _Rules | None = None

    async def keep_asking(self) -> None:
        """Asks until it is cancelled."""
        is_away = False
        while True:
            await asyncio.sleep(ASK_EVERY_S)
            try:
                await self.ask()
                is_away = False
            except REFUSALS as error:
                if not is_away:
                    log.warning("nobody can say whose the open streams are: %s", refusal_of(error).message)
                is_away = True

    async def ask(self) -> None:
        """One pass over all open streams. Raises what is in REFUSALS; then it vouches for none."""
        asked_s, streams = time.monotonic(), self._services.hub.viewers.open_streams()
        rules = self._find_rules()
        anew = await self._find_holders({stream.bearer for stream in streams}, rules is not self._rules)
        self._rules = rules
        existing = self._services.hub.existing_topics() if anew else frozenset()
        for stream in streams:
            holder = self._holders.get(stream.bearer)
            if holder is None or (stream.bearer in anew and not self._admits(holder, stream, existing)):
                stream.end()
            else:
                stream.trust(asked_s)

    def _find_rules(self) -> _Rules:
        """The rules by now; those of the last pass, if they still hold."""
        site, now_ms, before = self._services.sites.site, self._sign_in.clock_ms(), self._rules
        hidden, hour = self._services.hidden.find_hidden(site), self._services.clock_ms() // HOUR_MS
        if (
            before is not None
            and (before.site is site and before.hidden is hidden and before.hour == hour)
            and before.from_ms <= now_ms < before.to_ms
        ):
            return before
        return _Rules(site, hidden, hour, now_ms, next_change_ms(site, now_ms))

    async def _find_holders(self, bearers: Collection[Bearer], is_changed: bool) -> Collection[Bearer]:
        """Brings the holders up to date -> the bearers whose streams are to be looked at; one without a holder is nobody."""
        now_ms, holders = self._sign_in.clock_ms(), self._holders
        lasting = {
            bearer: holder for bearer in bearers if (holder := holders.get(bearer)) is not None and holder.lasts(now_ms)
        }
        gone = await self._sign_in.sessions.find_gone([holder.name for holder in lasting.values()])
        asked = [bearer for bearer in bearers if bearer not in lasting]
        found = await asyncio.gather(*(self._find_holder(bearer) for bearer in asked))
        self._holders = {
            bearer: holder
            for bearer, holder in chain(lasting.items(), zip(asked, found, strict=True))
            if holder is not None and holder.name not in gone and self._goes_on(holder)
        }
        if not is_changed:
            return set(asked)
        for bearer, holder in self._holders.items():
            if holder.session is not None:
                self._holders[bearer] = replace(holder, viewer=self._sign_in.viewer_of(holder.session.identity))
        return bearers

    async def _find_holder(self, bearer: Bearer) -> _Holder | None:
        try:
            session = await self._sign_in.find_session(bearer.session or None)
            if session is not None:
                name = self._sign_in.sessions.name_of(bearer.session)
                return _Holder(self._sign_in.viewer_of(session.identity), session, name)
            viewer = await find_viewer(bearer, self._sign_in, self._services.displays)
        except BadAccounts:
            return None
        return None if viewer is None else _Holder(viewer)

    def _goes_on(self, holder: _Holder) -> bool:
        try:
            return holder.session is None or self._sign_in.goes_on(holder.session)
        except BadAccounts:
            return False

    def _admits(self, holder: _Holder, stream: Stream, existing: Collection[str]) -> bool:
        """Whether all topics of a stream exist and are the holder's. The audit log has that they still read them."""
        door = Door(holder.viewer, self._services, Origin(_ROUTE, stream.bearer.address))
        if not all(topic in existing and door.scope.sees_topic(topic) for topic in stream.topics):
            return False
        try:
            door.note_watched(stream.topics)
        except AuditAway:
            return False
        return True
