"""Adherence (docs/rules.md 5): scheduled seconds spent in a working state / scheduled seconds so far.

Spans are flat: one element per span of any agent, so that agents may have as many as they have.
"""

from dataclasses import dataclass

import numpy as np

from dashboard.rules.figures import Figures, Flags, Reason, Whole, figures, ratio

WORKING = frozenset({"available", "ringing", "talk", "hold", "wrap", "training", "meeting"})
"""The states of someone at work."""
_FAR_S = 1 << 40
"""More seconds than any instant has: one agent's seconds end before the next one's begin."""


@dataclass(frozen=True)
class Spans:
    """[start, end) in UTC seconds of all agents, ordered by (agent, start), of one agent disjoint; int64 (spans,)."""

    agent: Whole
    """0..agents-1."""
    start_s: Whole
    end_s: Whole


@dataclass(frozen=True)
class Adherence:
    """One element per agent."""

    scheduled_s: Whole
    working_s: Whole
    adherence: Figures


def adherence(scheduled: Spans, working: Spans, now_s: int, agents: int) -> Adherence:
    """Schedules and working time of all agents -> adherence so far."""
    due = until(scheduled, now_s)
    scheduled_s = _per_agent(due, due.end_s - due.start_s, agents)
    working_s = _per_agent(due, _measure(until(working, now_s), due), agents)
    value = figures(ratio(working_s, scheduled_s), (scheduled_s == 0, Reason.NO_TIME_YET))
    return Adherence(scheduled_s, working_s, value)


def timeline(agent: Whole, at_ms: Whole, working: Flags, now_s: int) -> Spans:
    """State changes of all agents, in any order, and whether each state is a working one -> the working time.

    Each state ends the one before, whatever source it came from; at one instant the later in the list stands. Times are cut
    to whole seconds. The newest state of each agent runs until now.
    """
    order = np.lexsort((at_ms, agent))
    agent, start_s, working = agent[order], at_ms[order] // 1000, working[order]
    follows = np.append(agent[1:] == agent[:-1], np.zeros(min(1, len(agent)), np.bool_))
    end_s = np.where(follows, np.append(start_s[1:], now_s)[: len(agent)], np.maximum(now_s, start_s))
    return Spans(agent[working], start_s[working], end_s[working])


def until(spans: Spans, now_s: int) -> Spans:
    """Spans cut off at now."""
    return Spans(spans.agent, np.minimum(spans.start_s, now_s), np.minimum(spans.end_s, now_s))


def _measure(covered: Spans, asked: Spans) -> Whole:
    """How many seconds of each span of ``asked`` are covered."""
    length = covered.end_s - covered.start_s
    start = _line(covered.agent, covered.start_s)
    before = np.append(0, np.cumsum(length))

    def up_to(at: Whole) -> Whole:
        last = np.searchsorted(start, at, side="right") - 1
        inside = np.clip(at - np.append(start, 0)[last], 0, np.append(length, 0)[last])
        return np.where(last < 0, 0, before[last] + inside)

    return up_to(_line(asked.agent, asked.end_s)) - up_to(_line(asked.agent, asked.start_s))


def _line(agent: Whole, at_s: Whole) -> Whole:
    """All agents' seconds behind one another on one line."""
    return agent * _FAR_S + at_s


def _per_agent(spans: Spans, seconds: Whole, agents: int) -> Whole:
    return np.bincount(spans.agent, seconds, agents).astype(np.int64)
