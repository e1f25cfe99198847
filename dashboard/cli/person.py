"""``callfloor person``: gives a person everything that is held about them, or forgets them."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from dashboard.actions.personal_data import PersonalData, sheets_naming
from dashboard.settings import Settings
from dashboard.wiring.auditing import record_command
from dashboard.wiring.commands import Command, above_zero, counted
from dashboard.wiring.connections import Connections
from dashboard.wiring.personal_data import KeptInKafka, person_of, snapshots_of
from dashboard.wiring.terminal import Progress, say
from streams.site_time import DAY_MS, rfc3339

_ACTS = ("export", "erase")


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=_ACTS, help="what to do")
    parser.add_argument("agent", metavar="AGENT", help="the agent's id, as in the events")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="export: the file to write, which must not exist (default: person.json)",
    )
    parser.add_argument("--yes", action="store_true", help="erase: do not ask for the id to be typed again")
    parser.add_argument(
        "--within",
        type=above_zero,
        default=60,
        metavar="S",
        help="erase: how long to wait until it is counted (default: 60)",
    )
    parser.add_argument(
        "--sheets",
        type=Path,
        default=Path("."),
        metavar="FOLDER",
        help="erase: where sealed sheets lie (default: here)",
    )


def _body(args: argparse.Namespace, settings: Settings) -> int:
    if not args.agent or args.agent.startswith("~"):
        say("callfloor person: that is no id of an agent: it is not empty and does not begin with ~")
        return 2
    with counted(settings, lambda site: None) as (connections, site, _):
        person, kept = person_of(connections, site, args.agent)
        if args.act == "export":
            record_command(settings, "person", "exported", "all that is held", args.agent)
            return _export(person, args.out or Path("person.json"))
        return _erase(connections, person, kept, args)


def _export(person: PersonalData, path: Path) -> int:
    progress = Progress()
    held = person.export(_now_ms(), progress.show)
    # Only the owner may read it, from its first byte on; and no file is written over.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(held, file, ensure_ascii=False, indent=1)
        file.write("\n")
    progress.done(f"wrote {path}: everything that is held about {person.agent}; only you can read the file")
    return 0


def _erase(
    connections: Connections, person: PersonalData, kept: Sequence[KeptInKafka], args: argparse.Namespace
) -> int:
    progress = Progress()
    held = person.summary(progress.show)
    if not held and not person.roster_rows() and not person.is_erased():
        progress.done(
            f"callfloor person: nothing is held about {person.agent!r}, and no list names them: is the id right?"
        )
        return 1
    progress.done(f"held about {person.agent}:" if held else f"nothing is held about {person.agent} any more")
    for line in held:
        say(f"  {line}")
    say(
        "Counters move to the line ~erased, so that sums stay; all else goes, for good. Whatever comes under this id later "
        "counts nothing: it must not be given to anybody else."
    )
    if not args.yes and not _is_typed(person.agent):
        say("callfloor person: that is another id; nothing was erased")
        return 1
    record_command(connections.settings, "person", "decided", "erase", person.agent)
    now_ms = _now_ms()
    progress = Progress()
    if not person.erase(connections.post, now_ms, args.within, progress.show):
        progress.done(
            "callfloor person: Kafka has the erasure and it is not counted in every partition yet: is `callfloor consume` "
            "running? Nothing is lost; give the command again once it runs"
        )
        return 1
    left = person.summary(progress.show)
    progress.done(f"{person.agent} is erased" if not left else "callfloor person: this is still held:")
    for line in left:
        say(f"  {line}")
    _say_what_stays(connections, person, kept, now_ms, args.sheets)
    return 1 if left else 0


def _is_typed(agent: str) -> bool:
    print(f"Type {agent} to erase this person: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().rstrip("\r\n") == agent


def _say_what_stays(
    connections: Connections, person: PersonalData, kept: Sequence[KeptInKafka], now_ms: int, folder: Path
) -> None:
    if rows := person.roster_rows():
        say(f"left for you: {rows} rows of the lists beside the site file name {person.agent}; take them out")
    if snapshots := snapshots_of(connections, person.agent):
        say(f"left for 5 minutes after that: the screens {', '.join(snapshots)}")
    for topic, days in kept:
        until = "for ever: set retention.ms" if days is None else f"until {rfc3339(now_ms + round(days * DAY_MS))[:10]}"
        say(f"left in Kafka: what was sent to {topic} before, {until}")
    for path in sheets_naming(folder, person.agent):
        say(f"left on disk: {path} is sealed and has a line of {person.agent}; the law decides how long you keep it")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


COMMAND = Command(
    "person",
    "give a person all that is held about them, or forget them",
    "export writes everything that is held about an agent as one JSON file: counters, records, states, what was done about them "
    "and by them, flags, sealed sheets and the rows of the lists. erase forgets them: it shows what goes, asks for the id to be "
    "typed, sends an event that every rebuild obeys, waits until it is counted, looks again and says what is left for you. "
    "Exit code 1: nothing is held, the id was not typed, or it is not counted yet.",
    _options,
    _body,
)
