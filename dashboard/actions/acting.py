"""Who acts, and what is answered where he may not."""

UNVERIFIED = "unverified:"
LONGEST_NAME = 200


class Refused(Exception):
    """What was asked may not be; ``status`` as in HTTP, ``word`` for programs, the message for people."""

    def __init__(self, status: int, word: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.word = word


def person(id: str) -> str:
    """The name under which an acting person is kept while there is no sign-in. Raises Refused: no name is that long."""
    if len(id) > LONGEST_NAME:
        raise Refused(400, "nobody", f"who acts has at most {LONGEST_NAME} characters")
    return f"{UNVERIFIED}{id}"


def plain(name: str) -> str:
    """The mirror of ``person``."""
    return name.removeprefix(UNVERIFIED)
