"""A password or another secret: from a file or as it is; never printed."""

from dataclasses import dataclass, field
from pathlib import Path


class BadSecret(ValueError):
    """A secret that cannot be read; the message names the file and never holds what is in it."""


@dataclass(frozen=True)
class Secret:
    """``file`` is read whenever the secret is needed, so that a new one is used without a restart; or ``value`` itself."""

    file: str = ""
    value: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.file or self.value)

    def read(self) -> str:
        """The secret; of a file the first line. "" where there is none. Raises BadSecret."""
        if not self.file:
            return self.value
        try:
            lines = Path(self.file).read_text("utf-8-sig").splitlines()
        except OSError as error:
            raise BadSecret(f"{self.file} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError:
            raise BadSecret(f"{self.file} is no text: save it as UTF-8") from None
        if not lines or not lines[0]:
            raise BadSecret(f"{self.file} has no secret in its first line")
        return lines[0]
