"""What one viewer does, as rows of the audit log: whom they look at, what they do, and what they are refused.

Sums of eight people and more have no row: nobody is looked at in them.
"""

from dataclasses import dataclass
from typing import NamedTuple

from dashboard.access.audit_log import AuditLog
from dashboard.access.audit_rows import AuditEntry, Kind
from dashboard.access.viewer import Viewer
from dashboard.board.topics import ROLLUP, TEAM_TOPICS, WALL

_LONGEST = 200
"""A row has so many characters of an address or a word at most: it stays for a year."""


class Origin(NamedTuple):
    """Where a request goes to, a route or a page, and the address that it comes from."""

    where: str = ""
    address: str | None = None


@dataclass(frozen=True)
class ViewerLog:
    """Notes raise AuditAway where the log is full: then nothing may be shown."""

    log: AuditLog
    viewer: Viewer
    origin: Origin

    def note_person(self, agent: str) -> None:
        """They look at an agent."""
        self.log.note_read(self._entry("viewed_person", whom=agent))

    def note_people(self, what: str, team: str | None = None) -> None:
        """They look at the agents of a team, or at a list with agents of several."""
        self.log.note_read(self._entry("watched", what, team=team))

    def note_topic(self, topic: str) -> None:
        """They read a topic of live numbers; one without people has no row."""
        kind, _, id = topic.partition(":")
        if kind in TEAM_TOPICS:
            self.note_people(f"team:{id}", id)
        elif kind == ROLLUP and id:
            self.note_people(topic, id)
        elif kind == WALL and "/" in id:
            self.note_people(topic)

    def note_denied(self, what: str = "", whom: str | None = None) -> None:
        """They asked for what is not theirs, or is not there; ``what``: the word of the refusal.

        Raises Refused, where they did so too often.
        """
        self.log.note_denied(self._entry("denied", what, whom))

    def note_signed(self, kind: Kind, what: str = "") -> None:
        """They signed in or out, or tried to."""
        self.log.note_read(self._entry(kind, what))

    def write_act(self, kind: Kind, what: str, whom: str | None = None) -> None:
        """They are about to do something. It waits for Kafka. Raises AuditAway: then it must not happen."""
        self.log.write_act(self._entry(kind, what, whom))

    def _entry(self, kind: Kind, what: str = "", whom: str | None = None, team: str | None = None) -> AuditEntry:
        return AuditEntry(
            account=self.viewer.account,
            name=self.viewer.name,
            agent=self.viewer.agent,
            kind=kind,
            where=self.origin.where[:_LONGEST],
            address=self.origin.address,
            what=what[:_LONGEST],
            whom=whom,
            team=team,
        )
