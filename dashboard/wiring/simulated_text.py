"""The site file of a simulated floor as a text to be filled in. It is an example too: what it says is what a centre would."""

SITE = """# The simulated floor: a site file as a centre has one, written by callfloor. A real centre writes its own; docs/site.md
# says what every key means. Change it while the board runs: the change is taken up within seconds, and a mistake is shown
# on /health while what held before goes on holding.

[site]
name = "杭州一中心"
name_en = "Hangzhou 1"
zone = "{zone}"
business_day_start = "{day_start}"       # before the first sign-in, so that no shift is cut in two
counting_since = {since}       # the first day that was filled in: nothing is owed for the days before
duty_phone = "8800"
language = "zh"

[counting]
lateness = "{lateness}d"                   # the days before today are filled in after it

# How work is judged, from the first of a month on. A new block does not touch the months before it.
[[policies]]
version = "{version}"
effective_from = {month}
published_on = {published}
deduction = {{ mode = "numerator", complaint = 1.0, repeat_enquiry = 1.0 }}   # net = handled - complaints - repeat enquiries
indices = {{ quality_target = 90, adherence_target = 0.92, cap = 1.20, conduct_points_weight = 0 }}
grades_closed = "left"             # a score on the edge belongs to the bracket that begins there
grades = [
  {{ lower = 0, upper = 0.6, label = "D", coefficient = 0.6 }},
  {{ lower = 0.6, upper = 0.9, label = "C", coefficient = 0.8 }},
  {{ lower = 0.9, upper = 1.05, label = "B", coefficient = 1.0 }},
  {{ lower = 1.05, label = "A", coefficient = 1.2 }},
]
eligibility = {{ excluded_posts = ["trainer"] }}
appeals = {{ file_within_days = 3, decide_within_days = 5 }}

  # One profile per kind of work. The month's target is spread over the month by planned hours.
  [[policies.profiles]]
  id = "outbound"
  direction = "outbound"
  volume = "handled"
  month_target = {outbound}
  weights = {{ volume = 0.5, quality = 0.3, conduct = 0.2 }}

  [[policies.profiles]]
  id = "inbound"
  direction = "inbound"
  volume = "handled"
  month_target = {inbound}
  target_handle_s = 200            # talk, hold and wrap-up of a call worth 1.0 of efficiency
  weights = {{ volume = 0.4, quality = 0.3, efficiency = 0.15, conduct = 0.15 }}
  arrival = {arrival}   # how busy the hours of the clock are

{teams}
# What rota.csv names. Of the day shifts there are five: one for each wave of lunch.
{shifts}
[calendar]
country = "{country}"
holidays = []
workdays = {workdays}                      # days that this floor works though the country does not
weekday_weights = [1, 1, 1, 1, 1, 1, 1]

{campaigns}
# What the telephone system calls its queues, and what people do.
{queues}
[alerts]
break_limit = "20m"
wrap_limit = "3m"
idle_limit = "30m"
late_limit = "10m"                 # after the planned start
queue_waiting = 8
queue_in_time = 0.75
sources = ["/acd/hangzhou-1", "/dialler/hangzhou-1"]   # these report all day; qa and hr now and then
# naive_pace = 0.8                 # callfloor check --site says what that would cost

[[boards]]
id = "main"
pages = ["floor", "queues", "agents"]
rotate = "30s"
names = "alias"
"""
