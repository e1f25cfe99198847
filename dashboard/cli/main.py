"""The console command ``callfloor``: finds the command, gives it the settings, and turns known errors into advice."""

import argparse
import os
import sys
from collections.abc import Sequence

from dashboard.access.account_file import BadAccounts
from dashboard.access.audit_log import AuditAway
from dashboard.actions.closing_service import CannotClose
from dashboard.cli import (
    account,
    audit_log,
    check,
    close,
    consume,
    demo,
    explain,
    judge,
    person,
    publish,
    replay,
    report,
    roster,
    run,
    serve,
    simulate,
    totals,
)
from dashboard.floor.periods import BadMoment, BadPeriod
from dashboard.floor.totals import BadBound
from dashboard.processes.children import ChildDied
from dashboard.settings import SettingError, load, refuse_secrets
from dashboard.site.load import SiteError
from dashboard.site.works_council import PersonsWithheld
from dashboard.wiring.commands import ACCESS_ERRORS, SERVICE_ERRORS, Command, add_settings
from dashboard.wiring.terminal import say
from streams.actions import ProduceFailed
from streams.halts import PartitionHalted
from streams.metrics import UnknownSchema
from streams.simulator.embedded import DidNotStart, NotInstalled
from streams.sources.event_file import BadFile

COMMANDS: tuple[Command, ...] = tuple(
    each.COMMAND
    for each in (
        *(run, consume, publish, serve, simulate, replay, totals),
        *(judge, explain, close, report, roster, person, account, check, audit_log, demo),
    )
)
_ABOUT = "The live performance board of a call centre: calls from Kafka, counted exactly in Redis, on a wall."
_BEGIN = "To see it at once, with a simulated floor and nothing to set up: callfloor demo"
_ADVICE = (
    *SERVICE_ERRORS,
    *(SiteError, BadFile, NotInstalled, DidNotStart, ChildDied),
    *(BadAccounts, CannotClose, PartitionHalted, UnknownSchema, ProduceFailed, AuditAway),
)
"""Errors whose message says what to do: it is shown alone. Any other error is a fault of ours and shows where it is."""
_USAGE = (BadBound, BadPeriod, BadMoment, PersonsWithheld, SettingError, *ACCESS_ERRORS)
"""The same of what cannot be meant, or cannot pass before a setting or a right is changed: exit code 2, as argparse has it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command -> exit code: 0 done, 1 could not, 2 wrong usage or not let in (for check: unreachable)."""
    parser = make_parser()
    args, unread = parser.parse_known_args(arguments)
    if unread:  # what follows an unknown option may be a password
        parser.error(f"unrecognized arguments: {' '.join(_names(unread)) or 'words without an option'}")
    try:
        command: Command = args.command
        refuse_secrets(vars(args))
        return command.body(args, load(vars(args)))
    except _USAGE as error:
        say(f"callfloor {args.command.name}: {error}")
        return 2
    except _ADVICE as error:
        say(f"callfloor {args.command.name}: {error}")
    except (
        BrokenPipeError
    ):  # whoever reads our output has enough (`| head`); the interpreter must not write to it again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:  # a file that is not there, a port that is taken
        say(f"callfloor {args.command.name}: {error}")
    except KeyboardInterrupt:
        say("")
    return 1


def _names(arguments: Sequence[str]) -> list[str]:
    return [each.partition("=")[0] for each in arguments if each.startswith("-")]


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(prog="callfloor", description=_ABOUT, epilog=_BEGIN, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=command.help, description=command.about, allow_abbrev=False)
        command.options(sub)
        add_settings(sub)
        sub.set_defaults(command=command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
