"""How a process reaches Kafka: the brokers, and how a client is let in. One value for every client of a process."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KafkaEndpoint:
    """``servers``: host:port of one broker or more, with commas between."""

    servers: str

    def __str__(self) -> str:
        return self.servers


Kafka = KafkaEndpoint | str
"""A plain host:port list stands for brokers without TLS and sign-in, such as the demo's."""


def endpoint_of(kafka: Kafka) -> KafkaEndpoint:
    """The endpoint itself, or that of a plain list."""
    return kafka if isinstance(kafka, KafkaEndpoint) else KafkaEndpoint(kafka)
