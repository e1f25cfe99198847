"""What people send: the bodies of the routes by which they act."""

from typing import Annotated

import msgspec

from dashboard.actions.appeal_messages import Ruling
from dashboard.actions.feedback_service import FeedbackRequest
from dashboard.actions.flag_actions import Acting
from dashboard.actions.flag_standing import STATES

__all__ = ["STATES", "Acting", "AppealFiling", "AppealRuling", "DemoSignIn", "FeedbackRequest", "ReplayRequest"]
APPEAL_STATES = ("open", "granted", "refused")


class AppealFiling(msgspec.Struct, frozen=True):
    """The body of POST /appeals. ``ref``: the id of a complaint, evaluation or conduct record, or a closed month."""

    ref: str
    text: Annotated[str, msgspec.Meta(max_length=500)] = ""


class AppealRuling(msgspec.Struct, frozen=True):
    """The body of POST /decisions."""

    ref: str
    decision: str
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""
    score: float | None = None
    agent: str | None = None

    @property
    def ruling(self) -> Ruling:
        """The decision itself."""
        return Ruling(self.decision, self.reason, self.score)


class ReplayRequest(msgspec.Struct, frozen=True):
    """The body of POST /letters: the reason of the letters; none: every letter that may be sent again."""

    reason: str | None = None


class DemoSignIn(msgspec.Struct, frozen=True):
    """The body of POST /demo/sign-in: a role, of a lead the team, of an agent their id."""

    role: str
    team: str | None = None
    agent: str | None = None
