"""Outbound calls: each agent makes one attempt after the other; attempts that the dialler makes alone come on top."""

from collections import Counter

from streams.simulator.calls import Attempt, record, talk_out, unreached
from streams.simulator.floor import SimulatedCampaign
from streams.simulator.outbox import Reporter
from streams.simulator.seat import Seat
from streams.simulator.shift import rush
from streams.site_time import HOUR_MS, MINUTE_MS


class Caller:
    """An outbound agent. ``advance`` pushes all that is sent before an instant, and more."""

    def __init__(self, seat: Seat, start_ms: int, closed: Counter[int]) -> None:
        self._seat = seat
        self._start_ms = start_ms
        self._closed = closed
        self._has_arrived = False
        self._at_ms = seat.sign_in_ms

    def advance(self, until_ms: int) -> None:
        while self._at_ms < until_ms:
            self._at_ms = self._step(self._at_ms)

    def _step(self, at_ms: int) -> int:
        if not self._has_arrived:
            self._has_arrived = True
            return self._seat.arrive(at_ms)
        dial_ms, due_ms = at_ms + self._idle_ms(at_ms), self._seat.due_ms()
        return self._dial(dial_ms) if dial_ms < due_ms else self._seat.stop(max(at_ms, due_ms))

    def _idle_ms(self, at_ms: int) -> int:
        """Mostly seconds. Now and then a headset is down and nobody noticed: long, and worth a lead's look."""
        rng = self._seat.rng
        if rng.random() < 0.0001:
            return rng.randrange(20 * MINUTE_MS, 36 * MINUTE_MS)
        return 300 + int(rng.expovariate(1 / 2_400) / self._seat.at(at_ms).pace)

    def _dial(self, at_ms: int) -> int:
        rng, seat = self._seat.rng, self._seat
        if rng.random() < 0.25:
            self._dialler(at_ms)
        attempt = Attempt(seat.next_call_id(), seat.agent.id, "outbound", seat.agent.line, None, at_ms)
        if rng.random() < self._reach(at_ms):
            return self._reached(attempt, seat.ring(at_ms, rng.randrange(3, 8)))
        outcome, seconds = unreached(rng)
        return seat.give_up(attempt, seat.ring(at_ms, seconds), outcome)

    def _reach(self, at_ms: int) -> float:
        return 0.64 + 0.08 * rush((at_ms - self._start_ms) / HOUR_MS)

    def _reached(self, attempt: Attempt, at_ms: int) -> int:
        free_ms = self._seat.converse(attempt, at_ms, talk_out(self._seat.at(at_ms), self._seat.rng))
        self._closed[free_ms // MINUTE_MS] += 1
        return free_ms

    def _dialler(self, at_ms: int) -> None:
        """An attempt that the dialler makes alone: nobody answers, or no agent is free for the answer."""
        rng, seat = self._seat.rng, self._seat
        attempt = Attempt(seat.next_call_id(), None, "outbound", seat.agent.line, None, at_ms)
        outcome, seconds = ("abandoned", 2) if rng.random() < 0.05 else unreached(rng)
        ended_ms = at_ms + seconds * 1000
        seat.post.call(ended_ms, record(attempt, ended_ms, outcome))
        self._closed[ended_ms // MINUTE_MS] += rng.random() < 0.3


class CampaignProgress:
    """The progress of a campaign, reported once a minute."""

    def __init__(
        self, drive: SimulatedCampaign, days: int, from_ms: int, to_ms: int, closed: Counter[int], post: Reporter
    ) -> None:
        share = min(0.96, max(0.01, drive.done_share + days * drive.day_share))
        self._drive = drive
        self._done = round(drive.list_size * share)
        self._minute, self._last = from_ms // MINUTE_MS, to_ms // MINUTE_MS
        self._closed = closed
        self._post = post

    def advance(self, until_ms: int) -> None:
        while self._minute * MINUTE_MS < min(until_ms, self._last * MINUTE_MS):
            self._report(self._minute * MINUTE_MS)
            self._done += self._closed.pop(self._minute, 0)
            self._minute += 1

    def _report(self, at_ms: int) -> None:
        id, size = self._drive.id, self._drive.list_size
        data = {"campaign": id, "list_size": size, "done": min(size, self._done)}
        self._post.fact(at_ms, f"~campaign:{id}", "campaign.snapshot", f"p-{id}-{at_ms}", "dialler", data)
