"""The frames of the roll-up, its campaigns and its opened teams as frozen structs, documented in docs/frames.md."""

from msgspec import UNSET, Raw, UnsetType

from dashboard.board.frame_types import FlagCounts, FrameHead, FramePiece, GroupFigures, PaceBand, QueueFigures


class MonthForecast(FramePiece, frozen=True):
    chance: float | None
    expected: float | None
    low: float | None
    high: float | None
    needs: float | None


class RollupFigures(GroupFigures, frozen=True):
    score: float | None
    scored: int | None
    deducted_share: float | None
    forecast: MonthForecast
    flags: FlagCounts | None


class RollupRow(RollupFigures, frozen=True):
    """The month of a team, of several small teams together, or of the agents in no team."""

    id: str | None
    teams: int
    agents: int
    name: str | None
    name_en: str | None
    direction: str | None


class PaceToday(FramePiece, frozen=True):
    due: float | None
    pace: float | None


class TeamToday(FramePiece, frozen=True):
    id: str | None
    teams: int
    agents: int
    name: str | None
    name_en: str | None
    direction: str | None
    due: float | None
    pace: float | None
    band: PaceBand | None


class UsualSpread(FramePiece, frozen=True):
    """How much usual teams differ by chance and by more than chance."""

    phi: float
    tau_squared: float


class RollupToday(FramePiece, frozen=True):
    site: PaceToday
    teams: list[TeamToday]
    agents: list[tuple[float, float]] | None
    spread: UsualSpread | None
    on_pace_share: float | None


class RollupMonth(FramePiece, frozen=True):
    missing: dict[str, str | None]
    none_given: int
    none_counted: int
    site: RollupFigures
    rows: list[RollupRow]
    day: int | None
    days: int | None
    today: RollupToday


class CampaignFigures(FramePiece, frozen=True):
    id: str
    name: str
    name_en: str
    attempts: int | None
    handled: int | None
    abandoned: int | None
    converted: int | None
    connect: float | None
    drop: float | None
    conversion: float | None
    at: int | None
    done: int | None
    list_size: int | None
    left: int | None
    share: float | None
    plan: float | None
    deadline: int | None
    finish: int | None
    slack_days: float | None
    chance: float | None
    reason: str | None


class PastDay(FramePiece, frozen=True):
    at: int
    net: float | None
    due: float
    pace: float


class DayAhead(FramePiece, frozen=True):
    """Where the month may stand at the end of a day to come."""

    at: int
    due: float
    expected: float
    low: float
    high: float
    low95: float
    high95: float


class MonthLine(FramePiece, frozen=True):
    past: list[PastDay]
    ahead: list[DayAhead]


class ProjectFigures(FramePiece, frozen=True):
    """A project today."""

    id: str
    name: str
    name_en: str
    handled: int | None
    offered: int | None
    abandoned: int | None
    complaints: int | None
    score: float | None
    scored: int | None
    csat: float | None
    answered: int | None
    reason: str | None


class ProjectFrame(FrameHead, frozen=True, kw_only=True):
    """Topic ``project:<id>``, and ``wall:<board>`` of a board that shows a project; a frame as of ``rollup``."""

    project: ProjectFigures | Raw | UnsetType = UNSET
    campaigns: list[CampaignFigures] | Raw | UnsetType = UNSET
    queues: list[QueueFigures] | Raw | UnsetType = UNSET


class RollupFrame(FrameHead, frozen=True, kw_only=True):
    """Topic ``rollup``: a snapshot has every field, a frame what changed; ``seq`` counts the frames of this topic alone.

    Topic ``campaigns`` has the same ``seq``, and of the fields the campaigns alone.
    """

    rollup: RollupMonth | Raw | UnsetType = UNSET
    campaigns: list[CampaignFigures] | Raw | UnsetType = UNSET
    course: MonthLine | Raw | None | UnsetType = UNSET


class RollupAgentRow(FramePiece, frozen=True, array_like=True):
    id: str
    net: float
    due: int | None
    pace: float | None
    attainment: float | None
    volume: int
    deducted: float | None
    points: int | None
    scored: int | None
    score: float | None
    target: float | None


class RollupAgentsFrame(FrameHead, frozen=True, kw_only=True):
    """Topic ``rollup:<id>``: snapshots alone."""

    columns: tuple[str, ...]
    rows: list[RollupAgentRow]
