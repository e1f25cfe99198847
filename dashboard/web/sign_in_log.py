"""Rows of the audit log about who signed in, who signed out, and who was refused at the sign-in."""

import logging
from dataclasses import dataclass

from starlette.requests import Request

from dashboard.access.audit_log import AuditAway, AuditLog
from dashboard.access.identity import Identity
from dashboard.access.sign_in import SignInService
from dashboard.access.viewer import Viewer
from dashboard.access.viewer_log import Origin, ViewerLog
from dashboard.web.web_address import address_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SignInLog:
    """The rows of the sign-in of one worker."""

    audit: AuditLog
    sign_in: SignInService

    def note_sign_in(self, request: Request, identity: Identity, what: str = "") -> None:
        """Somebody is about to get a session, or to confirm one. Raises AuditAway: then they must not."""
        self._log_of(request, self.sign_in.viewer_of(identity)).note_signed("signed_in", what)

    def note_no_role(self, request: Request, identity: Identity) -> None:
        """Somebody proved who they are, and may see nothing. Raises AuditAway."""
        self._log_of(request, self.sign_in.viewer_of(identity)).note_signed("denied", "no_role")

    def note_sign_out(self, request: Request, viewer: Viewer) -> None:
        """Somebody signed out, which no log can keep them from."""
        try:
            self._log_of(request, viewer).note_signed("signed_out")
        except AuditAway as away:
            log.warning("%s signed out, and the audit log has no row of it: %s", viewer.account, away)

    def note_wrong_password(self, request: Request, account: str) -> None:
        """Somebody was refused who called themselves by an account. Raises AuditAway.

        The sign-in limits how often somebody tries. Whoever is locked out gets no row: it would fill the log.
        """
        # What was typed may be a password, so the log has names that exist alone.
        named = account if self.sign_in.is_account(account) else ""
        self._log_of(request, Viewer(f"local:{named or '?'}", named)).note_signed("denied", "wrong_password")

    def _log_of(self, request: Request, viewer: Viewer) -> ViewerLog:
        return ViewerLog(self.audit, viewer, Origin(request.url.path, address_of(request)))
