"""The user of this machine who runs a command, as an account: ``os:gu.ming``. Behind sudo stands who called it.

Linux keeps the user who signed in to the machine (``loginuid``), whoever that user becomes later; no variable can change it.
"""

import os
import pwd
from pathlib import Path
from typing import NamedTuple

_LOGIN = Path("/proc/self/loginuid")
_NOBODY = 2**32 - 1
"""A process that no sign-in started: a service, a container."""
PREFIX = "os:"


class OsUser(NamedTuple):
    """``account`` for records; ``name`` names both users where a command runs as another one: ``root, signed in as gu.ming``."""

    account: str
    name: str


def os_user(uid: int | None = None, login: Path = _LOGIN) -> OsUser:
    """The user of this process. ``uid`` and ``login`` say otherwise in tests."""
    uid = os.geteuid() if uid is None else uid
    user, caller = _name(uid), _login_uid(login)
    return OsUser(f"{PREFIX}{user}", user if caller in (None, uid) else f"{user}, signed in as {_name(caller)}")


def _login_uid(login: Path) -> int | None:
    """None where nobody signed in, or the system does not say."""
    try:
        uid = int(login.read_text())
    except (OSError, ValueError):
        return None
    return None if uid == _NOBODY else uid


def _name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:  # a container may run under a number that has no name
        return str(uid)
