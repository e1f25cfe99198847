"""Planted mistakes, each of them valid TOML or CSV, all named with file and line in one run; and files that are neither."""

import re
from pathlib import Path

import pytest

from dashboard.site.load import SiteError, load_site

SITE = """\
[site]
name = "杭州一中心"
zone = "Asia/Shanghai"
langauge = "zh"                                     # ! unknown key "site.langauge". Did you mean "language"?
embed_in = ["https://desktop.example.com/"]         # ! site.embed_in must be a list of origins such as
works_council = "yes"                               # ! site.works_council must be "judge", "count" or "teams"
[counting]
short_call_s = 3600.5                               # ! counting.short_call_s must be a whole number from 0 to 86400
fact_lateness = "101d"                              # ! counting.fact_lateness must not be above retention.ledger
[retention]
hours = "six weeks"                                 # ! retention.hours must be a duration such as
[[policies]]
version = "2026-11"
effective_from = 2026-11-01
deduction = { mode = "numerator", complaint = -1 }  # ! policies.deduction.complaint must be a number from 0 to 1000
indices = { quality_target = 90, cap = 0.5 }        # ! policies.indices.cap must be a number from 1 to 10
grades = [
  { lower = 0, upper = 0.6, label = "D", coefficient = 0.6 },
  { lower = 0.7, label = "A", coefficient = 1.0 },  # ! without a gap, the first from 0, the last without upper (lines 18 and 19)
]
  [[policies.profiles]]
  id = "outbound"
  volume = "dials"                                  # ! policies.profiles.volume must be one of "handled", "attempts"
  weights = { volume = 0.5, qualitty = 0.5 }        # ! unknown key "policies.profiles.weights.qualitty". Did you mean "quality"?
  [[policies.profiles]]
  id = "hotline"
  direction = "inbound"
  weights = { volume = 0, conduct = 0 }             # ! policies.profiles.weights must be weights of volume
  [[policies.profiles]]
  id = "hotline"                                    # ! policies.profiles id "hotline" is used before, on line 26
  arrival = [1, 2, 3]                               # ! policies.profiles.arrival must be a list of 24 numbers, or empty
[[policies]]
version = "2026-11b"
effective_from = 2026-11-01                         # ! must be later than 2026-11-01 on line 14
[[policies]]
version = "2026-12"
effective_from = 2026-12-15                         # ! policies.effective_from must be the first of a month
[[policies]]
version = "2027-01"
effective_from = 2027-01-01
published_on = 2027-02-01                           # ! a rule judges no month that was over when it was published
[[teams]]
id = "dawn"
profile = "outbond"                                 # ! unknown profile "outbond". Did you mean "outbound"?
[[teams]]
id = "lake"
profile = "hotline"                                 # ! profile "hotline" is not in the newest policies
[[shifts]]
id = "day"
start = "09:00"
end = "18:00"
breaks = [
  ["12:00", "13:00"],
  ["12:30", "13:30"],                               # ! shifts.breaks must not overlap
  ["18:00", "18:30"],                               # ! shifts.breaks must lie inside the shift 09:00-18:00
]
[[shifts]]
id = "night"
start = "22:00"
end = "06:00"
breaks = [["02:00", "02:30"]]
[[shifts]]
id = "none"
start = "09:00"
end = "09:00"                                       # ! shifts.end must differ from start 09:00
[calendar]
country = "China"                                   # ! calendar.country "China" must be a code such as "CN"
holidays = [2026-11-11]
workdays = [2026-11-07, 2026-11-11]                 # ! 2026-11-11 is a holiday too, on line 68
weekday_weights = [1, 1, 1, 1, 1]                   # ! calendar.weekday_weights must be a list of 7 numbers
[[campaigns]]
id = "renewal"
starts = 2026-11-20
ends = 2026-11-02                                   # ! ends 2026-11-02 before it starts 2026-11-20
[[queues]]
id = "vip"
[[projects]]
id = "acme"
campaigns = ["renewal"]
queues = [
  "vip",
  "vop",                                            # ! unknown queue "vop". Did you mean "vip"?
]
[[projects]]
id = "bell"
campaigns = [
  "renewal",                                        # ! campaign "renewal" is in the project "acme" already, on line 79
  "summer",                                         # ! unknown campaign "summer"
]
queues = ["vip"]                                    # ! queue "vip" is in the project "acme" already, on line 81
teams = ["dwan"]                                    # ! unknown team "dwan". Did you mean "dawn"?
[[projects]]
id = "a/b"                                          # ! projects.id must be 1 to 64 letters
campaigns = ["renewal", "renewal"]                  # ! projects.campaigns must be a list of texts without repeats
[alerts]
wrap_limit = "3 minutes"                            # ! alerts.wrap_limit must be a duration
late_limit = 10                                     # ! alerts.late_limit must be a duration
queue_waiting = -1                                  # ! alerts.queue_waiting must be a whole number from 0 to 1000000
queue_in_time = 80                                  # ! alerts.queue_in_time must be a number from 0.01 to 1
source_silent = "0m"                                # ! alerts.source_silent must be a duration
sources = "/acd/hangzhou"                           # ! alerts.sources must be a list of texts
dead_letters = true                                 # ! alerts.dead_letters must be a whole number from 0 to 1000000
naive_pace = "80 %"                                 # ! alerts.naive_pace must be a number from 0.01 to 1
[[boards]]
id = "main"
pages = ["floor", "weather"]                        # ! boards.pages must be one of "floor"
names = "initials"                                  # ! boards.names must be one of "full", "alias", "none"
"""
ROSTER = """\
agent,name,team,profile,month_target,has_probation,regularised_on,from,to
a1,安一,dawn,,,,,,2026-11-15
a1,安一,lake,,,,,2026-11-15,                         # ! "a1" is in a team on these days already, on line 2
a2,安二,down,,,,,,                                   # ! unknown team "down". Did you mean "dawn"?
a3,安三,dawn,telesales,,,,,                          # ! unknown profile "telesales"
a4,安四,dawn,,many,,,,                               # ! "month_target" must be a whole number of calls such as 5000, not "many"
a5,安五,dawn,,,perhaps,,,                            # ! "has_probation" must be true or false, not "perhaps"
a6,安六,dawn,,,,2026-02-30,,                         # ! "regularised_on" must be a date that exists
a7,安七,dawn,,,,,2026-11-30,2026-11-01               # ! "to" 2026-11-01 is before "from" 2026-11-30
a8,安八,dawn,,,,,,
"""
ROTA = """\
agent,date,shift
a1,2026-11-02,day
a1,2026-11-02,day                                    # ! "a1" has a shift at this time already, on line 2
a8,2026-11-03,night
a8,2026-11-04,dya                                    # ! unknown shift "dya". Did you mean "day"?
z9,2026-11-02,day                                    # ! agent "z9" is not in roster.csv
a8,02.11.2026,day                                    # ! "date" must be a date such as 2026-11-01, not "02.11.2026"
"""
SCHEDULE = """\
agent,kind,start,end
*,meeting,2026-11-02 09:00,2026-11-02 09:15
*,meeting,2026-11-02 09:10,2026-11-02 09:30          # ! "*" is scheduled then already, on line 2
team:dwan,training,2026-11-02 10:00,2026-11-02 11:00 # ! unknown team "dwan". Did you mean "dawn"?
a1,nap,2026-11-02 13:00,2026-11-02 13:30             # ! "kind" must be one of "break", "training"
a1,training,2026-11-02 15:00,2026-11-02 14:00        # ! "end" 2026-11-02 14:00:00 is not after "start"
a2,training,2026-11-02T15:00+08:00,2026-11-02 16:00  # ! "start" must be a local time such as 2026-11-02 14:30
"""
LEAVE = """\
agent,date,fraction,kind
a1,2026-11-03,0.5,annual
a1,2026-11-03,0.75,sick                              # ! agent "a1" would be on leave for 1.25 of 2026-11-03
a1,2026-11-04,2,annual                               # ! "fraction" must be a part of a day above 0 and at most 1
a1,2026-11-05,1,holiday                              # ! "kind" must be one of "annual", "sick"
"""
EMPLOYMENT = """\
agent,from,kind
a1,2026-01-01,regular
a1,2026-01-01,temporary                              # ! agent "a1" has a kind from 2026-01-01 already, on line 2
a1,,regular                                          # ! "from" is empty
a1,2026-03-01                                        # ! has 2 cells, the header 3
"""
ACCESS = """\
account,group,role,team,from,to,name
local:gu,,lead,dawn,,,顾
local:gu,,lead,dawn,,,Gu                              # ! gives the same again as line 2
local:gu,,laed,dawn,,,                               # ! unknown role "laed". Did you mean "lead"? Allowed: "agent", "lead"
local:gu,,lead,,,,                                   # ! "team" is empty: the role "lead" is of one team
local:gu,,lead,dwan,,,                               # ! unknown team "dwan". Did you mean "dawn"?
local:gu,,hr,dawn,,,                                 # ! "team" must be empty: the role "hr" has no team
local:gu,leads,hr,,,,                                # ! exactly one of "account" and "group" must be given, not both
,,hr,,,,                                             # ! exactly one of "account" and "group" must be given, not neither
gu.ming,,hr,,,,                                      # ! "account" must begin with one of "local:", "oidc:", "os:" and name who
oidc:,,hr,,,,                                        # ! "account" must begin with one of "local:", "oidc:", "os:" and name who
demo:hr,,hr,,,,                                      # ! "account" must begin with one of
os:gu,,hr,,2026-11-30,2026-11-29,                    # ! "to" 2026-11-29 is not after "from" 2026-11-30
os:gu,,hr,,2026-11-30T14:00,2026-11-30T14:00,        # ! "to" 2026-11-30T14:00 is not after "from" 2026-11-30T14:00
os:gu,,hr,,30.11.2026,,                              # ! "from" must be a date such as 2026-11-01 or a local time such as
os:gu,,hr,,,9999-12-31,                              # ! "to" must be a date such as 2026-11-01 or a local time such as
os:gu,,client:acne,,,,                               # ! unknown project "acne". Did you mean "acme"?
os:gu,,agent,,2026-11-30,2026-11-30,
"""
FILES = {
    "site.toml": SITE,
    "roster.csv": ROSTER,
    "rota.csv": ROTA,
    "schedule.csv": SCHEDULE,
    "leave.csv": LEAVE,
    "employment.csv": EMPLOYMENT,
    "access.csv": ACCESS,
}
Named = tuple[str, int]


