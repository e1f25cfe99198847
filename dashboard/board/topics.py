"""The topics of a site, and the stamp that every snapshot and frame begins with."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from dashboard.board.frame_types import Stamp
from dashboard.board.rollup_view import NO_TEAM_ID
from dashboard.floor.visible_groups import EVERYONE

FLOOR = "floor"
ROLLUP = "rollup"
CAMPAIGNS = "campaigns"
WALL = "wall"
PROJECT = "project"
TEAM_TOPICS = ("team", "evidence", "curves")
"""Topics with the rows of a team's agents."""
LINE = "line"
"""The head of every tick and nothing else, for pages that read their figures elsewhere."""
_AFTER_STAMP = b',"tz_offset_min":'
_STAMP_BYTES = 512
"""A stamp is shorter than this."""


class TopicFrame(NamedTuple):
    """JSON of one topic at one tick. ``frame`` None: the snapshot is only laid down."""

    topic: str
    snapshot: bytes
    frame: bytes | None


_stamp_json = msgspec.json.Decoder(Stamp)


def stamp_of(raw: bytes) -> Stamp:
    """Snapshot or frame -> its stamp; it costs the same for any length. Raises ValueError."""
    return _split(raw)[0]


def older_by(raw: bytes, seconds: float) -> bytes:
    """The same snapshot with an age that is so much greater; an unknown age stays unknown. Raises ValueError."""
    stamp, rest = _split(raw)
    if stamp.age_s is None:
        return raw
    older = msgspec.structs.replace(stamp, age_s=round(stamp.age_s + seconds, 1))
    return msgspec.json.encode(older)[:-1] + rest


def _split(raw: bytes) -> tuple[Stamp, bytes]:
    """The stamp, and the bytes after it."""
    end = raw.find(_AFTER_STAMP, 0, _STAMP_BYTES)
    try:
        return _stamp_json.decode(raw[: max(end, 0)] + b"}"), raw[end:]
    except msgspec.DecodeError as error:
        raise ValueError(f"no frame of this program: {raw[:60]!r}") from error


def team_topic(team_id: str) -> str:
    """The topic of one team's page."""
    return f"team:{team_id}"


def board_topic(board_id: str, people: bool = False) -> str:
    """The topic of one board; ``people``: with the people that its pages show."""
    return f"{WALL}:{board_id}/people" if people else f"{WALL}:{board_id}"


def project_topic(project_id: str) -> str:
    """The topic of one project, for its client."""
    return f"{PROJECT}:{project_id}"


def evidence_topic(team_id: str) -> str:
    """The topic of the evidence about a team's agents: snapshots, no frames."""
    return f"evidence:{team_id}"


def curve_topic(team_id: str) -> str:
    """The topic of what the curves of a team's agents are drawn from: snapshots, no frames."""
    return f"curves:{team_id}"


def rollup_topic(team_id: str) -> str:
    """The topic of the agents of one team, as a roll-up shows them: snapshots, no frames."""
    return f"{ROLLUP}:{team_id}"


def topics_of(team_ids: Sequence[str], evidence: bool = True) -> list[str]:
    """All topics of a site; ``evidence`` False: a site that computes none about persons."""
    found = [LINE, FLOOR, ROLLUP, CAMPAIGNS, *(team_topic(team_id) for team_id in (*team_ids, EVERYONE))]
    if not evidence:
        return found
    of_persons = (evidence_topic, curve_topic, rollup_topic)
    of_teams = [topic(team_id) for topic in of_persons for team_id in team_ids]
    return [*found, *of_teams, evidence_topic(EVERYONE), rollup_topic(NO_TEAM_ID)]
