"""What a web worker serves from: the site in force, the frames on their way, and the services of people and of the line."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.access.audit_log import AuditLog
from dashboard.access.audit_service import AuditService
from dashboard.access.display_service import DisplayService
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.flag_service import FlagService
from dashboard.board.bus import FrameReader
from dashboard.board.publish import wall_clock_ms
from dashboard.board.seats_view import board_topics
from dashboard.board.topics import project_topic, topics_of
from dashboard.floor.visible_groups import HiddenTeamsCache
from dashboard.health.health_service import HealthService
from dashboard.live.hub import Hub
from dashboard.site.load import Site
from dashboard.site.watch import SiteWatch


@dataclass(frozen=True)
class BoardServices:
    """A service that is left out gives no data to anybody."""

    sites: SiteWatch
    hub: Hub
    hidden: HiddenTeamsCache
    audit: AuditLog
    clock_ms: Callable[[], int]
    appeals: AppealService | None = None
    health: HealthService | None = None
    flags: FlagService | None = None
    displays: DisplayService | None = None
    audit_pages: AuditService | None = None

    @property
    def works(self) -> bool:
        """Whether frames can come."""
        return self.hub.works

    @property
    def fault(self) -> BaseException | None:
        """The error that ended the frames for good: the process has to end with it."""
        return self.hub.fault

    def end_streams(self) -> None:
        """Ends every stream, so that the server can stop."""
        self.hub.close()

    async def close(self) -> None:
        """Lets connections of the event loop go."""
        if self.displays is not None:
            await self.displays.close()

    async def is_ready(self) -> bool:
        """Whether Redis answers and the frames are fresh."""
        return self.hub.works and await self.hub.is_fresh()


def board_services(
    sites: SiteWatch,
    bus: FrameReader,
    audit: AuditLog,
    appeals: AppealService | None = None,
    health: HealthService | None = None,
    flags: FlagService | None = None,
    clock_ms: Callable[[], int] = wall_clock_ms,
    displays: DisplayService | None = None,
    audit_pages: AuditService | None = None,
) -> BoardServices:
    """The services over the frames of ``bus``; ``clock_ms``: the publisher's clock."""
    hidden = HiddenTeamsCache(clock_ms)
    hub = Hub(bus, lambda: _topics(sites.site, hidden), clock_ms)
    return BoardServices(sites, hub, hidden, audit, clock_ms, appeals, health, flags, displays, audit_pages)


def _topics(site: Site, hidden: HiddenTeamsCache) -> list[str]:
    small = hidden.find_hidden(site).hidden
    shown = [team.id for team in site.teams if team.id not in small]
    return [
        *topics_of(shown, site.judges_persons),
        *board_topics(site),
        *(project_topic(project.id) for project in site.projects),
    ]
