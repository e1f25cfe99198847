"""A real Kafka with TLS, sign-in and ACLs: one broker that listens in every way a client may be asked to come in."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ResourcePattern,
    ResourceType,
    UserScramCredentialUpsertion,
)

from streams.kafka_log.kafka_endpoint import KafkaEndpoint
from streams.kafka_log.topics import connect
from streams.security import Secret, TlsFiles
from streams.simulator.embedded import free_port
from tests.services.certificates import Authority, Signed
from tests.services.kafka import KafkaServer

PASSWORD = "s3cret=,word"
"""Of every user. The comma and the sign are such that a client may get them wrong."""
LISTENERS = {
    "TLS": "SSL",
    "MUTUAL": "SSL",
    "EXPIRED": "SSL",
    "OTHER": "SSL",
    "SIGNED": "SASL_SSL",
    "CLEAR": "SASL_PLAINTEXT",
    "ASTRAY": "PLAINTEXT",
}
"""EXPIRED and OTHER have a certificate that is over, and one of another host; of ASTRAY Kafka names a port where nothing is."""
SCRAMS = ("SCRAM-SHA-256", "SCRAM-SHA-512")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER")
_MODULES = "org.apache.kafka.common.security"
_MODULE = {
    "PLAIN": f'{_MODULES}.plain.PlainLoginModule required user_kim="{PASSWORD}" user_eve="{PASSWORD}";',
    "SCRAM-SHA-256": f"{_MODULES}.scram.ScramLoginModule required;",
    "SCRAM-SHA-512": f"{_MODULES}.scram.ScramLoginModule required;",
    "OAUTHBEARER": f"{_MODULES}.oauthbearer.OAuthBearerLoginModule required;",
}
_SECURED = """
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
ssl.keystore.type=PEM
ssl.truststore.type=PEM
ssl.truststore.location={ca}
ssl.keystore.location={server}
ssl.endpoint.identification.algorithm=
listener.name.mutual.ssl.client.auth=required
listener.name.expired.ssl.keystore.type=PEM
listener.name.expired.ssl.keystore.location={expired}
listener.name.other.ssl.keystore.type=PEM
listener.name.other.ssl.keystore.location={other}
listener.name.signed.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER
listener.name.signed.oauthbearer.connections.max.reauth.ms=4000
listener.name.signed.scram-sha-512.connections.max.reauth.ms=4000
listener.name.clear.sasl.enabled.mechanisms=SCRAM-SHA-512
inter.broker.listener.name=PLAINTEXT
"""


class SecuredKafka(KafkaServer):
    """One broker; who comes in by the plain listener may do everything, who comes in by another what ACLs say."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self._ports = {name: free_port() for name in LISTENERS}
        super().__init__(folder)

    def _properties(self) -> str:
        sign = self.authority.sign
        files: dict[str, Signed] = {
            "server": sign("server", ("localhost",)),
            "expired": sign("expired", ("localhost",), lasts=-timedelta(hours=1)),
            "other": sign("other", ("kafka.example",)),
        }
        plain = super()._properties()
        lines = [self._more(line) for line in plain.splitlines()]
        lines += _SECURED.format(
            ca=self.authority.ca, **{name: found.both for name, found in files.items()}
        ).splitlines()
        lines += [f"listener.name.signed.{m.lower()}.sasl.jaas.config={_MODULE[m]}" for m in MECHANISMS]
        lines += [f"listener.name.clear.scram-sha-512.sasl.jaas.config={_MODULE['SCRAM-SHA-512']}"]
        return "\n".join(lines)

    def _more(self, line: str) -> str:
        """A line of the plain broker's settings with our listeners besides."""
        name, _, value = line.partition("=")
        if name == "listeners":
            value += "".join(f",{each}://127.0.0.1:{port}" for each, port in self._ports.items())
        elif name == "advertised.listeners":
            value += "".join(f",{each}://localhost:{port}" for each, port in self._advertised().items())
        elif name == "listener.security.protocol.map":
            value += "".join(f",{each}:{security}" for each, security in LISTENERS.items())
        return f"{name}={value}" if name else line

    def _advertised(self) -> dict[str, int]:
        return self._ports | {"ASTRAY": 1}

    def address(self, listener: str) -> str:
        """host:port of a listener by its name."""
        return f"localhost:{self._ports[listener]}"

    def endpoint(
        self, listener: str = "SIGNED", user: str = "", mechanism: str = "SCRAM-SHA-512", **more: Any
    ) -> KafkaEndpoint:
        """How ``user`` comes in by a listener."""
        security = LISTENERS[listener]
        given: dict[str, Any] = {"security": security}
        if security.startswith("SASL"):
            given |= {"mechanism": mechanism, "user": user, "password": Secret(value=PASSWORD)}
        if security.endswith("SSL"):
            given["tls"] = TlsFiles(ca=str(self.authority.ca))
        return KafkaEndpoint(self.address(listener), **(given | more))

    @contextmanager
    def admin(self) -> Iterator[KafkaAdminClient]:
        """A client that may do everything."""
        with closing(connect(KafkaAdminClient, self.bootstrap)) as admin:
            yield admin

    def add_user(self, name: str, password: str = PASSWORD) -> None:
        """A user with both kinds of SCRAM, or another password for one."""
        with self.admin() as admin:
            for mechanism in SCRAMS:  # Kafka takes one of a user at a time
                found = admin.alter_user_scram_credentials([UserScramCredentialUpsertion(name, mechanism, password)])
                assert found == {name: None}, found

    def allow(self, user: str, *rights: tuple[ACLOperation, ResourceType, str]) -> None:
        """Gives rights."""
        with self.admin() as admin:
            assert not admin.create_acls([_acl(user, *right) for right in rights])["failed"]

    def forbid(self, user: str, operation: ACLOperation, kind: ResourceType, name: str) -> None:
        """Takes a right away by forbidding it."""
        with self.admin() as admin:
            assert not admin.create_acls([_acl(user, operation, kind, name, ACLPermissionType.DENY)])["failed"]


def _acl(
    user: str,
    operation: ACLOperation,
    kind: ResourceType,
    name: str,
    permission: ACLPermissionType = ACLPermissionType.ALLOW,
) -> ACL:
    return ACL(f"User:{user}", "*", operation, permission, ResourcePattern(kind, name))


@pytest.fixture(scope="session")
def secured_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """A running broker for the whole session."""
    server = SecuredKafka(tmp_path_factory.mktemp("secured-kafka"))
    try:
        server.start()
        server.add_user("kim")
        yield server
    finally:
        server.stop()
