"""httpx for tests: the same calls, with the patience of `tests.waiting`; httpx itself gives up after five seconds.

``who``: the person who asks, by default the user of the machine; None: nobody is signed in.
"""

from collections.abc import Callable
from typing import Any

import httpx

from dashboard.access.identity import Identity
from tests import signing
from tests.waiting import PATIENCE_S


def _patient(call: Callable[..., Any]) -> Callable[..., Any]:
    def ask(url: str, *, who: Identity | None = signing.OPERATOR, headers: Any = None, **more: Any) -> Any:
        return call(url, headers={**signing.headers(url, who), **(headers or {})}, **{"timeout": PATIENCE_S, **more})

    return ask


get = _patient(httpx.get)
post = _patient(httpx.post)
head = _patient(httpx.head)


def stream(method: str, url: str, **more: Any) -> Any:
    """``httpx.stream``, of a person."""
    return _patient(lambda url, **how: httpx.stream(method, url, **how))(url, **more)
