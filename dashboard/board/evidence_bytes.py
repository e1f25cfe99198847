"""Evidence about the persons of a team -> the snapshot of its topic. Written column by column, a share of the teams per tick.

Each snapshot is of one instant, which it names (``at``); that a few teams are written some ticks later than others keeps a
floor of thousands from being written at one tick.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson

from dashboard.board.row_bytes import column
from dashboard.floor.lines import Lines
from dashboard.people.evidence import EvidenceNow
from dashboard.people.quality_charts import Charted, Trended
from dashboard.rules.deduction import Numbers
from dashboard.rules.evidence import Verdict

COLUMNS = (
    "counted", "expected", "peer", "low", "high", "window_counted", "window_expected", "window_peer", "window_low",
    "window_high", "shifts", "phi", "log_e", "verdict", "exposure_s", "quality_low", "quality_high", "expected_h",
)  # fmt: skip
_SHARE_OF_TEAMS = 8
ALL_TEAMS = -1
"""In place of a team: the agents of all of them."""
_DECIMALS = {"expected": 1, "window_expected": 1, "log_e": 2, "phi": 2, "quality_low": 1, "quality_high": 1}
_RATIO_DECIMALS = 3
_HOUR_DECIMALS = 1
_WORDS = [orjson.dumps(verdict.name.lower()) for verdict in Verdict]
_TEMPLATE = b"%b:{" + b",".join(b'"%b":%%b' % name.encode() for name in COLUMNS) + b"}"


class EvidenceBytes:
    """What is still to be written of the newest evidence."""

    def __init__(self) -> None:
        self._evidence: EvidenceNow | None = None
        self._lines: Lines | None = None
        self._names: list[bytes] = []
        self._left: list[int] = []
        self._all: list[bytes] = []

    def update(
        self, lines: Lines, evidence: EvidenceNow | None, trended: Trended | None = None
    ) -> Iterator[tuple[int, bytes]]:
        """One tick -> (team, the fields of its snapshot after the head) of those whose turn it is; at the end of all teams.

        ``trended``: where the quality of each line stands, of which the limits are told with the evidence; None: null.
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
        for team, agents in zip(teams, self._written(lines, evidence, trended, teams), strict=True):
            self._all += [agents] if agents else []
            yield team, _fields(evidence, agents)
        if ALL_TEAMS in turn:
            yield ALL_TEAMS, _fields(evidence, b",".join(self._all))
            self._all = []

    def _written(
        self, lines: Lines, evidence: EvidenceNow, trended: Trended | None, teams: list[int]
    ) -> Iterator[bytes]:
        rows = np.array([row for team in teams for row in lines.members[team]], np.intp)
        columns = [_column(evidence, trended, name, rows) for name in COLUMNS] if len(rows) else []
        self._names += [orjson.dumps(person.id) for person in lines.people[len(self._names) :]]
        agents = [_TEMPLATE % each for each in zip([self._names[row] for row in rows.tolist()], *columns, strict=True)]
        at = 0
        for team in teams:
            end = at + len(lines.members[team])
            yield b",".join(agents[at:end])
            at = end


def _fields(evidence: EvidenceNow, agents: bytes) -> bytes:
    return b',"at":%d,"agents":{%b}}' % (evidence.at_ms, agents)


_OF = {"peer": "peer_ratio", "window_peer": "window_ratio"}
_OF_TREND = {"quality_low": "low", "quality_high": "high"}


def _column(evidence: EvidenceNow, trended: Trended | None, name: str, rows: np.ndarray) -> list[bytes]:
    if name == "expected_h":
        return _by_hour(evidence.expected_h[:, rows])
    if name in _OF_TREND and trended is None:
        return [b"null"] * len(rows)
    values = getattr(trended if name in _OF_TREND else evidence, {**_OF, **_OF_TREND}.get(name, name))[rows]
    if name == "verdict":
        return [_WORDS[code] for code in values.tolist()]
    found: Numbers = np.round(values.astype(np.float64), _DECIMALS.get(name, _RATIO_DECIMALS))
    return column(found)


def _by_hour(expected: Numbers) -> list[bytes]:
    """(hours x rows) -> a list of each row: what its peers would have handled in each hour block of the day so far."""
    rounded = np.ascontiguousarray(np.round(expected.T, _HOUR_DECIMALS))
    return [b"[" + each + b"]" for each in orjson.dumps(rounded, option=orjson.OPT_SERIALIZE_NUMPY)[2:-2].split(b"],[")]


_RATE_DECIMALS = 4
_PHI_DECIMALS = 4
_SCORE_DECIMALS = 4


def curve_bytes(
    lines: Lines, evidence: EvidenceNow, trended: Trended | None, charted: Charted | None, team: int
) -> bytes:
    """The fields of one team's snapshot after the head.

    Per agent ``rates`` (calls per hour of exposure of his peers, by hour block of the day), ``phi``, ``carried_s``, and of his
    chart of quality ``mu``, ``sigma`` and ``scores`` (0-100, in order). Unknown is null.
    """
    rows = lines.members[team]
    rates = np.round(evidence.per_hour[:, rows].T, _RATE_DECIMALS).tolist()
    phi = np.round(evidence.phi[rows], _PHI_DECIMALS).tolist()
    carried = evidence.carried_s[rows].tolist()
    agents: dict[str, dict[str, Any]] = {
        lines.people[row].id: {"rates": rates[at], "phi": phi[at], "carried_s": carried[at]}
        for at, row in enumerate(rows)
    }
    if trended is not None and charted is not None:
        for row in rows:
            agents[lines.people[row].id] |= _quality(trended, charted, row)
    return b',"at":%d,"agents":%b}' % (evidence.at_ms, orjson.dumps(agents))


def _quality(trended: Trended, charted: Charted, row: int) -> dict[str, Any]:
    """Of whom nothing may be said there are no limits: of him nothing is charted."""
    if np.isnan(trended.low[row]):
        return {}
    mu, sigma = (round(float(values[row]), _SCORE_DECIMALS) for values in (trended.mu, trended.sigma))
    return {"mu": mu, "sigma": sigma, "scores": charted.points_of(row).tolist()}
