"""The snapshots of two topics per team: the evidence about its agents, and the figures that their curves are drawn from.

Evidence is written column by column, a share of the teams per tick, so that no tick writes a floor of thousands. Each snapshot
belongs to one instant, its ``at``. A web server adds an agent's own minutes to the curves (dashboard.actions.curve_service).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
from msgspec import Raw, json

from dashboard.actions.curve_service import PublishedCurve
from dashboard.board.frame_types import FrameHead, FramePiece
from dashboard.board.row_bytes import column
from dashboard.floor.lines import Lines
from dashboard.people.evidence import EvidenceNow
from dashboard.people.quality_charts import TrendNow
from dashboard.rules.deduction import Numbers
from dashboard.rules.evidence import Verdict


class AgentEvidence(FramePiece, frozen=True):
    counted: float | None
    expected: float | None
    peer: float | None
    low: float | None
    high: float | None
    window_counted: float | None
    window_expected: float | None
    window_peer: float | None
    window_low: float | None
    window_high: float | None
    shifts: int
    phi: float | None
    log_e: float | None
    verdict: str
    exposure_s: int
    quality_low: float | None
    quality_high: float | None
    expected_h: list[float | None]


class EvidenceFrame(FrameHead, frozen=True, kw_only=True):
    """Topic ``evidence:<id>``: snapshots alone, no frames."""

    at: int
    agents: dict[str, AgentEvidence] | Raw


class CurvesFrame(FrameHead, frozen=True, kw_only=True):
    """Topic ``curves:<id>``: snapshots alone; the web server reads them, no page does."""

    at: int
    agents: dict[str, PublishedCurve]


COLUMNS = AgentEvidence.__struct_fields__
_SHARE_OF_TEAMS = 8
ALL_TEAMS = -1
"""In place of a team: the agents of all of them."""
_DECIMALS = {"expected": 1, "window_expected": 1, "log_e": 2, "phi": 2, "quality_low": 1, "quality_high": 1}
_RATIO_DECIMALS = 3
_HOUR_DECIMALS = 1
_CURVE_DECIMALS = 4
_NUMPY = orjson.OPT_SERIALIZE_NUMPY
_WORDS = [orjson.dumps(verdict.name.lower()) for verdict in Verdict]
_TEMPLATE = b"%b:{" + b",".join(b'"%b":%%b' % name.encode() for name in COLUMNS) + b"}"


class EvidenceBytes:
    """Writes the newest evidence; remembers which teams are still to be written."""

    def __init__(self) -> None:
        self._evidence: EvidenceNow | None = None
        self._lines: Lines | None = None
        self._names: list[bytes] = []
        self._left: list[int] = []
        self._all: list[bytes] = []

    def write_share(
        self, lines: Lines, evidence: EvidenceNow | None, trend: TrendNow | None, head: dict[str, Any]
    ) -> Iterator[tuple[int, bytes]]:
        """One tick -> (team, snapshot) of the teams whose turn it is; ALL_TEAMS last.

        ``trend``: its limits are given with the evidence; None: null. ``head``: of the tick.
        """
        if evidence is None:
            self._evidence, self._left = None, []
            return
        if lines is not self._lines:
            self._lines, self._names = lines, []
        if evidence is not self._evidence:
            # The tick that found it has done enough.
            self._evidence, self._left, self._all = evidence, [*range(len(lines.teams)), ALL_TEAMS], []
            return
        share = -(-len(lines.teams) // _SHARE_OF_TEAMS)
        turn, self._left = self._left[: max(share, 1)], self._left[max(share, 1) :]
        teams = [team for team in turn if team != ALL_TEAMS]
        for team, agents in zip(teams, self._written(lines, evidence, trend, teams), strict=True):
            self._all += [agents] if agents else []
            yield team, _snapshot(head, evidence, agents)
        if ALL_TEAMS in turn:
            yield ALL_TEAMS, _snapshot(head, evidence, b",".join(self._all))
            self._all = []

    def _written(
        self, lines: Lines, evidence: EvidenceNow, trend: TrendNow | None, teams: list[int]
    ) -> Iterator[bytes]:
        rows = np.array([row for team in teams for row in lines.members[team]], np.intp)
        columns = [_column(evidence, trend, name, rows) for name in COLUMNS] if len(rows) else []
        self._names += [orjson.dumps(person.id) for person in lines.people[len(self._names) :]]
        agents = [_TEMPLATE % each for each in zip([self._names[row] for row in rows.tolist()], *columns, strict=True)]
        at = 0
        for team in teams:
            end = at + len(lines.members[team])
            yield b",".join(agents[at:end])
            at = end


def _snapshot(head: dict[str, Any], evidence: EvidenceNow, agents: bytes) -> bytes:
    return json.encode(EvidenceFrame(**head, at=evidence.at_ms, agents=Raw(b"{" + agents + b"}")))


_OF = {"peer": "peer_ratio", "window_peer": "window_ratio"}
_OF_TREND = {"quality_low": "low", "quality_high": "high"}


def _column(evidence: EvidenceNow, trend: TrendNow | None, name: str, rows: np.ndarray) -> list[bytes]:
    if name == "expected_h":  # (hour blocks of the day so far x rows) -> a list of each row
        hours = np.ascontiguousarray(np.round(evidence.expected_h[:, rows].T, _HOUR_DECIMALS))
        return [b"[" + each + b"]" for each in orjson.dumps(hours, option=_NUMPY)[2:-2].split(b"],[")]
    if name in _OF_TREND and trend is None:
        return [b"null"] * len(rows)
    source = trend.lines if trend is not None and name in _OF_TREND else evidence
    values = getattr(source, {**_OF, **_OF_TREND}.get(name, name))[rows]
    if name == "verdict":
        return [_WORDS[code] for code in values.tolist()]
    found: Numbers = np.round(values.astype(np.float64), _DECIMALS.get(name, _RATIO_DECIMALS))
    return column(found)


def published_curves(
    lines: Lines, evidence: EvidenceNow, trend: TrendNow | None, team: int, head: dict[str, Any]
) -> bytes:
    """The snapshot of what one team's curves are drawn from.

    Per agent ``rates`` (calls per hour of exposure of the peers, by hour block of the day), ``phi``, ``carried_s``, and of the
    chart of quality ``mu``, ``sigma`` and ``scores`` (0-100, in order). Unknown is null.
    """
    rows = lines.members[team]
    rates = np.round(evidence.per_hour[:, rows].T, _CURVE_DECIMALS).tolist()
    phi = np.round(evidence.phi[rows], _CURVE_DECIMALS).tolist()
    carried = evidence.carried_s[rows].tolist()
    agents = {
        lines.people[row].id: PublishedCurve(rates[at], phi[at], carried[at], **_quality(trend, row))
        for at, row in enumerate(rows)
    }
    return json.encode(CurvesFrame(**head, at=evidence.at_ms, agents=agents))


def _quality(trend: TrendNow | None, row: int) -> dict[str, Any]:
    """Agents without control limits get no chart."""
    if trend is None or np.isnan(trend.lines.low[row]):
        return {}
    mu, sigma = (round(float(values[row]), _CURVE_DECIMALS) for values in (trend.lines.mu, trend.lines.sigma))
    return {"mu": mu, "sigma": sigma, "scores": trend.scores.points_of(row).tolist()}
