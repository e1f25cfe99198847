"""The site file and the roster: what they become, and every problem with its file and line in one run."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.site.load import Campaign, Queue, Site, SiteError, Team, load_site
from dashboard.site.models import LISTS, SECTIONS
from dashboard.site.types import Alerts, Project
from dashboard.site.works_council import Level
from streams.counting_policy import Counting, Projects, Retention
from tests.dashboard.site.written import problems, write

CONTRACT = """
[site]
name = "杭州一中心"
zone = "Asia/Shanghai"
business_day_start = "00:00"
counting_since = 2026-11-01       # first business day counted
duty_phone = "8800"
language = "zh"

[counting]
lateness = "72h"
short_call_s = 10
effective_call_s = 30
answer_in_s = 20
success_dispositions = ["sale"]

[retention]
minutes = "48h"
hours = "40d"
days = "25 months"
ledger = "100d"

[[policies]]
version = "2026-11"
effective_from = 2026-11-01
published_on = 2026-10-20
deduction = { mode = "numerator", complaint = 1.0, repeat_enquiry = 1.0 }
indices = { quality_target = 90, adherence_target = 0.92, cap = 1.20, conduct_points_weight = 0 }
grades_closed = "left"
grades = [ { lower = 0, upper = 0.6, label = "D", coefficient = 0.6 }, { lower = 0.6, label = "C", coefficient = 0.8 } ]
eligibility = { excluded_posts = [] }
appeals = { file_within_days = 3, decide_within_days = 5 }
  [[policies.profiles]]
  id = "hotline"
  direction = "inbound"
  month_target = 5000

[[teams]]
id = "dawn"
name = "晨曦组"
profile = "outbound"

[[teams]]
id = "pine"
profile = "hotline"

[[shifts]]
id = "day"
start = "09:00"
end = "18:00"
breaks = [["12:00", "13:00"]]

[calendar]
country = "CN"
holidays = []
workdays = []
weekday_weights = [1, 1, 1, 1, 1, 1, 1]

[[queues]]
id = "billing"
name = "账单"
name_en = "Billing"

[[queues]]
id = "vip"

[[campaigns]]
id = "renewal-11"
name = "宽带续约"
direction = "outbound"
starts = 2026-11-02
ends = 2026-11-27
success_dispositions = ["sale", "renewed"]

[[projects]]
id = "bell"
name = "贝尔"
client = "Bell 电信"
campaigns = ["renewal-11"]
queues = ["vip", "billing"]
teams = ["dawn"]

[[projects]]
id = "other"
teams = ["dawn"]

[alerts]
break_limit = "10m"
wrap_limit = "3m"
idle_limit = "30m"

