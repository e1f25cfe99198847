"""The door: the only way from a viewer to data. It lets through what lies in the viewer's scope, and nothing else.

What does not exist and what is not the viewer's are refused with the same answer, so no answer tells which of them it was.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import msgspec
import orjson

from dashboard.access.account_names import name_accounts
from dashboard.access.audit_log import AuditAway
from dashboard.access.audit_page import AuditExport, AuditPage, AuditQuestion
from dashboard.access.audit_rows import Kind
from dashboard.access.audit_service import AuditService
from dashboard.access.audit_verification import ChainState
from dashboard.access.board_services import BoardServices
from dashboard.access.display_door import DisplayDoor
from dashboard.access.fields import CaseExplanation, case_explanation, limit_explanation
from dashboard.access.refusals import NotYours
from dashboard.access.requests import APPEAL_STATES, STATES, Acting, AppealFiling, AppealRuling
from dashboard.access.scope import Scope
from dashboard.access.viewer import Viewer
from dashboard.access.viewer_log import Origin, ViewerLog
from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_register import AppealView
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.curve_service import CurveService, CurveView, published_curve
from dashboard.actions.explain import Explanation
from dashboard.actions.feedback_service import GIVEN, FeedbackRequest, FeedbackService
from dashboard.actions.flag_episodes import Episode
from dashboard.actions.flag_service import FlagList, FlagService, FlagView
from dashboard.actions.my_page import MyPageService
from dashboard.board.seats_view import USUAL_BOARD
from dashboard.board.topics import curve_topic, evidence_topic, stamp_of
from dashboard.floor.periods import period_of
from dashboard.floor.visible_groups import HiddenIds
from dashboard.health.health_service import HealthService
from dashboard.health.report import HealthReport
from dashboard.live.hub import UnknownTopic
from dashboard.live.viewers import ACCOUNT_STREAMS, Bearer, Stream
from dashboard.site.load import Site
from streams.actions import OutgoingRecord

Post = Callable[[list[OutgoingRecord]], None]
_TRACES = frozenset({"no_record", "wrong_person"})
"""Refusals that would tell an agent whether there is such a record of somebody else."""


@dataclass(frozen=True)
class Door:
    """The data of a site for one viewer at one moment. Methods that are not async read Redis or write to Kafka, and wait."""

    viewer: Viewer
    services: BoardServices
    origin: Origin = Origin()

    @property
    def site(self) -> Site:
        """The site in force."""
        return self.services.sites.site

    @cached_property
    def scope(self) -> Scope:
        """What the viewer may see today."""
        site = self.site
        return Scope(self.viewer, site, site.time.day(self.services.clock_ms()).label)

    @property
    def log(self) -> ViewerLog:
        """What the audit log gets of the viewer."""
        return ViewerLog(self.services.audit, self.viewer, self.origin)

    @property
    def hidden_teams(self) -> HiddenIds:
        """The teams that nobody is shown by themselves."""
        return self.services.hidden.find_hidden(self.site)

    def encode(self, view: Any) -> bytes:
        """A view as JSON; accounts have the names of access.csv."""
        return name_accounts(msgspec.json.encode(view), self.site.grants)

    def note_denied(self, what: str, asked: str | None) -> None:
        """The viewer was refused; the row names the agent that they ``asked`` for, if the roster does."""
        self.log.note_denied(what, asked if any(spell.agent == asked for spell in self.site.roster) else None)

    # ---- live numbers

    async def snapshot(self, topic: str, browser: str = "") -> bytes | None:
        """The newest snapshot of a topic; ``browser`` polls it. Raises UnknownTopic, also where it is not the viewer's."""
        if not self.scope.sees_topic(topic):
            raise UnknownTopic(topic)
        self.log.note_topic(topic)
        if browser:
            self.services.hub.viewers.note_poll(browser)
        return await self.services.hub.snapshot(topic)

    def tick_of(self, raw: bytes) -> str:
        """The name of a snapshot's tick."""
        stamp = stamp_of(raw)
        return f"{stamp.epoch}-{stamp.seq}"

    def pack(self, topic: str, raw: bytes) -> bytes:
        """A snapshot in gzip, packed once for all viewers."""
        return self.services.hub.snapshots.pack(topic, self.tick_of(raw), raw)

    def select_topics(self, topics: Sequence[str]) -> list[str]:
        """Those of the topics that exist and are the viewer's, each once. Raises UnknownTopic where none is."""
        existing = self.services.hub.existing_topics()
        allowed = [topic for topic in dict.fromkeys(topics) if topic in existing and self.scope.sees_topic(topic)]
        if not allowed:
            raise UnknownTopic(", ".join(topics))
        return allowed

    def stream(self, topics: Sequence[str], browser: str, bearer: Bearer) -> AsyncIterator[bytes]:
        """Server-sent events of topics that ``select_topics`` let through; RightsWatch ends them.

        Raises Refused: the person, or the wall, has its streams.
        """
        holder = self.viewer.holder
        if self.services.hub.viewers.is_full(holder):
            raise Refused(
                429, "too_many_streams", f"an account has at most {ACCOUNT_STREAMS} streams; poll /snapshot instead"
            )
        self.note_watched(topics)
        return self.services.hub.stream(Stream(tuple(topics), browser, bearer, holder))

    def note_watched(self, topics: Sequence[str]) -> None:
        """The viewer reads these topics; of the same ones the log has a row an hour. Raises AuditAway."""
        for topic in topics:
            self.log.note_topic(topic)

    # ---- persons

    def explain(self, agent: str, kind: str, day: str | None) -> Explanation | CaseExplanation:
        """The explanation of an agent's day or month, as far as the viewer may see it. Raises BadPeriod, NotYours."""
        today = self.scope.today
        last = min(period_of(kind, day, today).last, today)
        sees_person = self.scope.sees_person(agent, last) or (self.viewer.has("hr") and kind == "month")
        if not sees_person and not self.viewer.has("quality"):
            raise NotYours
        self.log.note_person(agent)
        found = self._appeals.explain(agent, kind, day, self.viewer.own_agent)
        return limit_explanation(found, self.scope) if sees_person else case_explanation(found)

    async def curve(self, agent: str, in_thread: Callable[..., Any]) -> CurveView:
        """The curves of an agent's running shift. ``in_thread`` runs what waits. Raises NotYours."""
        if not self.scope.sees_shift(agent):
            raise NotYours
        self.log.note_person(agent)
        curves = CurveService(self._appeals)
        team = await in_thread(curves.team_of, agent)
        # Without a snapshot the curve has the agent's calls alone.
        raw = None if team is None else await self.services.hub.find_snapshot(curve_topic(team))
        found: CurveView = await in_thread(curves.read_curves, agent, published_curve(raw, agent))
        return found

    async def my_page(self, in_thread: Callable[..., Any]) -> dict[str, Any]:
        """Everything on the viewer's own page. Raises NotYours where they are no agent."""
        agent = self._require_own()
        self.log.note_person(agent)
        pages, flags = MyPageService(self._appeals), self._own_flags
        view = await in_thread(lambda: pages.read_page(agent, flags()))
        raw = await self.services.hub.find_snapshot(evidence_topic(view.team.id)) if view.team else None
        # The agent's line of the published evidence; None where none is computed, or none can be read now.
        evidence = None if raw is None else orjson.loads(raw).get("agents", {}).get(agent)
        log = self.services.audit_pages
        lookers = await in_thread(log.find_lookers, agent) if log else None
        return msgspec.structs.asdict(view) | {"evidence": evidence, "lookers": lookers}

    def _own_flags(self) -> list[FlagView]:
        """Empty where the site computes no flags of persons."""
        if self.services.flags is None:
            return []
        try:
            return self.services.flags.list_flags(agent=self.viewer.own_agent).flags
        except Refused:
            return []

    # ---- appeals and feedback

    def list_appeals(self, agent: str | None, state: str | None) -> list[AppealView]:
        """The appeals in the viewer's scope; of one agent and in one state. Raises Refused."""
        _require_state(state, APPEAL_STATES)
        if agent is not None and not self.scope.sees_cases(agent):
            raise NotYours
        self._note_list("appeals", agent)
        return [view for view in self._appeals.list_appeals(agent, state) if self.scope.sees_cases(view.agent)]

    def file_appeal(self, asked: AppealFiling) -> dict[str, Any]:
        """Files an appeal against a record of the viewer. Raises Refused."""
        self._require_own()
        try:
            return self._acting("decided", f"appeal {asked.ref}").file(self.viewer.actor, asked.ref, asked.text)
        except Refused as refused:
            raise NotYours if refused.word in _TRACES else refused from refused

    def decide_appeal(self, asked: AppealRuling) -> dict[str, Any]:
        """Decides an appeal. Raises Refused: also where the viewer decides others, and not this one."""
        if not self.scope.decides:
            raise NotYours
        appeals = self._acting("decided", f"{asked.decision} {asked.ref}")
        done = appeals.decide(self.viewer.actor, asked.ref, asked.ruling, asked.agent)
        # Whoever decides cases alone sees the case, and no volume (fields.py).
        return done if self.viewer.has("supervisor") else done | {"net": None}

    def send_feedback(self, asked: FeedbackRequest) -> dict[str, Any]:
        """Gives feedback, or reacts to it. Raises Refused."""
        if asked.kind == GIVEN and not self.scope.gives_feedback(asked.agent or ""):
            raise NotYours
        what = " ".join(filter(None, (asked.kind, asked.ref)))
        return FeedbackService(self._acting("set", what)).send_feedback(self.viewer.actor, asked, self._answers_for)

    def _answers_for(self, agent: str) -> bool:
        """Whether feedback to an agent is the viewer's own or given in their charge."""
        return self.viewer.own_agent == agent or self.scope.gives_feedback(agent)

    # ---- flags

    def list_flags(self, team: str | None, agent: str | None, state: str | None) -> FlagList:
        """The flags in the viewer's scope; of a team, an agent, in a state. Raises Refused."""
        _require_state(state, STATES)
        if agent is not None and not self.scope.sees_flags(agent, team):
            raise NotYours
        if agent is None and team is not None and not self.scope.sees_team(team):
            raise NotYours
        self._note_list("flags", agent, team)
        return self._flags.list_flags(team, agent, state, self._sees_episode)

    def act_on_flag(self, asked: Acting) -> dict[str, Any]:
        """Acts on a flag. Raises Refused."""
        flags = self._flags
        post = self._noting("set", f"{asked.kind} {asked.ref}", flags.post)
        return replace(flags, post=post).act(self.viewer.actor, asked, self._sees_episode)

    def _note_list(self, what: str, agent: str | None, team: str | None = None) -> None:
        if agent is not None:
            self.log.note_person(agent)
        else:
            self.log.note_people(what, team)

    def _sees_episode(self, episode: Episode) -> bool:
        return self.scope.sees_flags(episode.agent, episode.team)

    # ---- the line

    def health_report(self) -> HealthReport:
        """How the line is. Raises NotYours."""
        report = self._require_health().report(self.services.hub.report())
        if not report.forgotten:
            return report
        try:
            self.log.note_people("forgotten states")
        except AuditAway:  # the log is full since Kafka is away, and here stands that it is
            return msgspec.structs.replace(report, forgotten=None)
        return report

    def replay_letters(self, reason: str | None) -> dict[str, Any]:
        """Sends dead letters again. Raises Refused."""
        letters = self._require_health().letters
        if letters is None:
            raise NotYours
        self.log.write_act("set", f"replay of dead letters {reason or ''}".strip())
        return letters.begin(self.viewer.actor.recorded, reason)

    # ---- the audit log

    def read_audit(self, asked: AuditQuestion) -> AuditPage:
        """The page of the audit log. Raises Refused, BadPeriod."""
        pages = self._audit_pages
        self.log.note_people("audit log")
        return pages.read_page(asked)

    def verify_audit(self) -> ChainState:
        """Begins a check of the chains. Raises NotYours."""
        return self._audit_pages.verify()

    def export_audit(self, asked: AuditQuestion) -> AuditExport:
        """Rows as the log has them. The export has a row itself. Raises Refused, BadPeriod."""
        pages = self._audit_pages
        pages.require_question(asked)
        self.log.write_act("exported", f"audit log {asked.text}".strip())
        return pages.export_rows(asked)

    # ---- acts

    def _acting(self, kind: Kind, what: str) -> AppealService:
        """The appeals for one act of the viewer, whose row is written first."""
        appeals = self._appeals
        return replace(appeals, post=self._noting(kind, what, appeals.post))

    def _noting(self, kind: Kind, what: str, post: Post) -> Post:
        """A way to Kafka that writes the row of an act before its records, which have the agent concerned as their key."""

        def post_noted(records: list[OutgoingRecord]) -> None:
            self.log.write_act(kind, what, records[0].key.decode())
            post(records)

        return post_noted

    # ---- what must be there

    @property
    def _audit_pages(self) -> AuditService:
        if self.services.audit_pages is None or not self.scope.sees_audit:
            raise NotYours
        return self.services.audit_pages

    @property
    def displays(self) -> DisplayDoor:
        """The displays. Raises NotYours."""
        if self.services.displays is None or not self.scope.manages_displays:
            raise NotYours
        boards = frozenset({USUAL_BOARD, *(board.id for board in self.site.boards)})
        return DisplayDoor(self.services.displays, self.viewer, self.log, boards, self.services.audit_pages)

    @property
    def _appeals(self) -> AppealService:
        if self.services.appeals is None:
            raise NotYours
        return self.services.appeals

    @property
    def _flags(self) -> FlagService:
        if self.services.flags is None:
            raise NotYours
        return self.services.flags

    def _require_health(self) -> HealthService:
        if self.services.health is None or not self.scope.sees_health:
            raise NotYours
        return self.services.health

    def _require_own(self) -> str:
        agent = self.viewer.own_agent
        if agent is None:
            raise NotYours
        return agent


def _require_state(state: str | None, states: Sequence[str]) -> None:
    if state not in (None, *states):
        raise Refused(400, "bad_state", f"state is one of {', '.join(states)}")
