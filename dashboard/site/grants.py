"""The grants of an account: what access.csv gives it, and the groups it is in, at one moment."""

from collections.abc import Collection

from dashboard.site.load import Site
from dashboard.site.types import Grant


def grants_of(site: Site, account: str, groups: Collection[str], now_ms: int) -> tuple[Grant, ...]:
    """The grants in force of an account in these groups, in the order of the list. Names are compared as they are written."""
    return tuple(grant for grant in site.grants if grant.is_of(account, groups) and grant.holds(now_ms))
