"""The laws of a stream: the same for a seed, in order, without a seam, lazy, and every event valid."""

from itertools import islice, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode import Event, decode
from streams.events import TYPES
from streams.simulator.floor import build_floor
from streams.simulator.outbox import SimulatedEvent
from streams.simulator.shift import HORIZON_MS
from streams.simulator.simulator import Simulator
from streams.site_time import DAY_MS, HOUR_MS, parse_rfc3339
from tests.streams.simulator.conftest import START_MS

SMALL = build_floor(9, 9)
instants = st.integers(START_MS - 3 * DAY_MS - HOUR_MS, START_MS + DAY_MS + 6 * HOUR_MS)


def small(seed: int = 3) -> Simulator:
    return Simulator(SMALL, seed, START_MS)


def as_bytes(events: list[SimulatedEvent]) -> list[bytes]:
    return [e.encode() + e.key.encode() for e in events]


@settings(max_examples=10, deadline=None)
@given(st.tuples(instants, instants, instants).map(sorted))
def test_no_seam(cut: list[int]) -> None:
    first, middle, last = cut
    whole = list(small().events(first, last))
    assert as_bytes(whole) == as_bytes([*small().events(first, middle), *small().events(middle, last)])
    one = small()
    assert whole == [*one.events(first, middle), *one.events(middle, last)]


def test_no_seam_within_a_busy_minute() -> None:
    first, last = START_MS + HOUR_MS, START_MS + HOUR_MS + 90_000
    whole = list(small().events(first, last))
    assert len(whole) > 10
    for middle in range(first, last, 7_919):
        assert whole == [*small().events(first, middle), *small().events(middle, last)]


def test_another_seed_is_another_day() -> None:
    window = START_MS, START_MS + HOUR_MS
    assert as_bytes(list(small(3).events(*window))) != as_bytes(list(small(4).events(*window)))


def test_in_order_and_never_before_it_happened(whole_day: list[SimulatedEvent]) -> None:
    assert all(before.sent_ms <= after.sent_ms for before, after in pairwise(whole_day))
    assert all(0 <= event.sent_ms - event.time_ms < 60_000 for event in whole_day)


def test_a_stream_without_end_begins_at_once() -> None:
    days = small().events(START_MS, START_MS + 10_000 * DAY_MS)
    assert len(list(islice(days, 1000))) == 1000


def test_every_event_decodes_and_every_type_is_there(whole_day: list[SimulatedEvent]) -> None:
    for event in whole_day:
        read = decode(event.encode())
        assert isinstance(read, Event)
        assert isinstance(read.data, TYPES[event.type])
        assert read.time_ms <= event.sent_ms
    assert {event.type for event in whole_day} == set(TYPES) - {"pipeline.heartbeat", "person.erased"}


def test_key_is_the_agent_or_the_line(whole_day: list[SimulatedEvent]) -> None:
    for event in whole_day:
        expected = {"queue.snapshot": "~queue:{queue}", "campaign.snapshot": "~campaign:{campaign}"}.get(event.type)
        assert event.key == (expected.format(**event.data) if expected else event.data["agent"] or "")


def test_working_days_repeat_with_other_noise(simulator: Simulator) -> None:
    thursday, friday = simulator.working_days_before(2)
    assert (thursday.isoformat(), friday.isoformat()) == ("2026-11-19", "2026-11-20")
    starts = [simulator.shift_start_ms(day) for day in (thursday, friday)]
    assert starts[0] == START_MS - 4 * DAY_MS
    hours = [list(simulator.events(at, at + HOUR_MS)) for at in starts]
    assert min(len(events) for events in hours) > 10_000
    assert [event.data for event in hours[0][:50]] != [event.data for event in hours[1][:50]]


def test_no_work_at_the_weekend_and_nothing_beyond_the_horizon() -> None:
    assert not list(small().events(START_MS - 2 * DAY_MS, START_MS - HOUR_MS))
    assert not list(small().events(START_MS + HORIZON_MS, START_MS + DAY_MS - HOUR_MS))


def test_same_local_time_across_a_change_of_clocks() -> None:
    monday = parse_rfc3339("2026-10-26T08:00:00Z")
    berlin = Simulator(SMALL, 1, monday, zone="Europe/Berlin")
    friday = berlin.shift_start_ms(berlin.working_days_before(1)[0])
    assert monday - friday == 3 * DAY_MS + HOUR_MS


def test_ids_are_unique_but_for_what_is_sent_again(simulator: Simulator) -> None:
    events = list(simulator.events(START_MS - 4 * DAY_MS, START_MS + HOUR_MS))
    seen: dict[str, SimulatedEvent] = {}
    for event in events:
        known = seen.setdefault(event.id, event)
        assert known.data == event.data
    again = len(events) - len(seen)
    assert 0 < again < len(events) / 100


def test_versions_of_a_call_are_known_in_order(whole_day: list[SimulatedEvent]) -> None:
    newest: dict[str, tuple[int, int]] = {}
    for event in sorted(whole_day, key=lambda event: event.time_ms):
        if event.type == "call.ended":
            version = event.data["version"]
            assert newest.get(event.data["call_id"], (0, 0))[0] <= version
            newest[event.data["call_id"]] = version, event.time_ms
    assert sum(version == 2 for version, _ in newest.values()) > 100
