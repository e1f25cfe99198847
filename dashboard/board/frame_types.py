"""The frames of floor, teams and seats as frozen structs; docs/frames.md says what each struct and field means.

A struct gives a field's name, its type and whether it may be null. ``| Raw``: the publisher embeds JSON that is already
written. A field that is UNSET is left out: in a frame it did not change. Rows of tables are structs written as arrays.
"""

from msgspec import UNSET, Raw, Struct, UnsetType, defstruct

from dashboard.board.alert_kinds import About, Unit
from dashboard.floor import agent_table
from dashboard.floor.lines import LineName


class FramePiece(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every struct of a frame: an unknown field is an error."""


class RebuildProgress(FramePiece, frozen=True):
    share: float
    left_s: float | None
    plan_at_ms: int


class Stamp(FramePiece, frozen=True):
    """The run and the tick that bytes are of, its instant (ms) and its age: ``stamp_of`` reads these fields alone."""

    epoch: str
    seq: int
    now: int
    age_s: float | None


class FrameHead(Stamp, frozen=True, kw_only=True):
    """The first fields of every snapshot and frame, in this order."""

    tz_offset_min: int
    build: str | UnsetType = UNSET
    rebuilding: RebuildProgress | UnsetType = UNSET


class PaceBand(FramePiece, frozen=True):
    low: float
    high: float


class StateCounts(FramePiece, frozen=True, rename={"break_": "break"}):
    """Agents by state; a ringing telephone counts as available."""

    available: int | None
    talk: int | None
    hold: int | None
    wrap: int | None
    break_: int | None
    training: int | None
    meeting: int | None
    other: int | None
    signed_in: int | None
    total: int | UnsetType = UNSET


class SurveyShare(FramePiece, frozen=True):
    share: float | None
    low: float | None
    high: float | None
    n: int | None
    response: float | None


class MonthFigures(FramePiece, frozen=True):
    net: float | None
    target: float | None
    due: float | None
    pace: float | None
    attainment: float | None
    required_rate: float | None
    reason: str | None


class GroupFigures(FramePiece, frozen=True):
    """Figures of any group of agents: a team, several together, the whole floor; of the day or of the month."""

    handled: int | None
    complaints: int | None
    repeat_enquiries: int | None
    volume: int | None
    volume_basis: str | None
    deducted: float | None
    pending: float | None
    floored: float | None
    net: float | None
    net_if_withdrawn: float | None
    net_low: float | None
    net_high: float | None
    not_assessed_net: float | None
    target: float | None
    due: float | None
    gap: float | None
    pace: float | None
    attainment: float | None
    reason: str | None
    assessed: int
    on_pace_share: float | None


class TeamFigures(GroupFigures, frozen=True):
    """A team today; teams shown together and everyone have the same shape."""

    id: str
    name: str
    name_en: str
    direction: str
    agents: int
    last30_net: float | None
    score: float | None
    scored: int | None
    signed_in: int | None
    states: StateCounts
    survey: SurveyShare
    month: MonthFigures
    band: PaceBand | None
    quality_trend: str | None


class LastHalfHour(FramePiece, frozen=True):
    handled: int | None
    deducted: float | None
    net: float | None
    assessed_net: float | None
    due: float | None
    pace: float | None
    band: PaceBand | None


class HalfHourSeries(FramePiece, frozen=True):
    start: int
    step_ms: int
    handled: list[int | None]
    net: list[float | None]
    running: int
    due: list[float]
    due_by_now: float | None


class MeanScore(FramePiece, frozen=True):
    score: float | None
    n: int | None


class SurveyCounts(FramePiece, frozen=True):
    satisfied: int | None
    answered: int | None


class ListProgress(FramePiece, frozen=True):
    done: int | None
    list_size: int | None
    share: float | None
    plan: float | None


class QueueFigures(FramePiece, frozen=True):
    id: str
    name: str
    name_en: str
    at: int | None
    waiting: int | None
    longest_wait_s: int | None
    ready: int | None
    offered: int
    answered: int
    in_time: int
    timed: int
    in_time_share: float | None
    abandoned: int


class AlertLine(FramePiece, frozen=True):
    """One alert as a page lists it."""

    kind: str
    about: About
    unit: Unit
    id: str | None
    name: str | None
    name_en: str | None
    since: int | None
    value: float | None
    limit: float | None
    state: str | None | UnsetType = UNSET


class FloorFigures(GroupFigures, frozen=True):
    missing: dict[str, str | None]
    attempts: int | None
    converted: int | None
    abandoned: int | None
    last30: LastHalfHour
    states: StateCounts
    quality: MeanScore
    surveys: SurveyCounts
    survey: SurveyShare
    month: MonthFigures
    half_hours: HalfHourSeries
    campaigns: ListProgress
    queues: list[QueueFigures]
    alerts: list[AlertLine]
    empty: bool
    none_given: int
    none_counted: int


AgentRow = defstruct(
    "AgentRow",
    [*LineName.__annotations__.items(), *agent_table.COLUMNS.items()],
    bases=(FramePiece,),
    namespace={"__doc__": "One agent in the table; ``columns`` of the snapshot names the fields."},
    module=__name__,
    frozen=True,
    array_like=True,
)


class AgentRows(FramePiece, frozen=True, kw_only=True):
    """Rows of agents; a frame carries the changed rows alone, without ``columns``."""

    columns: list[str] | Raw | UnsetType = UNSET
    rows: list[AgentRow] | Raw  # type: ignore[valid-type]  # a struct made of a table


class SeatRow(FramePiece, frozen=True, array_like=True):
    seat: int
    team: str | None
    alias: str | None
    alias_en: str | None
    state: str | None
    since: int | None
    handled: int | None
    deducted: float | None
    net: float | None


class SeatRows(FramePiece, frozen=True):
    columns: list[str] | Raw
    rows: list[SeatRow] | Raw


class LowPerson(FramePiece, frozen=True):
    id: str
    name: str
    name_en: str
    peer: float
    low: float
    high: float
    counted: int
    expected: float


class LookFirstLists(FramePiece, frozen=True):
    """A prompt for the lead, never a verdict."""

    people: list[LowPerson] | None
    facts: list[AlertLine]


class FlagCounts(FramePiece, frozen=True):
    review: int
    drop: int
    quality: int
    watch: int


class LeadPanel(FramePiece, frozen=True):
    look_first: LookFirstLists
    alerts: list[AlertLine]
    flags: FlagCounts | None


class BoardFrame(FrameHead, frozen=True, kw_only=True, rename={"lead": "desk"}):
    """Topics ``floor``, ``seats`` and ``team:<id>``: a snapshot has every field of its topic, a frame what changed."""

    floor: FloorFigures | Raw | UnsetType = UNSET
    teams: list[TeamFigures | Raw] | UnsetType = UNSET
    agents: AgentRows | UnsetType = UNSET
    lead: LeadPanel | Raw | UnsetType = UNSET
    seats: SeatRows | UnsetType = UNSET
