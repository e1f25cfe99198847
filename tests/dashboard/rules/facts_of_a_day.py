"""Made-up facts of one day, and what they come to by a count of its own: plain dictionaries, nothing of the product."""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import strategies as st

from dashboard.rules.deduction import DeductionPolicy, Mode
from streams.site_time import MINUTE_MS
from tests.dashboard.partitions import NOON_MS, call, complaint, decided, event

AGENTS = ("a1", "a2", "b1", "b2", "z9")
"""Two of team dawn, two of team lake, and one whom the roster does not name."""
TEAMS = {"dawn": ("a1", "a2"), "lake": ("b1", "b2")}
CASES = ("k0", "k1")
OF_CASES = ("a1", "b1", "z9")
"""Few, so that decisions find their records."""
DECISIONS = ("confirmed", "withdrawn", "appealed", "upheld", "overturned")
_STANDS = {
    "appealed": "pending", "confirmed": "confirmed", "upheld": "confirmed", "withdrawn": "gone", "overturned": "gone",
}  # fmt: skip


class Fact(NamedTuple):
    """What happened: ``kind`` call, complaint, repeat_enquiry, a decision, or score; ``ref`` names a case."""

    kind: str
    agent: str | None
    ref: str
    minutes: int
    """Before noon."""


calls = st.builds(
    Fact,
    st.sampled_from(["call", "call", "no_answer"]),
    st.sampled_from([*AGENTS, None]),
    st.just(""),
    st.integers(0, 600),
)
cases = st.builds(
    Fact, st.sampled_from(["complaint", "repeat_enquiry"]), st.sampled_from(OF_CASES), st.sampled_from(CASES),
    st.integers(0, 600),
)  # fmt: skip
decisions = st.builds(
    Fact, st.sampled_from(DECISIONS), st.sampled_from(OF_CASES), st.sampled_from(CASES), st.integers(0, 600)
)
scores = st.builds(Fact, st.just("score"), st.sampled_from(AGENTS), st.just(""), st.integers(0, 600))
facts = st.one_of(calls, calls, cases, decisions, scores)
policies = st.builds(
    DeductionPolicy, st.sampled_from(Mode), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.25, 1.0, 2.0])
)


def record(fact: Fact, number: int) -> tuple[str, bytes]:
    """As it comes in; ``number`` makes ids and instants differ."""
    agent, at_ms = fact.agent, NOON_MS - fact.minutes * MINUTE_MS + number
    if fact.kind in ("call", "no_answer"):
        return call(agent, f"c{number}", at_ms, outcome="handled" if fact.kind == "call" else "no_answer")
    assert agent is not None
    if fact.kind == "score":
        data: dict[str, Any] = {
            "evaluation_id": f"e{number}",
            "version": 1,
            "agent": agent,
            "score": fact.minutes % 101,
        }
        return agent, event("evaluation.scored", at_ms, data)
    if fact.kind in DECISIONS:
        return decided(agent, fact.ref, at_ms, fact.kind)
    return complaint(agent, fact.ref, at_ms, fact.kind)


class Expected(NamedTuple):
    """What one agent, or several together, come to."""

    handled: int = 0
    volume: int = 0
    pending: int = 0
    deducted: Fraction = Fraction()
    floored: Fraction = Fraction()
    net: Fraction = Fraction()


def together(rows: Iterable[Expected]) -> Expected:
    """A tier: everything is added, the floor has acted before."""
    every = list(rows)
    return Expected(
        sum(row.handled for row in every),
        sum(row.volume for row in every),
        sum(row.pending for row in every),
        sum((row.deducted for row in every), Fraction()),
        sum((row.floored for row in every), Fraction()),
        sum((row.net for row in every), Fraction()),
    )


def counted(given: Iterable[tuple[Fact, int]], policy: DeductionPolicy, volume: str) -> dict[str | None, Expected]:
    """Facts with their numbers -> what each line comes to; None stands for the calls without an agent."""
    attempts: defaultdict[str | None, int] = defaultdict(int)
    handled: defaultdict[str | None, int] = defaultdict(int)
    kinds: dict[tuple[str | None, str], str] = {}
    newest: dict[tuple[str | None, str], tuple[int, str]] = {}
    for fact, number in given:
        case = fact.agent, fact.ref
        if fact.kind in ("call", "no_answer"):
            attempts[fact.agent] += 1
            handled[fact.agent] += fact.kind == "call"
        elif fact.kind in DECISIONS:
            newest[case] = max(newest.get(case, (-(10**9), "")), (number - fact.minutes * MINUTE_MS, fact.kind))
        elif fact.kind != "score":
            kinds.setdefault(case, fact.kind)
    return {
        agent: _line(
            handled[agent],
            attempts[agent] if volume == "attempts" and agent in ("a1", "a2", "b1", "b2") else handled[agent],
            [(kind, _STANDS[newest[case][1]] if case in newest else "pending")
             for case, kind in kinds.items() if case[0] == agent],
            policy,
        )
        for agent in (*AGENTS, None)
    }  # fmt: skip


def _line(handled: int, volume: int, standing: list[tuple[str, str]], policy: DeductionPolicy) -> Expected:
    weights = {"complaint": Fraction(policy.complaint), "repeat_enquiry": Fraction(policy.repeat_enquiry)}
    weighed = {
        how: sum((weights[kind] for kind, stands in standing if stands == how), Fraction())
        for how in ("pending", "confirmed")
    }
    taken = {
        Mode.NUMERATOR: weighed["pending"] + weighed["confirmed"], Mode.CONFIRMED: weighed["confirmed"],
    }.get(policy.mode, Fraction())  # fmt: skip
    pending = sum(stands == "pending" for _, stands in standing)
    return Expected(handled, volume, pending, taken, max(Fraction(), taken - volume), max(Fraction(), volume - taken))
