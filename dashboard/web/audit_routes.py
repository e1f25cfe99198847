"""The routes of the audit log for auditors: its page as JSON, the check of its chains, and rows as a file. Instants are ms."""

from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.audit_page import AuditQuestion
from dashboard.access.door import Door
from dashboard.web.errors import json_response
from dashboard.web.json_api import answer
from dashboard.web.thread_pools import pools_of

FILTERS = "date from kind account person"


async def read_audit(request: Request, door: Door) -> Response:
    """?date=|from=&kind=&account=&person=&agent=: the newest 500 rows, their number by kind, and the state of the chains."""
    return await answer(request, door.read_audit, _question(request))


async def verify_audit(request: Request, door: Door) -> Response:
    """Begins a check of the chains, unless one runs: 202 with their state."""
    return json_response(door.verify_audit(), 202)


async def export_audit(request: Request, door: Door) -> Response:
    """?date=|from=&kind=&account=&person=: JSON lines, the rows as the log has them and at the end the heads of its chains."""
    export = await pools_of(request).reads.run(door.export_audit, _question(request))
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{export.name}"'}
    return Response(export.content, headers=headers, media_type="application/jsonl")


def _question(request: Request) -> AuditQuestion:
    asked = request.query_params
    return AuditQuestion(
        date=asked.get("date"),
        since=asked.get("from"),
        kind=asked.get("kind"),
        account=asked.get("account"),
        person=asked.get("person"),
        agent=asked.get("agent"),
    )
