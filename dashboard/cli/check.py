"""``callfloor check``: is the count sound, are the services fit, is the site file right?"""

import argparse
import json
import time

from dashboard.floor.implied import implied
from dashboard.health import check
from dashboard.health.access_report import as_object, report_lines
from dashboard.settings import Settings
from dashboard.site.load import SiteError, load_site
from dashboard.wiring.checking import check_access, check_topics
from dashboard.wiring.commands import UNREACHABLE_ERRORS, Command, site_of
from dashboard.wiring.terminal import results, say
from streams.steering_characters import printable

SOUND, UNSOUND, UNREACHABLE = 0, 1, 2


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default %(default)s")


def _body(args: argparse.Namespace, settings: Settings) -> int:
    try:
        if args.site and not (args.kafka or args.redis or args.topic):
            return _check_site(args.site, settings, args.format)
        report = check_topics(settings, site_of(settings))
    except SiteError as error:
        say(str(error))
        return UNSOUND
    except UNREACHABLE_ERRORS as error:
        say(str(error))
        return UNREACHABLE
    (check.write_json if args.format == "json" else check.write_text)(report, results())
    return SOUND if report.sound else UNSOUND


def _check_site(path: str, settings: Settings, format: str) -> int:
    site, out = load_site(path, settings.zone), results()
    access = check_access(settings, site)
    means = implied(site, site.time.day(time.time_ns() // 1_000_000).label)
    if format == "json":
        body = {"sound": True, "implied": means, "access": as_object(access), "warnings": access.warnings}
        out.write(json.dumps(body, ensure_ascii=False, indent=1) + "\n")
        return SOUND
    out.write(
        f"{path}: sound; {len(site.teams)} teams, {len(site.campaigns)} campaigns, {len(site.roster)} roster lines\n"
    )
    out.writelines(f"  {line}\n" for line in means)
    out.writelines(f"  access: {line}\n" for line in report_lines(access))
    out.writelines(f"  warning: {printable(line)}\n" for line in access.warnings)
    return SOUND


COMMAND = Command(
    "check",
    "check the count, the services and the site file",
    "Says for each partition where counting stands, how far behind it is, and whether every record is accounted for. "
    "Exit code 0: sound, 1: not, 2: Kafka or Redis cannot be reached. With --site and no --kafka, --redis or --topic it "
    "checks the site file and its lists alone: every error with its line, or what the settings imply and who sees whom.",
    _options,
    _body,
)