[[boards]]
id = "main"
pages = ["floor", "queues", "agents"]
rotate = "30s"
names = "alias"
"""


def test_the_site_file_of_the_contract(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, CONTRACT))
    success = frozenset({"sale", "renewed"})
    assert (site.name, site.name_en, site.zone, site.duty_phone) == (
        "杭州一中心",
        "杭州一中心",
        "Asia/Shanghai",
        "8800",
    )
    assert site.counting_since == date(2026, 11, 1)
    projects = Projects(campaigns={"renewal-11": "bell"}, queues={"vip": "bell", "billing": "bell"})
    assert site.counting == Counting(campaign_success={"renewal-11": success}, projects=projects)
    assert site.retention == Retention()
    assert site.teams == (
        Team("dawn", "晨曦组", "晨曦组", "outbound"),
        Team("pine", "pine", "pine", "inbound", "hotline"),
    )
    assert site.queues == (Queue("billing", "账单", "Billing"), Queue("vip", "vip", "vip"))
    starts, ends = date(2026, 11, 2), date(2026, 11, 27)
    assert site.campaigns == (Campaign("renewal-11", "宽带续约", "宽带续约", "outbound", starts, ends, success),)
    assert site.projects == (
        Project("bell", "贝尔", "贝尔", "Bell 电信", ("renewal-11",), ("vip", "billing"), ("dawn",)),
        Project("other", "other", "other", None, (), (), ("dawn",)),
    )


def test_three_lines_are_a_site_and_no_file_is_utc(tmp_path: Path) -> None:
    assert load_site(write(tmp_path, '[site]\nname = "Bank"\nzone = "Asia/Jerusalem"\n')) == Site(
        name="Bank", name_en="Bank", zone="Asia/Jerusalem"
    )
    assert load_site(None).zone == "UTC"


def test_who_is_told_of_what_is_as_the_file_says_and_else_as_the_defaults(tmp_path: Path) -> None:
    assert load_site(write(tmp_path, '[site]\nzone = "UTC"\n')).alerts == Alerts()
    text = (
        '[site]\nzone = "UTC"\n[alerts]\nbreak_limit = "11m"\nwrap_limit = "4m"\nidle_limit = "31m"\nlate_limit = "5m"\n'
        'queue_waiting = 20\nqueue_in_time = 0.8\nsource_silent = "90s"\nsources = ["/acd/x"]\ndead_letters = 0\n'
        "naive_pace = 0.75\n"
    )
    said = load_site(write(tmp_path, text)).alerts
    assert said == Alerts(660_000, 240_000, 1_860_000, 300_000, 20, 0.8, 90_000, frozenset({"/acd/x"}), 0, 0.75)


@pytest.mark.parametrize(
    ("said", "country", "holds"),
    [
        ("", "CN", "judge"),
        ("", "DE", "teams"),
        ("", "DEU", "teams"),
        ("works_council = false\n", "DE", "judge"),
        ("works_council = true\n", "CN", "teams"),
        ('works_council = "judge"\n', "DE", "judge"),
        ('works_council = "count"\n', "DE", "count"),
        ('works_council = "teams"\n', "CN", "teams"),
    ],
)
def test_persons_are_withheld_in_germany_unless_the_file_says_otherwise(
    said: str, country: str, holds: Level, tmp_path: Path
) -> None:
    site = load_site(write(tmp_path, f'[site]\nzone = "UTC"\n{said}[calendar]\ncountry = "{country}"\n'))
    assert site.works_council == holds
    assert (site.judges_persons, site.shows_persons) == (holds == "judge", holds != "teams")
    assert site.least_members == (0 if holds == "judge" else 8)


ORIGINS = [
    "https://desktop.example.com",
    "https://d.example.com:8443",
    "http://localhost:3000",
    "http://127.0.0.1",
    "http://[::1]:80",
]


@pytest.mark.parametrize("origin", ORIGINS[:-1])
def test_an_origin_as_a_browser_writes_it_may_embed(tmp_path: Path, origin: str) -> None:
    site = load_site(write(tmp_path, f'[site]\nzone = "UTC"\nembed_in = ["{origin}"]\n'))
    assert site.embed_in == (origin,)


NO_ORIGINS = [
    *(
        ORIGINS[-1],
        "https://d.example.com:443",
        "https://d.example.com/",
        "https://D.example.com",
        "http://d.example.com",
    ),
    *(
        "https://*.example.com",
        "https://d.example.com:0",
        "https://d.example.com:65536",
        "https://u@d.example.com",
        "*",
    ),
    *(
        "https://d.example.com https://e.example.com",
        "https://d.example.com:08",
        "https://",
        "'self'",
        "https://d.example.com;",
    ),
    *("http://localhost.example.com", "ftp://d.example.com", "https://d..example.com", "https://d.example.com\\n"),
]


@pytest.mark.parametrize("origin", NO_ORIGINS)
def test_what_is_no_exact_origin_or_plain_http_elsewhere_is_refused(tmp_path: Path, origin: str) -> None:
    found = problems(tmp_path, f'[site]\nzone = "UTC"\nembed_in = ["https://d.example.com", "{origin}"]\n')
    assert [(line, message.partition(" such as")[0]) for _, line, message in found] == [
        (3, "site.embed_in must be a list of origins")
    ]


def test_durations_and_counting_are_taken_over(tmp_path: Path) -> None:
    text = (
        '[site]\nzone = "UTC"\n[counting]\nlateness = "40d"\nshort_call_s = 5\nsuccess_dispositions = []\n'
        '[retention]\nminutes = "10m"\nhours = "90s"\ndays = "1 month"\nledger = "2 h"\n'
    )
    site = load_site(write(tmp_path, text))
    assert site.counting == Counting(
        lateness_ms=40 * 86_400_000, fact_lateness_ms=7_200_000, short_call_s=5, success_dispositions=frozenset()
    )
    assert site.retention == Retention(minutes_ms=600_000, hours_ms=90_000, months=1, ledger_ms=7_200_000)


def test_a_direction_of_the_team_wins_over_its_profile(tmp_path: Path) -> None:
    text = '[site]\nzone = "UTC"\n[[teams]]\nid = "a"\nprofile = "outbound"\ndirection = "inbound"\nname_en = "A"\n'
    assert load_site(write(tmp_path, text)).teams == (Team("a", "a", "A", "inbound"),)


BAD = """[site]
zone = "Asia/Nowhere"
nmae = "x"
language = "fr"
business_day_start = "24:00"
counting_since = "2026-11-01"

