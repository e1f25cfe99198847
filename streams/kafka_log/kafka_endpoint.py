"""The endpoint of Kafka: its brokers, and how a client signs in. One value for every client of a process."""

from dataclasses import dataclass, field

from streams.kafka_log.oauth_tokens import OAuthTokens
from streams.security import Secret, TlsFiles

SECURITIES = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER")


@dataclass(frozen=True)
class KafkaEndpoint:
    """``servers``: host:port of one broker or more, with commas between. ``security`` and ``mechanism`` as Kafka names them."""

    servers: str
    security: str = "PLAINTEXT"
    mechanism: str = ""
    user: str = ""
    password: Secret = Secret()
    tls: TlsFiles = TlsFiles()
    tokens: OAuthTokens | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return self.servers

    @property
    def uses_tls(self) -> bool:
        return self.security.endswith("SSL")

    @property
    def signs_in(self) -> bool:
        return self.security.startswith("SASL")

    @property
    def principal(self) -> str:
        """The client's name in Kafka, in words."""
        if self.tokens:
            return f"OAuth client {self.tokens.client!r}"
        if self.signs_in:
            return f"user {self.user!r}"
        return f"the client of certificate {self.tls.cert}" if self.uses_tls and self.tls.cert else "this client"


Kafka = KafkaEndpoint | str
"""A plain host:port list stands for brokers without TLS and sign-in, such as the demo's."""


def endpoint_of(kafka: Kafka) -> KafkaEndpoint:
    """The endpoint itself, or that of a plain list."""
    return kafka if isinstance(kafka, KafkaEndpoint) else KafkaEndpoint(kafka)
