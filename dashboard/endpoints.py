"""Settings by name -> how Kafka and Redis are reached. What does not fit together is refused here, before anything connects."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from streams.kafka_log.kafka_endpoint import MECHANISMS, SECURITIES, KafkaEndpoint
from streams.kafka_log.oauth_tokens import OAuthTokens
from streams.security import BadSecret, BadTls, Secret, TlsFiles
from streams.store.redis_endpoint import RedisEndpoint

Values = Mapping[str, str]
_TLS = ("ca", "cert", "key", "key-password-file")
_OAUTH = tuple(f"kafka-oauth-{name}" for name in ("token-url", "client", "secret-file", "scope", "extensions"))
_PASSWORD = ("kafka-user", "kafka-password-file")


def kafka_endpoint(values: Values, secrets: Values) -> KafkaEndpoint:
    """``secrets``: what stands in the environment instead of a file, by the setting of the file. Raises ValueError."""
    security, mechanism = values["kafka-security"].upper(), values["kafka-mechanism"].upper()
    _require_one_of("kafka-security", security, SECURITIES)
    given = {name for name in values if values[name] or secrets.get(name)}
    endpoint = KafkaEndpoint(values["kafka"], security, mechanism, values["kafka-user"])
    if not endpoint.signs_in:
        _refuse(given, ("kafka-mechanism", *_PASSWORD, *_OAUTH), "SASL_SSL", security)
    if not endpoint.uses_tls:
        others = "SASL_SSL" if endpoint.signs_in else "SSL"
        _refuse(given, [f"kafka-{name}" for name in _TLS], others, security)
    if endpoint.signs_in:
        _require_one_of("kafka-mechanism", mechanism, MECHANISMS)
        _require(given, _OAUTH[:3] if mechanism == "OAUTHBEARER" else _PASSWORD, mechanism)
        unused = _PASSWORD if mechanism == "OAUTHBEARER" else _OAUTH
        _refuse_unused(given, unused, f"with kafka-mechanism {mechanism}")
    tls = _tls("kafka", values, secrets)
    password = _secret("kafka-password-file", values, secrets)
    tokens = _tokens(values, secrets, tls) if mechanism == "OAUTHBEARER" else None
    return KafkaEndpoint(values["kafka"], security, mechanism, values["kafka-user"], password, tls, tokens)


def redis_endpoint(values: Values, secrets: Values) -> RedisEndpoint:
    """As kafka_endpoint. Raises ValueError."""
    found = RedisEndpoint(values["redis"])
    given = {name for name in values if values[name] or secrets.get(name)}
    if not found.uses_tls:
        _refuse_unused(given, [f"redis-{name}" for name in _TLS], "without TLS: write rediss:// in the setting redis")
    if not found.by_sentinel:
        names = ("redis-sentinel-user", "redis-sentinel-password-file")
        _refuse_unused(given, names, "without Sentinels: write redis+sentinel:// in the setting redis")
    return replace(
        found,
        user=values["redis-user"],
        password=_secret("redis-password-file", values, secrets),
        tls=_tls("redis", values, secrets),
        sentinel_user=values["redis-sentinel-user"],
        sentinel_password=_secret("redis-sentinel-password-file", values, secrets),
    )


def _tls(side: str, values: Values, secrets: Values) -> TlsFiles:
    password = _secret(f"{side}-key-password-file", values, secrets)
    found = TlsFiles(values[f"{side}-ca"], values[f"{side}-cert"], values[f"{side}-key"], password)
    if found.key and not found.cert:
        raise ValueError(f"{side}-key: a key is of use only with its certificate: set {side}-cert")
    if found:
        try:
            found.context()
        except BadTls as error:
            raise ValueError(f"{side}-{error}") from error
    return found


def _secret(name: str, values: Values, secrets: Values) -> Secret:
    found = Secret(file=values[name]) if values[name] else Secret(value=secrets.get(name, ""))
    try:
        found.read()
    except BadSecret as error:
        raise ValueError(f"{name}: {error}") from error
    return found


def _tokens(values: Values, secrets: Values, tls: TlsFiles) -> OAuthTokens:
    url = values["kafka-oauth-token-url"]
    if urlsplit(url).scheme not in ("https", "http") or not urlsplit(url).hostname:
        raise ValueError(f"kafka-oauth-token-url: {url!r} is no URL such as https://login.example.com/oauth2/token")
    return OAuthTokens(
        url,
        values["kafka-oauth-client"],
        _secret("kafka-oauth-secret-file", values, secrets),
        scope=values["kafka-oauth-scope"],
        extensions=_extensions(values["kafka-oauth-extensions"]),
        tls=TlsFiles(ca=tls.ca),
    )


def _extensions(text: str) -> dict[str, str]:
    pairs = [pair.strip().partition("=") for pair in text.split(",") if pair.strip()]
    for name, equals, value in pairs:
        if not (name.isalpha() and equals and value):
            raise ValueError(f"kafka-oauth-extensions: {text!r} is not name=value, several with commas between")
    return {name: value for name, _, value in pairs}


def _require_one_of(name: str, value: str, allowed: Iterable[str]) -> None:
    if value not in allowed:
        given = repr(value) if value else "not set"
        raise ValueError(f"{name}: {given}; it is one of {', '.join(allowed)}")


def _require(given: set[str], names: Iterable[str], mechanism: str) -> None:
    if missing := [name for name in names if name not in given]:
        raise ValueError(f"{' and '.join(missing)}: not set, and a sign-in by {mechanism} needs it")


def _refuse(given: set[str], names: Iterable[str], instead: str, security: str) -> None:
    _refuse_unused(given, names, f"with kafka-security {security}: set it to {instead}")


def _refuse_unused(given: set[str], names: Iterable[str], why: str) -> None:
    """A password that is not used, or a CA nothing is checked against, is a mistake that would be found late."""
    if unused := [name for name in names if name in given]:
        raise ValueError(f"{' and '.join(unused)}: of no use {why}")