[counting]
lateness = 72
short_call_s = true
success_dispositions = [
  "sale",
  "zone = 3",
  4,
]

[retention]
days = "25"

[[teams]]
id = "a"
[[teams]]
id = "a"
profile = "nothing"
[[teams]]
name = "x"

[[policies]]
version = "x"
foo = 1
[[policies.profiles]]
id = "p"
direction = "inbound"

[[campaigns]]
id = "c"
starts = 2026-11-02
ends = 2026-11-01

[strange]
"""


def test_every_problem_has_its_line_in_one_run(tmp_path: Path) -> None:
    found = problems(tmp_path, BAD)
    assert [line for _, line, _ in found] == [2, 3, 4, 5, 6, 9, 10, 11, 18, 23, 24, 25, 28, 30, 38, 40]
    by_line = {line: message for _, line, message in found}
    assert by_line[2] == 'site.zone must be an IANA time zone such as "Asia/Shanghai"'
    assert 'unknown key "site.nmae". Did you mean "name"?' in by_line[3]
    assert by_line[4] == 'site.language must be one of "zh", "en"'
    assert '"72h"' in by_line[9]
    assert by_line[23].endswith("is used before, on line 21")
    assert by_line[24] == 'unknown profile "nothing". Allowed: inbound, outbound, p'
    assert "teams.id is missing" in by_line[25]


def test_a_missing_zone_is_named_at_its_section(tmp_path: Path) -> None:
    assert problems(tmp_path, '\n\n[site]\nname = "x"\n') == [
        ("site.toml", 3, "site.zone is missing: IANA time zone of the floor")
    ]


@pytest.mark.parametrize("text", ["site = 3", '[[site]]\nzone = "UTC"', '[site]\nzone = "UTC"\n[teams]\nid = "a"'])
def test_a_section_of_another_shape_is_a_problem_not_a_crash(tmp_path: Path, text: str) -> None:
    assert any("must be" in message for _, _, message in problems(tmp_path, text))


def test_a_file_that_is_no_toml_is_one_problem_with_its_line(tmp_path: Path) -> None:
    ((name, line, message),) = problems(tmp_path, '[site]\nzone = "UTC"\nname = \n')
    assert (name, line) == ("site.toml", 3)
    assert message.startswith("is not TOML")


def test_bytes_that_are_no_utf8_and_a_missing_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    with pytest.raises(SiteError, match="cannot be read"):
        load_site(path)
    path.write_bytes(b'[site]\nzone = "\xff"\n')
    with pytest.raises(SiteError, match=r"site\.toml:2: is not UTF-8"):
        load_site(path)


def test_every_key_of_the_tables_has_a_meaning_and_only_what_must_be_given_has_no_default() -> None:
    fields = {
        (s, name): field for s, model in {**SECTIONS, **LISTS}.items() for name, field in model.model_fields.items()
    }
    assert {place for place, field in fields.items() if field.is_required()} == {
        ("site", "zone"),
        ("policies", "version"),
        ("policies", "effective_from"),
        ("shifts", "start"),
        ("shifts", "end"),
        *[(name, "id") for name in ("teams", "campaigns", "queues", "projects", "shifts", "boards")],
    }
    assert all(field.description for field in fields.values())


def test_no_kind_of_leave_but_maternity_is_kept(tmp_path: Path) -> None:
    rows = ["1,2026-11-02,1,sick", "1,2026-11-03,0.5,annual", "1,2026-11-04,,", "1,2026-11-05,1,maternity"]
    (tmp_path / "leave.csv").write_text("\n".join(["agent,date,fraction,kind", *rows, ""]), encoding="utf-8")
    teams = '[site]\nzone = "UTC"\n[[teams]]\nid = "a"\n'
    site = load_site(write(tmp_path, teams, "agent,team\n1,a\n"))
    assert [(day.fraction, day.is_maternity) for day in site.leave] == [(1, False), (0.5, False), (1, False), (1, True)]
    assert "sick" not in repr(site)
