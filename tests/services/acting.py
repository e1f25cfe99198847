"""A consumer of both topics at work, and a site with two people, their lead and a calendar without holidays."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.site.load import Site
from dashboard.site.types import Calendar, Spell, Team
from streams.consume.consume import consume_both
from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.site_time import DAY_MS, SiteTime
from streams.store.client import open_redis
from tests import signing
from tests.services.kafka import KafkaServer
from tests.waiting import PATIENCE_S

TIME = SiteTime("Asia/Shanghai")
SITE = Site(
    name="Test",
    zone="Asia/Shanghai",
    counting=Counting(lateness_ms=80 * DAY_MS),
    calendar=Calendar(None, frozenset(), frozenset()),
    teams=(Team("dawn", "Dawn", "Dawn", "outbound", "outbound", "boss"),),
    grants=signing.grants("dawn"),
    roster=(Spell("a1", "An", "An", None, "dawn", None, None), Spell("a2", "Bo", "Bo", None, "dawn", None, None)),
)


@contextmanager
def consuming(kafka: KafkaServer, topic: str, url: str) -> Iterator[None]:
    """Counts events and actions while it lasts."""
    stop, client = threading.Event(), open_redis(url)
    rules = Rules(TIME, SITE.counting, Retention())
    args = (kafka.bootstrap, topic, f"{topic}-actions", client, rules)
    thread = threading.Thread(target=consume_both, args=args, kwargs={"group": None, "stop": stop})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        client.close()
    assert not thread.is_alive(), "the consumer did not stop"
