"""The grants of an account: what access.csv gives it, and the groups it is in, at one moment."""

import math
from collections.abc import Collection

from dashboard.site.load import Site
from dashboard.site.types import Grant


def grants_of(site: Site, account: str, groups: Collection[str], now_ms: int) -> tuple[Grant, ...]:
    """The grants in force of an account, then those of its groups. Names are compared as they are written.

    It costs the same however long the list is: every request asks.
    """
    holders = [(account, None), *((None, group) for group in dict.fromkeys(groups))]
    found = (grant for holder in holders for grant in site.grants_by_holder.get(holder, ()))
    return tuple(grant for grant in found if grant.holds(now_ms))


def next_change_ms(site: Site, now_ms: int) -> float:
    """When the next grant of the site begins or ends; infinity where none does."""
    moments = (moment for grant in site.grants for moment in (grant.from_ms, grant.to_ms))
    return min((moment for moment in moments if moment is not None and moment > now_ms), default=math.inf)
