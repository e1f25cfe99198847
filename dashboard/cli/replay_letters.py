"""``callfloor replay --dead-letters``: what could not be counted, once more, or with --dry-run what waits for it."""

import getpass

from dashboard.actions.acting_person import Refused, person
from dashboard.cli.command import Progress, say
from dashboard.cli.output import write_table
from dashboard.health.letter_replay import ONLY_BY_REBUILD, ReplayRefused
from dashboard.health.replay_store import Replay
from dashboard.settings import Settings
from dashboard.wiring.dead_letters import letter_desk_of, read_index
from streams.counting_policy import BY_REBUILD
from streams.site_time import rfc3339

COLUMNS = ("reason", "waiting", "refused_again", "gone", "newest", "topic", "partition", "offset", "field")
DONE, COULD_NOT = 0, 1


def replay_dead_letters(reason: str | None, dry_run: bool, raw: bool, settings: Settings) -> int:
    """-> exit code. Raises topics.Unreachable, ReplayStoreAway."""
    if dry_run:
        _list(reason, raw, settings)
        return DONE
    progress = Progress()
    with letter_desk_of(settings) as desk:
        try:
            run = desk.run(reason, person(getpass.getuser()), lambda now: progress.show(_far(now)))
        except (Refused, ReplayRefused) as refused:
            say(f"callfloor replay: {refused}")
            return COULD_NOT
    progress.done(_ended(run))
    return COULD_NOT if run.error else DONE


def _list(reason: str | None, raw: bool, settings: Settings) -> None:
    rows = []
    for each in read_index(settings).by_reason():
        newest = each.newest
        place = (
            (rfc3339(newest.at_ms), newest.topic, newest.partition, newest.offset, newest.field)
            if newest
            else ("",) * 5
        )
        if reason in (None, each.reason):
            rows.append(dict(zip(COLUMNS, (each.reason, each.waiting, each.again, each.gone, *place), strict=True)))
    write_table(COLUMNS, rows, "csv", "dead-letters", raw)
    for row in rows:
        if row["reason"] in BY_REBUILD and row["waiting"]:
            say(f"callfloor replay: {row['reason']}: {ONLY_BY_REBUILD}")


def _far(run: Replay) -> str:
    return f"{run.sent + run.same + run.gone} of {run.total} letters"


def _ended(run: Replay) -> str:
    if run.total == 0 and not run.error:
        return "no letter waits"
    same = f", {run.same} like one that was sent" if run.same else ""
    gone = f", {run.gone} that Kafka no longer has" if run.gone else ""
    ended = f"{_far(run)}: {run.sent} sent again{same}{gone}"
    if run.error:
        return f"{ended}; ended early ({run.error}): the rest still waits, begin again"
    return f"{ended}; what is refused again is a new letter"
