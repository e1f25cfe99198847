"""The site file as tables of keys: one model per section, with how each value is read, its default and what it means."""

from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator

from dashboard.rules import deduction, grades, scoring
from dashboard.site.fields import (
    Calls,
    Day,
    Days,
    Direction,
    Duration,
    FirstOfMonth,
    Months,
    Origins,
    OwnId,
    Pause,
    Points,
    Seconds,
    Text,
    TextList,
    Texts,
    Trimmed,
    WallTime,
    Zone,
    number,
    one_of,
    some_of,
    weights_of,
    whole,
)
from dashboard.site.reading import Model, key
from dashboard.site.types import Alerts, PolicyBlock
from dashboard.site.works_council import Level, council_level
from streams.site_time import DAY_MS, HOUR_MS

VOLUMES = ("handled", "attempts", "effective", "converted")
PAGES = ("floor", "queues", "agents")
Weight = Annotated[float, PlainValidator(number(0, 1000))]
Share = Annotated[float, PlainValidator(number(0.01, 1))]
Count = Annotated[int, PlainValidator(whole(0, 1_000_000))]


class SiteTable(Model):
    name: Text = key("what the centre is called on screen", "callfloor")
    name_en: Text | None = key("its name in English; without it, name", None)
    zone: Zone = key("IANA time zone of the floor")
    business_day_start: WallTime = key("local time at which a business day starts", "00:00")
    counting_since: Day | None = key("first business day counted; month targets begin here", None)
    duty_phone: Text | None = key("whom to call when the board is stale", None)
    language: Annotated[str, PlainValidator(one_of("zh", "en"))] = key("language of the screens", "zh")
    works_council: Annotated[Level, PlainValidator(council_level)] | None = key(
        "how far single persons are shown: judge, count or teams; without it, teams in the country DE, also by its zones, "
        "else judge",
        None,
    )
    embed_in: Origins = key("origins whose pages may embed an agent's own page", ())


class CountingTable(Model):
    lateness: Duration = key(
        "how far behind the newest fact a call, state or snapshot may come and still count", 72 * HOUR_MS
    )
    fact_lateness: Duration | None = key(
        "the same for complaints, evaluations, surveys and conduct records; "
        "without it, and at most, [retention] ledger",
        None,
    )
    short_call_s: Seconds = key("a handled call with less talk is short", 10)
    effective_call_s: Seconds = key("a handled call with at least this talk is effective", 30)
    answer_in_s: Seconds = key("an inbound call answered within this is in time", 20)
    short_abandon_s: Seconds = key("an abandoned call with less wait is a short abandonment", 5)
    satisfied_points: Points = key("a survey of at least this, in hundredths of 0-100, is satisfied", 7500)
    success_dispositions: Texts = key("dispositions that count as converted", frozenset({"sale"}))


class RetentionTable(Model):
    minutes: Duration = key("how long minute cells are kept", 48 * HOUR_MS)
    hours: Duration = key("how long hour blocks are kept", 40 * DAY_MS)
    days: Months = key("how long day and month cells are kept", 25)
    ledger: Duration = key("how long complaints, evaluations, conduct and surveys may change", 100 * DAY_MS)


class DeductionTable(Model):
    mode: Annotated[str, PlainValidator(one_of(*deduction.Mode))] = key(
        "what complaints lower: numerator, target, confirmed (numerator), off", deduction.DeductionPolicy.mode
    )
    complaint: Weight = key("calls taken off per complaint", deduction.DeductionPolicy.complaint)
    repeat_enquiry: Weight = key("calls taken off per repeat enquiry", deduction.DeductionPolicy.repeat_enquiry)


class IndicesTable(Model):
    quality_target: Annotated[float, PlainValidator(number(1, 100))] = key(
        "mean evaluation worth 1.0", scoring.IndexPolicy.quality_target
    )
    adherence_target: Annotated[float, PlainValidator(number(0.01, 1))] = key(
        "adherence worth 1.0", scoring.IndexPolicy.adherence_target
    )
    cap: Annotated[float, PlainValidator(number(1, 10))] = key("the most one index can give", scoring.IndexPolicy.cap)
    conduct_points_weight: Weight = key(
        "what 100 points of recorded conduct add to the index", scoring.IndexPolicy.conduct_points_weight
    )


