"""The viewer of a bearer: of the session and the wall whose tokens a browser sent."""

from dashboard.access.display_service import DisplayService
from dashboard.access.sign_in import SignInService
from dashboard.access.viewer import Viewer
from dashboard.live.viewers import Bearer

__all__ = ["Bearer", "find_viewer"]


async def find_viewer(bearer: Bearer, sign_in: SignInService, displays: DisplayService | None) -> Viewer | None:
    """The person of the session, or else the wall; None: nobody is signed in by these tokens.

    Raises BadAccounts, and what Redis raises while it is away.
    """
    viewer = await sign_in.find_viewer(bearer.session or None)
    if displays is None or not bearer.wall or (viewer is not None and viewer.board is None):
        return viewer
    return await displays.find_viewer(bearer.wall, bearer.address) or viewer
