"""httpx for tests: the same calls, with the patience of `tests.waiting`; httpx itself gives up after five seconds."""

from functools import partial

import httpx

from tests.waiting import PATIENCE_S

get = partial(httpx.get, timeout=PATIENCE_S)
post = partial(httpx.post, timeout=PATIENCE_S)
head = partial(httpx.head, timeout=PATIENCE_S)
stream = partial(httpx.stream, timeout=PATIENCE_S)
