"""How far the floor is brought before a picture: each scene goes on from the one before it in the table."""

from collections.abc import Callable
from dataclasses import replace

import msgspec

from dashboard.site.watch import SiteState
from streams.store.keys import Keys
from tests.moment.moment import Moment
from tests.moment.when import MOMENT_MS, at

NOTHING = "nothing"


def _nothing(moment: Moment) -> None:
    """The publisher has not said anything yet."""


def _morning(moment: Moment) -> None:
    """The shift has begun, and nobody has called."""
    moment.wait(at("09:02"))


def _early(moment: Moment) -> None:
    """Minutes into the shift: too few calls to compare anybody with their peers."""
    moment.go(at("09:12"))
    moment.board.look()


def _council(moment: Moment) -> None:
    """Under a works council a team of five is not shown alone."""
    state = moment.sites.state
    rest = [spell for spell in state.site.roster if spell.team != "dawn"]
    few = [spell for spell in state.site.roster if spell.team == "dawn"][:5]
    site = replace(state.site, works_council="count", roster=(*rest, *few))
    moment.sites.state = SiteState(site, state.file, state.loaded_ms)


def _log_edited(moment: Moment) -> None:
    """Somebody who may write to Kafka changed whom a row names."""
    rows = moment.audit.rows
    rows[11] = msgspec.structs.replace(rows[11], whom="8109")


def _stale(moment: Moment) -> None:
    """Nothing has come for forty seconds."""
    _alone(moment)
    moment.clock.now_ms = MOMENT_MS + 40_000


def _hidden(moment: Moment) -> None:
    """Nothing has come for six minutes."""
    moment.clock.now_ms = MOMENT_MS + 6 * 60_000


def _alone(moment: Moment) -> None:
    """The site as it was."""
    moment.sites.state = moment.site_state


def _rebuilding(moment: Moment) -> None:
    """Redis was set back, and the log is counted again: six tenths of it by now."""
    ends = moment.line.ends()
    moment.clock.now_ms = MOMENT_MS
    moment.board.publish()
    for share, now_ms in ((0.59, MOMENT_MS + 1_000), (0.60, MOMENT_MS + 4_000)):
        for number, end in ends.items():
            moment.client.hset(Keys(moment.settings.topic, number).meta, mapping=_set_back(int(share * end)))
        moment.clock.now_ms = now_ms
        moment.board.read_anew()


def _set_back(position: int) -> dict[str, int]:
    return {"position": position, "heartbeat_ms": MOMENT_MS - 3_600_000}


SCENES: dict[str, Callable[[Moment], None]] = {
    NOTHING: _nothing,
    "morning": _morning,
    "early": _early,
    "moment": Moment.arrive,
    "log_edited": _log_edited,
    "council": _council,
    "stale": _stale,
    "hidden": _hidden,
    "rebuilding": _rebuilding,
}
