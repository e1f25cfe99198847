"""The site file as tables of keys: one model per section, with how each value is read, its default and what it means."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator

from dashboard.rules import deduction, grades, scoring
from dashboard.site.fields import (
    Calls,
    Day,
    Days,
    Direction,
    Duration,
    FirstOfMonth,
    Months,
    OwnId,
    Pause,
    Points,
    Seconds,
    Text,
    Texts,
    Trimmed,
    WallTime,
    YesNo,
    Zone,
    number,
    one_of,
    some_of,
    weights_of,
    whole,
)
from dashboard.site.reading import Model
from streams.site_time import DAY_MS, HOUR_MS

VOLUMES = ("handled", "attempts", "effective", "converted")
PAGES = ("floor", "queues", "agents")
Weight = Annotated[float, PlainValidator(number(0, 1000))]
Share = Annotated[float, PlainValidator(number(0.01, 1))]
Count = Annotated[int, PlainValidator(whole(0, 1_000_000))]


class SiteTable(Model):
    name: Text = Field(default="callfloor", description="what the centre is called on screen")
    name_en: Text | None = Field(default=None, description="its name in English; without it, name")
    zone: Zone = Field(description="IANA time zone of the floor")
    business_day_start: WallTime = Field(default="00:00", description="local time at which a business day starts")
    counting_since: Day | None = Field(default=None, description="first business day counted; month targets begin here")
    duty_phone: Text | None = Field(default=None, description="whom to call when the board is stale")
    language: Annotated[str, PlainValidator(one_of("zh", "en"))] = Field(
        default="zh", description="language of the screens"
    )
    works_council: YesNo | None = Field(
        default=None,
        description="true: no single person is judged; without it, true in the country DE, also by its zones",
    )


class CountingTable(Model):
    lateness: Duration = Field(
        default=72 * HOUR_MS,
        description="how far behind the newest fact a call, state or snapshot may come and still count",
    )
    fact_lateness: Duration | None = Field(
        default=None,
        description="the same for complaints, evaluations, surveys and conduct records; "
        "without it, and at most, [retention] ledger",
    )
    short_call_s: Seconds = Field(default=10, description="a handled call with less talk is short")
    effective_call_s: Seconds = Field(default=30, description="a handled call with at least this talk is effective")
    answer_in_s: Seconds = Field(default=20, description="an inbound call answered within this is in time")
    short_abandon_s: Seconds = Field(default=5, description="an abandoned call with less wait is a short abandonment")
    satisfied_points: Points = Field(
        default=7500, description="a survey of at least this, in hundredths of 0-100, is satisfied"
    )
    success_dispositions: Texts = Field(default=frozenset({"sale"}), description="dispositions that count as converted")


class RetentionTable(Model):
    minutes: Duration = Field(default=48 * HOUR_MS, description="how long minute cells are kept")
    hours: Duration = Field(default=40 * DAY_MS, description="how long hour blocks are kept")
    days: Months = Field(default=25, description="how long day and month cells are kept")
    ledger: Duration = Field(
        default=100 * DAY_MS, description="how long complaints, evaluations, conduct and surveys may change"
    )


class DeductionTable(Model):
    mode: Annotated[str, PlainValidator(one_of(*deduction.Mode))] = Field(
        default=deduction.Mode.NUMERATOR,
        description="what complaints lower: numerator, target, confirmed (numerator), off",
    )
    complaint: Weight = Field(default=1.0, description="calls taken off per complaint")
    repeat_enquiry: Weight = Field(default=1.0, description="calls taken off per repeat enquiry")


class IndicesTable(Model):
    quality_target: Annotated[float, PlainValidator(number(1, 100))] = Field(
        default=90.0, description="mean evaluation worth 1.0"
    )
    adherence_target: Annotated[float, PlainValidator(number(0.01, 1))] = Field(
        default=0.92, description="adherence worth 1.0"
    )
    cap: Annotated[float, PlainValidator(number(1, 10))] = Field(default=1.2, description="the most one index can give")
    conduct_points_weight: Weight = Field(
        default=0.0, description="what 100 points of recorded conduct add to the index"
    )


class GradeRow(Model):
    lower: Annotated[float, PlainValidator(number(0, 100))] = Field(description="where the bracket begins")
    upper: Annotated[float, PlainValidator(number(0, 100))] | None = Field(
        default=None, description="where it ends; none: open"
    )
    label: Text = Field(description="the grade")
    coefficient: Annotated[float, PlainValidator(number(0, 100))] = Field(
        default=1.0, description="the factor of pay for this grade"
    )


class WeightsTable(Model):
    volume: Weight = Field(default=0.0, description="net calls against the target by now")
    quality: Weight = Field(default=0.0, description="evaluations")
    efficiency: Weight = Field(default=0.0, description="handle time; means nothing for calls out")
    conduct: Weight = Field(default=0.0, description="adherence and recorded conduct")


def _weigh(table: WeightsTable) -> WeightsTable:
    if not any(dict(table).values()):
        raise ValueError("weights of " + ", ".join(scoring.INDICES) + " that are not all 0")
    return table


Weights = Annotated[WeightsTable, AfterValidator(_weigh)]


class EligibilityTable(Model):
    excluded_posts: Texts = Field(default=frozenset(), description="posts of the roster that are not assessed")


class AppealsTable(Model):
    file_within_days: Days = Field(default=3, description="days in which an appeal may be filed")
    decide_within_days: Days = Field(default=5, description="days in which it is to be decided")


class ClosingTable(Model):
    from_day: Annotated[int, PlainValidator(whole(1, 28))] = Field(
        default=1, description="first day of the next month on which a month may be closed"
    )


class TiersTable(Model):
    weights: Weights | None = Field(
        default=None, description="weights of team and site; without them, those of the profile most rows have"
    )


class ProfileTable(Model):
    id: Trimmed = Field(description="its id in teams and roster; outbound and inbound are there without a table")
    direction: Direction = Field(default="outbound", description="inbound or outbound")
    volume: Annotated[str, PlainValidator(one_of(*VOLUMES))] = Field(
        default="handled", description="what counts as volume: handled, attempts, effective, converted"
    )
    month_target: Calls | None = Field(default=None, description="net calls of a full month; none: no target")
    target_handle_s: Annotated[int, PlainValidator(whole(1, 86_400))] | None = Field(
        default=None, description="handle time worth 1.0 of efficiency"
    )
    weights: Weights | None = Field(
        default=None, description="weights of the indices; without them, those of the direction"
    )
    arrival: Annotated[tuple[float, ...], PlainValidator(weights_of(24, may_be_empty=True))] = Field(
        default=(), description="24 weights by local clock hour; empty: uniform over planned time"
    )


class PolicyTable(Model):
    """``profiles`` is read apart: a faulty one leaves the others as they are."""

    version: Text = Field(description="its name in sheets and explanations")
    effective_from: FirstOfMonth = Field(description="the first of the month from which it holds")
    published_on: Day | None = Field(default=None, description="when it was made known: in its first month or before")
    deduction: DeductionTable = Field(
        default=DeductionTable(), description="what complaints and repeat enquiries take away"
    )
    indices: IndicesTable = Field(default=IndicesTable(), description="the values that are worth 1.0")
    grades_closed: Annotated[str, PlainValidator(one_of(*grades.ClosedEdge))] = Field(
        default=grades.ClosedEdge.LEFT, description="which edge belongs to a bracket: left or right"
    )
    grades: tuple[GradeRow, ...] | None = Field(
        default=None, description="brackets of the score; without them, D 0.6 C 0.9 A"
    )
    eligibility: EligibilityTable = Field(default=EligibilityTable(), description="who is not assessed")
    appeals: AppealsTable = Field(default=AppealsTable(), description="deadlines")
    closing: ClosingTable = Field(default=ClosingTable(), description="when a month may be closed")
    tiers: TiersTable = Field(default=TiersTable(), description="weights of team and site")
    profiles: Any = Field(default=(), description="one per kind of work")


class TeamTable(Model):
    id: OwnId = Field(description="its id in the roster and in addresses")
    name: Text | None = Field(default=None, description="its name on screen; without it, the id")
    name_en: Text | None = Field(default=None, description="its name in English; without it, name")
    profile: Text = Field(default="outbound", description="the profile its agents are judged by")
    direction: Direction | None = Field(default=None, description="inbound or outbound; without it, the profile's")
    lead: Text | None = Field(default=None, description="the id of its lead, who may not decide its appeals")


class CampaignTable(Model):
    id: Text = Field(description="its id in events")
    name: Text | None = Field(default=None, description="its name on screen; without it, the id")
    name_en: Text | None = Field(default=None, description="its name in English; without it, name")
    direction: Direction = Field(default="outbound", description="inbound or outbound")
    starts: Day | None = Field(default=None, description="first day")
    ends: Day | None = Field(default=None, description="last day")
    success_dispositions: Texts | None = Field(
        default=None, description="what counts as converted in it; without it, the site's"
    )


class QueueTable(Model):
    id: Text = Field(description="its id in events")
    name: Text | None = Field(default=None, description="its name on screen; without it, the id")
    name_en: Text | None = Field(default=None, description="its name in English; without it, name")


class ShiftTable(Model):
    id: Trimmed = Field(description="its id in rota.csv")
    start: WallTime = Field(description="local time")
    end: WallTime = Field(description="local time; an end before its start is on the next day")
    breaks: tuple[Pause, ...] = Field(default=(), description="pairs of local times inside the shift")


class CalendarTable(Model):
    country: Text | None = Field(default=None, description="code of the country whose public holidays hold, such as CN")
    holidays: tuple[Day, ...] = Field(default=(), description="days off besides")
    workdays: tuple[Day, ...] = Field(default=(), description="days worked besides, such as made-up weekends")
    weekday_weights: Annotated[tuple[float, ...], PlainValidator(weights_of(7, may_be_empty=False))] = Field(
        default=(1.0,) * 7, description="the relative weight of a planned hour in a month's target, Monday to Sunday"
    )


class AlertsTable(Model):
    break_limit: Duration = Field(default=600_000, description="a break longer than this is named to the lead")
    wrap_limit: Duration = Field(default=180_000, description="wrap-up longer than this is named to the lead")
    idle_limit: Duration = Field(
        default=1_800_000, description="available without a call for longer is named to the lead"
    )
    late_limit: Duration = Field(
        default=600_000, description="an agent who is this late for the planned start is named to the lead"
    )
    queue_waiting: Count = Field(default=0, description="more calls waiting in a queue than this are named; 0: never")
    queue_in_time: Share | None = Field(
        default=None, description="a smaller share of a queue's calls answered in time is named; none: never"
    )
    source_silent: Duration = Field(
        default=300_000, description="a source that sent nothing for longer, while agents are signed in, is named"
    )
    sources: Texts = Field(
        default=frozenset(), description="the sources that must send all day; empty: all that sent something today"
    )
    dead_letters: Count = Field(
        default=100, description="more records in an hour that could not be counted are named; 0: never"
    )
    naive_pace: Share | None = Field(
        default=None, description="an agent at this pace or below it is named to the lead; none: never"
    )


class BoardTable(Model):
    id: OwnId = Field(description="its id in addresses")
    pages: Annotated[tuple[str, ...], PlainValidator(some_of(*PAGES))] = Field(
        default=("floor",), description="what it shows in turn: floor, queues, agents"
    )
    rotate: Duration = Field(default=30_000, description="how long a page stands")
    names: Annotated[str, PlainValidator(one_of("full", "alias", "none"))] = Field(
        default="alias", description="how people are named on it: full, alias, none"
    )


SECTIONS: dict[str, type[Model]] = {
    "site": SiteTable,
    "counting": CountingTable,
    "retention": RetentionTable,
    "calendar": CalendarTable,
    "alerts": AlertsTable,
}
"""``[name]``, at most once."""
LISTS: dict[str, type[Model]] = {
    "policies": PolicyTable,
    "teams": TeamTable,
    "campaigns": CampaignTable,
    "queues": QueueTable,
    "shifts": ShiftTable,
    "boards": BoardTable,
}
"""``[[name]]``, any number."""