class GradeRow(Model):
    lower: Annotated[float, PlainValidator(number(0, 100))] = key("where the bracket begins")
    upper: Annotated[float, PlainValidator(number(0, 100))] | None = key("where it ends; none: open", None)
    label: Text = key("the grade")
    coefficient: Annotated[float, PlainValidator(number(0, 100))] = key("the factor of pay for this grade", 1.0)


class WeightsTable(Model):
    volume: Weight = key("net calls against the target by now", 0.0)
    quality: Weight = key("evaluations", 0.0)
    efficiency: Weight = key("handle time; means nothing for calls out", 0.0)
    conduct: Weight = key("adherence and recorded conduct", 0.0)


def _weigh(table: WeightsTable) -> WeightsTable:
    if not any(dict(table).values()):
        raise ValueError("weights of " + ", ".join(scoring.INDICES) + " that are not all 0")
    return table


Weights = Annotated[WeightsTable, AfterValidator(_weigh)]


class EligibilityTable(Model):
    excluded_posts: Texts = key("posts of the roster that are not assessed", frozenset())


class AppealsTable(Model):
    file_within_days: Days = key("days in which an appeal may be filed", PolicyBlock.file_within_days)
    decide_within_days: Days = key("days in which it is to be decided", PolicyBlock.decide_within_days)


class ClosingTable(Model):
    from_day: Annotated[int, PlainValidator(whole(1, 28))] = key(
        "first day of the next month on which a month may be closed", PolicyBlock.close_from_day
    )


class TiersTable(Model):
    weights: Weights | None = key("weights of team and site; without them, those of the profile most rows have", None)


class ProfileTable(Model):
    id: Trimmed = key("its id in teams and roster; outbound and inbound are there without a table")
    direction: Direction = key("inbound or outbound", "outbound")
    volume: Annotated[str, PlainValidator(one_of(*VOLUMES))] = key(
        "what counts as volume: handled, attempts, effective, converted", "handled"
    )
    month_target: Calls | None = key("net calls of a full month; none: no target", None)
    target_handle_s: Annotated[int, PlainValidator(whole(1, 86_400))] | None = key(
        "handle time worth 1.0 of efficiency", None
    )
    weights: Weights | None = key("weights of the indices; without them, those of the direction", None)
    arrival: Annotated[tuple[float, ...], PlainValidator(weights_of(24, may_be_empty=True))] = key(
        "24 weights by local clock hour; empty: uniform over planned time", ()
    )


class PolicyTable(Model):
    """``profiles`` is read apart: a faulty one leaves the others as they are."""

    version: Text = key("its name in sheets and explanations")
    effective_from: FirstOfMonth = key("the first of the month from which it holds")
    published_on: Day | None = key("when it was made known: in its first month or before", None)
    deduction: DeductionTable = key("what complaints and repeat enquiries take away", DeductionTable())
    indices: IndicesTable = key("the values that are worth 1.0", IndicesTable())
    grades_closed: Annotated[str, PlainValidator(one_of(*grades.ClosedEdge))] = key(
        "which edge belongs to a bracket: left or right", grades.Grades.closed
    )
    grades: tuple[GradeRow, ...] | None = key("brackets of the score; without them, D 0.6 C 0.9 A", None)
    eligibility: EligibilityTable = key("who is not assessed", EligibilityTable())
    appeals: AppealsTable = key("deadlines", AppealsTable())
    closing: ClosingTable = key("when a month may be closed", ClosingTable())
    tiers: TiersTable = key("weights of team and site", TiersTable())
    profiles: Any = key("one per kind of work", ())


