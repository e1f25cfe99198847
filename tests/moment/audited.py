"""What the audit log has of the day of the moment: who looked, acted and was refused."""

from dashboard.access.audit_rows import AuditEntry, Kind
from dashboard.site.load import Site
from tests.dashboard.running import AuditInMemory
from tests.moment.when import Still, at

_ROWS: tuple[tuple[str, str, Kind, str | None, str | None, str, str], ...] = (
    ("08:52:10", "顾明", "signed_in", None, None, "", "/sign-in"),
    ("08:58:41", "周岚", "signed_in", None, None, "", "/sign-in"),
    ("08:58:44", "周岚", "watched", None, "dawn", "team:dawn", "/stream"),
    ("09:31:20", "白川", "paired", None, None, "approve D-05B0: 呼入区, main", "/displays/approve"),
    ("10:58:26", "俞敏", "viewed_person", "8107", None, "", "/appeals"),
    ("11:20:41", "韩静", "viewed_person", "8100", None, "", "/explain"),
    ("11:36:02", "俞敏", "decided", "8107", None, "overturned C-20463", "/decisions"),
    ("12:47:19", "顾明", "watched", None, None, "wall:main/people", "/stream"),
    ("13:05:30", "周岚", "set", "8101", None, "feedback.given", "/feedback"),
    ("13:22:08", "白川", "denied", None, None, "", "/team/dawn"),
    ("13:40:12", "周岚", "viewed_person", "8112", None, "", "/explain"),
    ("13:50:02", "顾明", "set", None, None, "flag.acknowledged review-8101-20261123", "/flags"),
    ("13:58:44", "宋怡", "viewed_person", "8101", None, "", "/explain"),
    ("14:05:10", "俞敏", "viewed_person", "8100", None, "", "/appeals"),
    ("14:18:51", "潘云", "denied", "8100", None, "not_found", "/explain"),
    ("14:25:33", "周岚", "viewed_person", "8100", None, "", "/explain"),
    ("14:29:40", "周岚", "viewed_person", "8101", None, "", "/explain"),
)


def write_rows(audit: AuditInMemory, site: Site, clock: Still) -> None:
    """Writes the day, each row at its time; the clock stands afterwards where it stood."""
    accounts = {grant.name: grant.account for grant in site.grants}
    now_ms = clock.now_ms
    for time, name, kind, whom, team, what, where in _ROWS:
        clock.now_ms = at(time)
        account = accounts.get(name) or f"local:{name}"
        audit.write_act(
            AuditEntry(
                account=account,
                name=name,
                kind=kind,
                whom=whom,
                team=team,
                what=what,
                where=where,
                address="10.20.4.12",
            )
        )
    clock.now_ms = now_ms
