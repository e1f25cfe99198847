"""The acting person, the name under which an act is recorded, and the refusal of what a person may not do.

A person is an account; a person who is also an agent of the roster is recorded by that agent's id, so that the log tells what
the agents themselves did from what others did about them. Ids are compared, never names.
"""

from typing import NamedTuple

_AGENT = "agent:"
_UNVERIFIED = "unverified:"
"""The mark of acts from before there was sign-in: an id that nobody has checked."""


class Refused(Exception):
    """The request is not allowed; ``status`` as in HTTP, ``word`` for programs, the message for people."""

    def __init__(self, status: int, word: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.word = word


class Actor(NamedTuple):
    """A person who acts: the account, the agent whom it belongs to, and the ids of the teams that this person leads now."""

    account: str
    agent: str | None = None
    leads: frozenset[str] = frozenset()

    @property
    def recorded(self) -> str:
        """The name under which an act is recorded: ``agent:<id>`` of an agent, else the account."""
        return self.account if self.agent is None else f"{_AGENT}{self.agent}"

    def is_named(self, recorded: str | None) -> bool:
        """Whether a recorded name is this person's.

        Other systems name people in their own way, so the account without its kind counts too: in doubt it is the same person,
        who then may not decide.
        """
        names = {self.account, self.account.partition(":")[2], self.agent} - {None, ""}
        return recorded is not None and plain(recorded) in names


def plain(recorded: str) -> str:
    """The id of a recorded name: an agent's id, an account, or what another system wrote."""
    return recorded.removeprefix(_UNVERIFIED).removeprefix(_AGENT)
