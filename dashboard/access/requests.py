"""What people send: the bodies of the routes by which they act."""

from typing import Annotated, Literal

import msgspec

from dashboard.access.walls import Pixels
from dashboard.actions.appeal_messages import Ruling
from dashboard.actions.feedback_service import FeedbackRequest
from dashboard.actions.flag_actions import Acting
from dashboard.actions.flag_standing import STATES

__all__ = [
    "STATES",
    "Acting",
    "AppealFiling",
    "AppealRuling",
    "DemoSignIn",
    "DisplayApproval",
    "FeedbackRequest",
    "ReplayRequest",
]
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


class ScreenSize(msgspec.Struct, frozen=True):
    """The body of POST /pair: the size of the screen that asks for a code."""

    width: Pixels
    height: Pixels


class TypedCode(msgspec.Struct, frozen=True):
    """The body of POST /displays/find and /displays/refuse: a code as somebody typed it."""

    code: Annotated[str, msgspec.Meta(max_length=40)]


class DisplayApproval(msgspec.Struct, frozen=True):
    """The body of POST /displays/approve. ``people``: ``alias`` as the board names them, or ``none``."""

    code: Annotated[str, msgspec.Meta(max_length=40)]
    location: Annotated[str, msgspec.Meta(max_length=40)]
    board: str
    people: Literal["alias", "none"] = "alias"


class DisplayRevocation(msgspec.Struct, frozen=True):
    """The body of POST /displays/revoke."""

    display: str
