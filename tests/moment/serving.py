"""The web server of the moment: the product's application, whose clock is the moment's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.appeals.desk import Desk
from dashboard.cli.health import Opening
from dashboard.cli.overdue import overdue_of
from dashboard.health import Health
from dashboard.live.bus import FrameReader
from dashboard.web.serve import bind, server_of
from tests.moment.moment import Moment
from tests.waiting import wait_until

_WITHIN_S = 30.0


@contextmanager
def serving(moment: Moment) -> Iterator[str]:
    """Serves what is published until the block ends -> its address."""
    desk, flags = moment.people
    reader, bound = Opening(moment.settings), bind("127.0.0.1:0")
    overdue = _known(desk)
    health = Health(moment.sites, reader, moment.clock, lambda: overdue)
    bus = FrameReader(moment.settings.redis)
    server = server_of(moment.sites, bus, desk, health, flags, moment.clock)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="moment-server")
    thread.start()
    try:
        wait_until(lambda: server.started, _WITHIN_S, "the web server to start")
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_WITHIN_S)
        reader.close()


def _known(desk: Desk) -> int | None:
    count = overdue_of(desk)
    count.step()
    return count()
