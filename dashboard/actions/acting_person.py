"""The name under which an acting person is recorded, and the refusal of what a person may not do."""

import re

UNVERIFIED = "unverified:"
LONGEST_NAME = 200
_JOINERS = re.compile(r"(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])")
"""Joiners between two letters of Persian or Hindi, or two halves of an emoji, belong to how the name is written."""


class Refused(Exception):
    """The request is not allowed; ``status`` as in HTTP, ``word`` for programs, the message for people."""

    def __init__(self, status: int, word: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.word = word


def person(id: str) -> str:
    """The recorded name of an acting person while there is no sign-in. Raises Refused: that is no name."""
    if len(id) > LONGEST_NAME:
        raise Refused(400, "nobody", f"who acts has at most {LONGEST_NAME} characters")
    # Otherwise one person could act under several names and get past what is refused to them.
    if id != id.strip() or not _JOINERS.sub("", id).isprintable() or id.startswith(UNVERIFIED):
        raise Refused(
            400, "nobody", f"{id!r} names nobody: no spaces around it, no control characters, no {UNVERIFIED}"
        )
    return f"{UNVERIFIED}{id}"


def plain(name: str) -> str:
    """The id of a recorded name: the mirror of ``person``."""
    return name.removeprefix(UNVERIFIED)
