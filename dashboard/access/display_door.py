"""The displays for one administrator: every act on a screen or a wall has its row in the audit log first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from dashboard.access.audit_service import AuditService
from dashboard.access.display_service import DisplayService, ScreenView, WallView
from dashboard.access.requests import DisplayApproval
from dashboard.access.viewer import Viewer
from dashboard.access.viewer_log import ViewerLog

RECENT_ACTS = 5


@dataclass(frozen=True)
class DisplayDoor:
    """``boards``: those of the site file. ``in_thread`` of the acts runs what waits for Kafka."""

    service: DisplayService
    viewer: Viewer
    log: ViewerLog
    boards: frozenset[str]
    audit_pages: AuditService | None = None

    async def list_displays(self, in_thread: Callable[..., Any]) -> dict[str, Any]:
        """The screens that wait, the walls, and the newest acts; ``acts`` is None while the audit log cannot be read."""
        found = await self.service.list_displays()
        rows = await in_thread(self.audit_pages.find_newest, "paired", RECENT_ACTS) if self.audit_pages else None
        acts = None if rows is None else [{"time_ms": row.time_ms, "by": row.name, "what": row.what} for row in rows]
        return msgspec.structs.asdict(found) | {"acts": acts}

    async def find_code(self, code: str) -> ScreenView:
        """The screen that shows a code. Raises Refused, Locked."""
        return await self.service.find_code(code, self.viewer.account)

    async def approve(self, asked: DisplayApproval, in_thread: Callable[..., Any]) -> ScreenView:
        """The screen with a code gets its board. Raises Refused, Locked."""
        approval = self.service.make_approval(asked, self.boards, self.viewer)
        screen = await self.find_code(asked.code)
        what = f"approve {screen.id}: {approval.location}, {approval.board}"
        await in_thread(self.log.write_act, "paired", what)
        return await self.service.approve(asked.code, approval)

    async def refuse(self, code: str, in_thread: Callable[..., Any]) -> ScreenView:
        """The screen with a code is none of the centre's. Raises Refused, Locked."""
        screen = await self.find_code(code)
        await in_thread(self.log.write_act, "paired", f"refuse {screen.id}")
        return await self.service.refuse(code, self.viewer.account)

    async def revoke(self, display_id: str, in_thread: Callable[..., Any]) -> WallView:
        """Ends a wall. Raises Refused."""
        wall = await self.service.find_wall(display_id)
        await in_thread(self.log.write_act, "paired", f"revoke {wall.id}: {wall.location}, {wall.board}")
        return await self.service.revoke(display_id, self.viewer.name)
