"""Accounts in answers have the names of access.csv, and nothing else in an answer changes."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.account_names import name_accounts
from dashboard.site.types import Grant

GRANTS = (
    Grant("local:gu.ming", None, "supervisor", None, None, None, None, '顾"明'),
    Grant("oidc:2f1c", None, "quality", None, None, None, None, None),
    Grant(None, "leads", "manager", None, None, None, None, "nobody"),
)
texts = st.text() | st.sampled_from(
    ["local:gu.ming", '"by":"local:gu.ming"', '","by":"local:gu.ming', "agent:8101", "oidc:2f1c"]
)
keys = st.sampled_from(["by", "decided_by", "filed_by", "approved_by", "text", "account"]) | st.text()
values = st.recursive(
    texts | st.none() | st.integers(-99, 99), lambda inner: st.lists(inner) | st.dictionaries(keys, inner)
)


def named(value: Any, key: str = "") -> Any:
    """The same by a walk through the values."""
    if isinstance(value, dict):
        return {name: named(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [named(each) for each in value]
    is_person = key in ("by", "decided_by", "filed_by", "approved_by")
    return '顾"明' if is_person and value == "local:gu.ming" else value


@given(values)
def test_only_fields_of_persons_change(value: Any) -> None:
    assert msgspec.json.decode(name_accounts(msgspec.json.encode(value), GRANTS)) == named(value)


def test_a_decision_shows_the_name_of_who_made_it() -> None:
    decided = {
        "decided_by": "local:gu.ming",
        "text": "by local:gu.ming",
        "actions": [{"by": "agent:8101"}, {"by": "oidc:2f1c"}],
    }
    assert msgspec.json.decode(name_accounts(msgspec.json.encode(decided), GRANTS)) == decided | {"decided_by": '顾"明'}
