"""What people did before the moment: flags acknowledged, snoozed and coached, appeals filed and decided, feedback given."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import msgspec

from dashboard.actions.appeal_messages import UPHELD, Ruling
from dashboard.actions.appeal_register import AppealRegister
from dashboard.actions.appeal_rules import AppealRules
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.feedback_service import FeedbackRequest, FeedbackService
from dashboard.actions.flag_actions import Acting
from dashboard.actions.flag_service import FlagService
from tests.actors import actor
from tests.moment.when import at

AGENT = "8111"
"""Whose own page is shown; a lead acts as ``LEAD``."""
BEGUN_ANEW = "8247"
"""Whose evidence begins anew today: what came before is acknowledged."""
LEAD = "lead-dawn"
_TUESDAY, _THURSDAY, _FRIDAY = date(2026, 11, 17), date(2026, 11, 19), date(2026, 11, 20)


class People(NamedTuple):
    """The desks at which they act."""

    desk: AppealService
    flags: FlagService


class Deed(NamedTuple):
    """What is done at an instant; the floor is looked at just before."""

    at_ms: int
    do: Callable[[People], None]


def nothing(people: People) -> None:
    """The floor is looked at, no more."""


def _acknowledge(people: People) -> None:
    """One of the two slow agents of Dawn, with a coaching; a third one waits until Wednesday."""
    for flag in _open(people):
        if flag["agent"] == "8100":
            _act(people, flag, LEAD, "flag.acknowledged", text="已一起听录音，开场白过长", useful=True)
            _act(people, flag, LEAD, "coaching.planned", text="每周听两通录音，练习开场", due="2026-11-26")
        if flag["agent"] == "8188":
            _act(people, flag, "lead-sail", "flag.snoozed", text="新名单，先看两天", until="2026-11-23T01:00:00Z")


def _begin_anew(people: People) -> None:
    """One of the inbound teams is acknowledged today: evidence about them begins with the next shift."""
    for flag in _open(people):
        if flag["agent"] == BEGUN_ANEW:
            _act(people, flag, "lead-lake", "flag.acknowledged", text="两周内一起听四通录音", useful=True)
            _act(people, flag, "lead-lake", "coaching.planned", text="听录音，练习结束语", due="2026-12-04")


def _note(people: People) -> None:
    for flag in _open(people):
        if flag["agent"] == "8101":
            _act(people, flag, LEAD, "flag.noted", text="周五与本人谈过，设备已更换")


def _feedback(people: People) -> None:
    said = FeedbackRequest("feedback.given", "续约话术清楚，客户确认环节可再短一些", agent=AGENT)
    FeedbackService(people.desk).send_feedback(actor(LEAD), said)


def _decide_old(people: People) -> None:
    """Everything that is open is decided, so that nothing is overdue by the moment."""
    desk, now_ms = people.desk, people.desk.now()
    site, sources = desk.site(), desk.sources()
    sources.actions.refresh()
    register = AppealRegister(AppealRules(site, desk.topics), sources)
    ruling = Ruling(UPHELD, "recording_heard")
    for case in [case for case in register.cases(now_ms) if case.decision is None]:
        subject = register.find(case.ref, case.agent).subject
        desk.post(register.rules.decide(subject, case, actor("appeals-desk"), ruling, now_ms))


def _appeal(people: People) -> None:
    """The newest complaint that they may still appeal."""
    records = people.desk.explain(AGENT, "day", None).term("deducted").records
    confirmed = [each.id for each in records if each.status == "confirmed"]
    if confirmed:
        people.desk.file(actor(AGENT), confirmed[-1], "客户询问的是其他套餐，并非重复来电")


def _open(people: People) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = msgspec.to_builtins(people.flags.list_flags(state="open").flags)
    return found


def _act(people: People, flag: dict[str, Any], who: str, kind: str, **more: Any) -> None:
    people.flags.act(actor(who), Acting(flag["id"], kind, **more))


EARLIER = (
    Deed(at("17:40", _TUESDAY), nothing),
    Deed(at("10:05", _THURSDAY), _acknowledge),
    Deed(at("17:15", _FRIDAY), _note),
    Deed(at("17:20", _FRIDAY), _feedback),
    Deed(at("18:30", _FRIDAY), _decide_old),
)
"""In earlier shifts."""
TODAY = (Deed(at("11:32"), _begin_anew), Deed(at("13:20"), _appeal))
