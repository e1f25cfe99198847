"""The names of accounts in answers: who decided, filed or wrote is shown by the name of access.csv, where it has one."""

import re
from collections.abc import Iterable

import msgspec

from dashboard.site.types import Grant

_PERSON = re.compile(rb'("(?:by|decided_by|filed_by|approved_by)":)("(?:[^"\\]|\\.)*")')
"""A field of a person in compact JSON. A quote inside of a text is escaped there, so no text looks like one."""


def name_accounts(raw: bytes, grants: Iterable[Grant]) -> bytes:
    """JSON with recorded accounts -> the same with their names. Agents, and accounts without a name, stay as they are."""
    names = {
        msgspec.json.encode(grant.account): msgspec.json.encode(grant.name)
        for grant in grants
        if grant.account and grant.name
    }
    return _PERSON.sub(lambda found: found[1] + names.get(found[2], found[2]), raw) if names else raw