def planted() -> dict[Named, str]:
    """(file, line) -> what must be said of it."""
    return {
        (name, number): line.partition("# ! ")[2]
        for name, text in FILES.items()
        for number, line in enumerate(text.splitlines(), 1)
        if "# ! " in line
    }


def found(folder: Path, files: dict[str, str]) -> list[tuple[Named, str]]:
    """The files without their marks -> the problems, each with file and line."""
    for name, text in files.items():
        (folder / name).write_text(re.sub(r" *# !.*", "", text), encoding="utf-8")
    with pytest.raises(SiteError) as error:
        load_site(folder / "site.toml")
    return [((Path(p.file).name, p.line), p.message) for p in error.value.problems]


def test_every_planted_mistake_is_named_with_its_line_in_one_run_and_nothing_else(tmp_path: Path) -> None:
    expected, said = planted(), found(tmp_path, FILES)
    assert len(expected) >= 40
    assert sorted(place for place, _ in said) == sorted(expected), said
    assert [(place, message) for place, message in said if expected[place] not in message] == []


UNPARSABLE = [
    ("site.toml", '[site]\nzone = "UTC"\nname = "x\n', 3, "is not TOML"),
    ("site.toml", '[site]\nzone = "UTC"\n[site]\n', 3, "is not TOML"),
    ("rota.csv", 'agent,date,shift\na1,2026-11-02,"day\n', 2, "is not CSV"),
    ("leave.csv", "agent,day,kind\na1,2026-11-02,sick\n", 1, 'unknown column "day"'),
    ("employment.csv", "agent,agent,from,kind\n", 1, 'column "agent" is there twice'),
]


@pytest.mark.parametrize(("name", "text", "line", "message"), UNPARSABLE)
def test_a_file_that_cannot_be_parsed_is_named_with_its_line(
    name: str, text: str, line: int, message: str, tmp_path: Path
) -> None:
    files = {"site.toml": '[site]\nzone = "UTC"\n', name: text}
    said = found(tmp_path, files)
    assert said[0][0] == (name, line)
    assert said[0][1].startswith(message)
    assert len(said) == (
        1 if "is not" in message or "twice" in message else 2
    )  # a strange column and one that is missing


def test_a_roster_that_cannot_be_read_does_not_make_every_agent_unknown(tmp_path: Path) -> None:
    files = {
        "site.toml": '[site]\nzone = "UTC"\n',
        "roster.csv": "agent,tema\n",
        "leave.csv": "agent,date\na1,2026-11-02\n",
    }
    assert {place[0] for place, _ in found(tmp_path, files)} == {"roster.csv"}