class TeamTable(Model):
    id: OwnId = key("its id in the roster and in addresses")
    name: Text | None = key("its name on screen; without it, the id", None)
    name_en: Text | None = key("its name in English; without it, name", None)
    profile: Text = key("the profile its agents are judged by", "outbound")
    direction: Direction | None = key("inbound or outbound; without it, the profile's", None)
    lead: Text | None = key("the id of its lead, who may not decide its appeals", None)


class CampaignTable(Model):
    id: Text = key("its id in events")
    name: Text | None = key("its name on screen; without it, the id", None)
    name_en: Text | None = key("its name in English; without it, name", None)
    direction: Direction = key("inbound or outbound", "outbound")
    starts: Day | None = key("first day", None)
    ends: Day | None = key("last day", None)
    success_dispositions: Texts | None = key("what counts as converted in it; without it, the site's", None)


class QueueTable(Model):
    id: Text = key("its id in events")
    name: Text | None = key("its name on screen; without it, the id", None)
    name_en: Text | None = key("its name in English; without it, name", None)


class ProjectTable(Model):
    id: OwnId = key("its id in access.csv and in addresses")
    name: Text | None = key("its name on screen; without it, the id", None)
    name_en: Text | None = key("its name in English; without it, name", None)
    client: Text | None = key("whose project it is", None)
    campaigns: TextList = key("ids of its campaigns", ())
    queues: TextList = key("ids of its queues", ())
    teams: TextList = key("ids of the teams that work on it", ())


class ShiftTable(Model):
    id: Trimmed = key("its id in rota.csv")
    start: WallTime = key("local time")
    end: WallTime = key("local time; an end before its start is on the next day")
    breaks: tuple[Pause, ...] = key("pairs of local times inside the shift", ())


class CalendarTable(Model):
    country: Text | None = key("code of the country whose public holidays hold, such as CN", None)
    holidays: tuple[Day, ...] = key("days off besides", ())
    workdays: tuple[Day, ...] = key("days worked besides, such as made-up weekends", ())
    weekday_weights: Annotated[tuple[float, ...], PlainValidator(weights_of(7, may_be_empty=False))] = key(
        "the relative weight of a planned hour in a month's target, Monday to Sunday", (1.0,) * 7
    )


class AlertsTable(Model):
    break_limit: Duration = key("a break longer than this is named to the lead", Alerts.break_limit_ms)
    wrap_limit: Duration = key("wrap-up longer than this is named to the lead", Alerts.wrap_limit_ms)
    idle_limit: Duration = key("available without a call for longer is named to the lead", Alerts.idle_limit_ms)
    late_limit: Duration = key(
        "an agent who is this late for the planned start is named to the lead", Alerts.late_limit_ms
    )
    queue_waiting: Count = key("more calls waiting in a queue than this are named; 0: never", Alerts.queue_waiting)
    queue_in_time: Share | None = key(
        "a smaller share of a queue's calls answered in time is named; none: never", Alerts.queue_in_time
    )
    source_silent: Duration = key(
        "a source that sent nothing for longer, while agents are signed in, is named", Alerts.source_silent_ms
    )
    sources: Texts = key("the sources that must send all day; empty: all that sent something today", Alerts.sources)
    dead_letters: Count = key(
        "more records in an hour that could not be counted are named; 0: never", Alerts.dead_letters
    )
    naive_pace: Share | None = key(
        "an agent at this pace or below it is named to the lead; none: never", Alerts.naive_pace
    )


class BoardTable(Model):
    id: OwnId = key("its id in addresses")
    pages: Annotated[tuple[str, ...], PlainValidator(some_of(*PAGES))] = key(
        "what it shows in turn: floor, queues, agents", ("floor",)
    )
    rotate: Duration = key("how long a page stands", 30_000)
    names: Annotated[str, PlainValidator(one_of("full", "alias", "none"))] = key(
        "how people are named on it: full, alias, none", "alias"
    )
    project: Trimmed | None = key("id of the project whose figures alone it shows", None)


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
    "projects": ProjectTable,
    "shifts": ShiftTable,
    "boards": BoardTable,
}
"""``[[name]]``, any number."""
