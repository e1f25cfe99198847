"""Who acts, and what is answered where he may not."""

import re

UNVERIFIED = "unverified:"
LONGEST_NAME = 200
_JOINERS = re.compile(r"(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])")
"""Between two letters of Persian or Hindi, or two halves of an emoji, they are a part of how it is written."""


class Refused(Exception):
    """What was asked may not be; ``status`` as in HTTP, ``word`` for programs, the message for people."""

    def __init__(self, status: int, word: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.word = word


def person(id: str) -> str:
    """The name under which an acting person is kept while there is no sign-in. Raises Refused: that is no name."""
    if len(id) > LONGEST_NAME:
        raise Refused(400, "nobody", f"who acts has at most {LONGEST_NAME} characters")
    # Else one person could go by several names, and past what is refused to him.
    if id != id.strip() or not _JOINERS.sub("", id).isprintable() or id.startswith(UNVERIFIED):
        raise Refused(
            400, "nobody", f"{id!r} names nobody: no spaces around it, no control characters, no {UNVERIFIED}"
        )
    return f"{UNVERIFIED}{id}"


def plain(name: str) -> str:
    """The mirror of ``person``."""
    return name.removeprefix(UNVERIFIED)
