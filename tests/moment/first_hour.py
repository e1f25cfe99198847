"""A centre's first hour: a site file of three lines, no roster, and only some kinds of events of the floor of the moment."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import orjson

from dashboard.site.load import load_site
from tests.moment.moment import Moment
from tests.moment.records import Sent, records_of
from tests.moment.when import MOMENT_MS, TODAY, at
from tests.services.redis_server import RedisServer, closing_down

THREE_LINES = '[site]\nname = "城北一中心"\nzone = "Asia/Shanghai"\n'
COUNCIL = THREE_LINES + 'name_en = "Northgate"\nworks_council = "count"\n'
CALLS, STATES, COMPLAINTS = ("call.ended",), ("agent.state",), ("complaint.recorded", "complaint.decided")
_START_MS = at("13:32:09")
"""An hour before the moment: what came before was not sent here."""


@contextmanager
def first_hour(folder: Path, types: Collection[str], site: str = THREE_LINES, astray: int = 0) -> Iterator[Moment]:
    """The last hour of these types of events, counted by the moment; with none of them nothing has ever come.

    astray: one in so many has the id of its event as its key, not the agent; 0: none of them.
    """
    server = RedisServer(folder, "--appendonly", "no")
    with closing_down(server), ExitStack() as stack:
        server.start()
        path = folder / "site.toml"
        path.write_text(site, encoding="utf-8")
        (folder / "access.csv").write_text("group,role\nagents,agent\n")
        moment = Moment(server.url, load_site(str(path)), stack)
        moment.clock.now_ms = _START_MS
        sent = [record for record in _hour() if _type(record) in types]
        moment.bring([_mistaken(each) if astray and n % astray == 0 else each for n, each in enumerate(sent)])
        moment.go(MOMENT_MS)
        moment.board.look()
        yield moment


@cache
def _hour() -> list[Sent]:
    return sorted((each for each in records_of(TODAY) if each.sent_ms >= _START_MS), key=lambda each: each.sent_ms)


def _mistaken(record: Sent) -> Sent:
    return record._replace(key=str(orjson.loads(record.value)["id"]).encode())


def _type(record: Sent) -> str:
    return str(orjson.loads(record.value)["type"])
