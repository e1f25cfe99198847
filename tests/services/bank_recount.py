"""An independent recount of the bank's month: plain loops over the file, sharing no code with the product.

What becomes what is written in ../shared/data's README and in the documentation of the data: handled, unattributed and
abandoned calls at their end, per agent (and queue) and minute, local day of Asia/Jerusalem.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jerusalem")
Recount = dict[str, Counter[tuple[str, str, str]]]
"""``minute`` (epoch minute as text) or ``day`` -> (line, bucket, metric) -> count."""


def recount(path: Path) -> Recount:
    """The month's cells, zeros left out."""
    cells: Recount = defaultdict(Counter)
    with path.open(newline="") as file:
        header = next(file).rstrip("\r\n").split("\t")
        for text in file:
            _add(cells, dict(zip(header, text.rstrip("\r\n").split("\t"), strict=True)))
    return {kind: Counter({key: n for key, n in counts.items() if n}) for kind, counts in cells.items()}


def _add(cells: Recount, row: dict[str, str]) -> None:
    handled = row["outcome"] == "AGENT"
    without_time = row["ser_start"] == row["ser_exit"] == "0:00:00" and row["ser_time"] == "0"
    if row["outcome"] == "PHANTOM" or (handled and without_time):
        return
    amounts = {"attempts": 1}
    if handled:
        talk_s, wait_s = int(row["ser_time"]), int(row["q_time"])
        amounts |= {"handled": 1, "handled_inbound": 1, "talk_s": talk_s, "wait_s": wait_s}
        amounts |= {"short": int(talk_s < 10), "effective": int(talk_s >= 30), "in_time": int(wait_s <= 20)}
        amounts |= {"offered": 1, "waits_known": 1, "talks_known": 1}
    else:
        amounts |= {"offered": 1, "abandoned": 1, "abandoned_short": int(0 <= int(row["q_time"]) < 5)}
    agent = row["server"] if handled and row["server"] != "NO_SERVER" else "~unattributed"
    end = _end(row, handled)
    minute, day = str(int(end.timestamp()) // 60), end.strftime("%Y-%m-%d")
    for line in (agent, "~queue:" + row["type"]):
        for name, amount in amounts.items():
            cells["minute"][line, minute, name] += amount
            cells["day"][line, day, name] += amount


def _end(row: dict[str, str], handled: bool) -> datetime:
    never_queued = row["q_start"] == row["q_exit"] == "0:00:00"
    wall = row["ser_exit"] if handled else row["vru_exit"] if never_queued else row["q_exit"]
    end, entry = (datetime.strptime(f"{row['date']} {at}", "%y%m%d %H:%M:%S") for at in (wall, row["vru_entry"]))
    if entry - end > timedelta(hours=12):
        end += timedelta(days=1)
    return end.replace(tzinfo=ZONE)
