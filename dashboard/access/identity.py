"""The person behind a sign-in, as the session keeps them. What they may do is decided at every request, by their grants."""

import msgspec


class Identity(msgspec.Struct, frozen=True):
    """The account that signed in.

    ``account``: "local:gu.ming", "oidc:<sub>" (one issuer per site), "os:<user>" or "demo:<role>"; the only field that is
    compared. ``name`` is for the screen. ``agent``: the id of the roster, by a claim of the provider or the file of accounts,
    never by the spelling of the account. ``groups`` are the provider's; a row of access.csv may name one.
    ``provider_session``: the provider's ``sid``, by which it signs a person out.
    """

    account: str
    name: str
    agent: str | None = None
    groups: tuple[str, ...] = ()
    provider_session: str | None = None
