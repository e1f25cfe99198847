"""The sums of a project today, for its client: calls, complaints, mean quality and satisfaction, from its own lines alone.

Lines of its campaigns and queues overlap and are not added up (docs/rules.md 2). No person is in them.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from dashboard.floor.partition_follower import PROJECT, Follower
from dashboard.site.types import Project
from streams.metrics import COUNT, INDEX, NAMES


class ProjectNow(NamedTuple):
    """One project. Counts are those of today; a mean or a share over nothing is None."""

    id: str
    handled: int
    offered: int
    """Inbound calls that were answered or abandoned."""
    abandoned: int
    complaints: int
    """Pending and confirmed."""
    evaluations: int
    evaluation_points: int
    """The sum of their scores, in hundredths of 0-100."""
    surveys_answered: int
    surveys_satisfied: int

    @property
    def mean_quality(self) -> float | None:
        """The mean evaluation, 0-100."""
        return self.evaluation_points / self.evaluations / 100 if self.evaluations else None

    @property
    def satisfied_share(self) -> float | None:
        """Satisfied / answered surveys (CSAT)."""
        return self.surveys_satisfied / self.surveys_answered if self.surveys_answered else None


def project_now(followers: Iterable[Follower], project: Project) -> ProjectNow:
    """Every partition -> the sums of one project on the day that they follow."""
    line, row = PROJECT + project.id, np.zeros(COUNT, np.int64)
    for follower in followers:
        if line in follower.views.lines:
            row = row + follower.views.rows[follower.views.lines.index(line)]
    sums = dict(zip(NAMES, row.tolist(), strict=True))
    complaints = sums["complaints_pending"] + sums["complaints_confirmed"]
    return ProjectNow(project.id, complaints=complaints, **{name: sums[name] for name in _SUMS})


_SUMS = tuple(name for name in ProjectNow._fields if name in INDEX)
