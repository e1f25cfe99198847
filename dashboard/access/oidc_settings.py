"""The settings of the identity provider that people sign in by (OpenID Connect)."""

from dataclasses import dataclass

from streams.security import Secret


@dataclass(frozen=True)
class OidcSettings:
    """``issuer``: the provider's URL as its tokens have it. ``client`` and ``secret``: the board at the provider.

    ``agent_claim``: the claim with the agent's id of the roster; ``groups_claim``: the claim with the groups of access.csv.
    ``scope``: several with spaces between, ``openid`` among them. ``ca``: the PEM file with the authority of the provider's
    certificate, "" for those of this machine.
    """

    issuer: str
    client: str
    secret: Secret = Secret()
    agent_claim: str = "employee_number"
    groups_claim: str = "groups"
    scope: str = "openid profile"
    ca: str = ""
