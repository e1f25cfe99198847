"""The projects of today, each for its client and its walls: its own sums, campaigns and queues, and no person.

The sums come from the project's own line (docs/rules.md 2); nothing of another project, of the floor or of a team is in them.
Where fewer people work on a project than a sum may have behind it, its figures are null and its lists are empty.
"""

from collections.abc import Sequence
from typing import NamedTuple

from dashboard.board.frame_types import QueueFigures
from dashboard.board.json_numbers import DECIMALS
from dashboard.board.queues_view import queue_figures
from dashboard.board.rollup_types import CampaignFigures, ProjectFigures
from dashboard.floor.allowed_teams import AllowedTeams
from dashboard.floor.partition_follower import Follower
from dashboard.floor.projects import project_now
from dashboard.floor.tick_facts import TickFacts
from dashboard.site.load import Site
from dashboard.site.types import Project

SMALL = "small_team"


class ProjectView(NamedTuple):
    """One project at one moment: the fields of its frame."""

    project: ProjectFigures
    campaigns: list[CampaignFigures]
    queues: list[QueueFigures]


def project_views(
    followers: Sequence[Follower], site: Site, facts: TickFacts, campaigns: Sequence[CampaignFigures]
) -> dict[str, ProjectView]:
    """By id; ``campaigns``: those of the site that run today."""
    lines = facts.lines
    if not site.projects:
        return {}
    allowed = AllowedTeams(site, {team.id: len(rows) for team, rows in zip(lines.teams, lines.members, strict=True)})
    found = {}
    for project in site.projects:
        if not allowed.is_enough("project", project.id):
            found[project.id] = ProjectView(_withheld(project), [], [])
            continue
        found[project.id] = ProjectView(
            _figures(followers, project, facts),
            [each for each in campaigns if each.id in project.campaigns],
            [queue_figures(each, lines) for each in facts.queues if each.id in project.queues],
        )
    return found


def _figures(followers: Sequence[Follower], project: Project, facts: TickFacts) -> ProjectFigures:
    """A figure that no source reports is None."""
    now, known = project_now(followers, project), facts.reported
    quality, satisfied = now.mean_quality, now.satisfied_share
    return ProjectFigures(
        id=project.id,
        name=project.name,
        name_en=project.name_en,
        handled=now.handled if known.calls else None,
        offered=now.offered if known.calls else None,
        abandoned=now.abandoned if known.calls else None,
        complaints=now.complaints if known.complaints else None,
        score=None if quality is None else round(quality, 1),
        scored=now.evaluations if known.evaluations else None,
        csat=None if satisfied is None else round(satisfied, DECIMALS),
        answered=now.surveys_answered if known.surveys else None,
        reason=None,
    )


def _withheld(project: Project) -> ProjectFigures:
    nothing = dict.fromkeys(("handled", "offered", "abandoned", "complaints", "score", "scored", "csat", "answered"))
    return ProjectFigures(id=project.id, name=project.name, name_en=project.name_en, **nothing, reason=SMALL)
