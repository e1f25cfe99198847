"""Inbound calls: customers wait in a queue for the agent who is free first, or give up."""

from heapq import heapify, heappop, heappush

from streams.simulator.calls import Attempt, record, talk_in
from streams.simulator.outbox import Reporter
from streams.simulator.seat import Seat
from streams.simulator.shift import CLOSING_H, NEVER_MS, OPENING_MS, rush
from streams.site_time import HOUR_MS

SNAPSHOT_MS = 15_000
_CALLS_PER_SEAT_HOUR = 15.0
"""Demand at full rush: what the seats of a queue can just carry when a fifth of them is away."""


class SimulatedQueue:
    """One queue and its agents. First come, first served; the agent who has been free longest answers.

    A customer's fate is decided on arrival: nobody who comes later is served before. So customers are served in order of
    arrival, and before each call of an agent the pauses and the end of duty are looked at.
    """

    def __init__(self, id: str, seats: list[Seat], start_ms: int, label: str, post: Reporter) -> None:
        self._id = id
        self._label = label
        self._post = post
        self._start_ms = start_ms
        self._free = [(seat.sign_in_ms, n, seat) for n, seat in enumerate(seats) if seat.sign_in_ms < NEVER_MS]
        self._absent = {n for _, n, _ in self._free}
        self._demand = _CALLS_PER_SEAT_HOUR * sum(seat.agent.pace for seat in seats) / HOUR_MS
        self._next_ms = self._after(start_ms)
        self._snapshot_ms = start_ms - OPENING_MS
        self._waiting: list[tuple[int, int]] = []
        self._customers = 0
        heapify(self._free)

    def advance(self, until_ms: int) -> None:
        """Pushes all that is sent before an instant, and more."""
        last_ms = min(until_ms, self._start_ms + int(CLOSING_H * HOUR_MS))
        while (at_ms := min(self._next_ms, self._snapshot_ms)) < last_ms:
            if self._next_ms == at_ms:
                self._admit(at_ms)
                self._next_ms = self._after(at_ms)
            else:
                self._report(at_ms)
                self._snapshot_ms += SNAPSHOT_MS
        self._settle(until_ms)

    def _after(self, at_ms: int) -> int:
        """The next arrival, at the rate of its hour."""
        rate = self._demand * rush((at_ms - self._start_ms) / HOUR_MS)
        return at_ms + 1 + int(self._post.rng.expovariate(rate)) if rate else NEVER_MS

    def _admit(self, at_ms: int) -> None:
        self._customers += 1
        patience_ms = 4_000 + int(self._post.rng.expovariate(1 / 110_000))
        answer_ms = self._first_answer(at_ms)
        if answer_ms > at_ms + patience_ms:
            self._waiting.append((at_ms, at_ms + patience_ms))
            return self._lose(at_ms, at_ms + patience_ms)
        if answer_ms > at_ms:
            self._waiting.append((at_ms, answer_ms))
        return self._serve(at_ms, answer_ms)

    def _first_answer(self, at_ms: int) -> int:
        """When the agent who is free first can answer a customer of ``at_ms``; agents may arrive, rest or leave until then."""
        while self._free:
            free_ms, n, seat = self._free[0]
            answer_ms = max(free_ms, at_ms)
            if not self._moves(n, seat, free_ms, answer_ms + 1):
                return answer_ms
            heappop(self._free)
            self._put(n, seat, self._move(n, seat, free_ms))
        return NEVER_MS

    def _settle(self, until_ms: int) -> None:
        """Every arrival, rest and leaving before an instant, of all free agents."""
        moving = [item for item in self._free if self._moves(item[1], item[2], item[0], until_ms)]
        if moving:
            numbers = {n for _, n, _ in moving}
            self._free = [item for item in self._free if item[1] not in numbers]
            heapify(self._free)
        for free_ms, n, seat in moving:
            while self._moves(n, seat, free_ms, until_ms):
                free_ms = self._move(n, seat, free_ms)
            self._put(n, seat, free_ms)

    def _put(self, n: int, seat: Seat, free_ms: int) -> None:
        """Adds an agent to those who will be free, unless the agent went home."""
        if free_ms < NEVER_MS:
            heappush(self._free, (free_ms, n, seat))

    def _moves(self, n: int, seat: Seat, free_ms: int, until_ms: int) -> bool:
        return free_ms < until_ms and (n in self._absent or max(free_ms, seat.due_ms()) < until_ms)

    def _move(self, n: int, seat: Seat, free_ms: int) -> int:
        if n in self._absent:
            self._absent.remove(n)
            return seat.arrive(free_ms)
        return seat.stop(max(free_ms, seat.due_ms()))

    def _serve(self, arrived_ms: int, answer_ms: int) -> None:
        _, n, seat = heappop(self._free)
        talk_ms = seat.ring(answer_ms, seat.rng.randrange(2, 5))
        wait_s = (talk_ms - arrived_ms) // 1000
        attempt = Attempt(seat.next_call_id(), seat.agent.id, "inbound", None, self._id, arrived_ms, wait_s)
        free_ms = seat.converse(attempt, talk_ms, talk_in(seat.at(talk_ms), seat.rng))
        self._put(n, seat, free_ms)

    def _lose(self, arrived_ms: int, left_ms: int) -> None:
        id = f"c-{self._label}-{self._id}-{self._customers}"
        attempt = Attempt(id, None, "inbound", None, self._id, arrived_ms, (left_ms - arrived_ms) // 1000)
        self._post.call(left_ms, record(attempt, left_ms, "abandoned"))

    def _report(self, at_ms: int) -> None:
        self._waiting = [(arrived, leaves) for arrived, leaves in self._waiting if leaves > at_ms]
        longest_s = (at_ms - self._waiting[0][0]) // 1000 if self._waiting else 0
        ready = sum(free_ms <= at_ms for free_ms, _, _ in self._free)
        data = {"queue": self._id, "waiting": len(self._waiting), "longest_wait_s": longest_s, "agents_ready": ready}
        self._post.fact(at_ms, f"~queue:{self._id}", "queue.snapshot", f"q-{self._id}-{at_ms}", "acd", data)
