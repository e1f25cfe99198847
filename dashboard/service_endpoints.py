"""The ways to Kafka and to Redis, made of the settings; what does not fit together is refused, and named.

``Values`` are the settings by name. ``secrets`` are what stands in the environment instead of a file, by the setting of the file.
"""

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
    """Brokers, security and sign-in of the settings ``kafka`` and ``kafka-*``. Raises ValueError."""
    security, mechanism = values["kafka-security"].upper(), values["kafka-mechanism"].upper()
    _require_one_of("kafka-security", security, SECURITIES)
    given = {name for name in values if values[name] or secrets.get(name)}
    endpoint = KafkaEndpoint(values["kafka"], security, mechanism, values["kafka-user"])
    why = f"with kafka-security {security}: set it to"
    if not endpoint.signs_in:
        _refuse(given, ("kafka-mechanism", *_PASSWORD, *_OAUTH), f"{why} SASL_SSL")
    if not endpoint.uses_tls:
        _refuse(given, [f"kafka-{name}" for name in _TLS], f"{why} {'SASL_SSL' if endpoint.signs_in else 'SSL'}")
    if endpoint.signs_in:
        _require_one_of("kafka-mechanism", mechanism, MECHANISMS)
        needed, unused = (_OAUTH[:3], _PASSWORD) if mechanism == "OAUTHBEARER" else (_PASSWORD, _OAUTH)
        if missing := [name for name in needed if name not in given]:
            raise ValueError(f"{' and '.join(missing)}: not set, and a sign-in by {mechanism} needs it")
        _refuse(given, unused, f"with kafka-mechanism {mechanism}")
    tls = tls_files("kafka", values, secrets)
    password = read_secret("kafka-password-file", values, secrets)
    tokens = _tokens(values, secrets, tls) if mechanism == "OAUTHBEARER" else None
    return replace(endpoint, password=password, tls=tls, tokens=tokens)


def redis_endpoint(values: Values, secrets: Values) -> RedisEndpoint:
    """As kafka_endpoint. Raises ValueError."""
    found = RedisEndpoint(values["redis"])
    found.refuse_options_of_tls()
    given = {name for name in values if values[name] or secrets.get(name)}
    if not (found.uses_tls or RedisEndpoint(values["sessions"]).uses_tls):
        _refuse(given, [f"redis-{name}" for name in _TLS], "without TLS: write rediss:// in the setting redis")
    if not found.by_sentinel:
        names = ("redis-sentinel-user", "redis-sentinel-password-file")
        _refuse(given, names, "without Sentinels: write redis+sentinel:// in the setting redis")
    return replace(
        found,
        user=values["redis-user"],
        password=read_secret("redis-password-file", values, secrets),
        tls=tls_files("redis", values, secrets),
        sentinel_user=values["redis-sentinel-user"],
        sentinel_password=read_secret("redis-sentinel-password-file", values, secrets),
    )


def sessions_endpoint(values: Values, secrets: Values, redis: RedisEndpoint) -> RedisEndpoint:
    """The Redis of the sessions: that of the counters, unless the settings name another one or a user. Raises ValueError."""
    names = ("sessions-user", "sessions-password-file")
    missing = [name for name in names if not (values[name] or secrets.get(name))]
    if len(missing) == 1:
        raise ValueError(f"{missing[0]}: not set; a user and a password go together")
    if missing and not values["sessions"]:
        return redis
    endpoint = replace(
        redis,
        url=values["sessions"] or redis.url,
        user=values["sessions-user"],
        password=read_secret("sessions-password-file", values, secrets),
    )
    endpoint.refuse_options_of_tls("sessions")
    return endpoint


def tls_files(side: str, values: Values, secrets: Values, *, is_server: bool = False) -> TlsFiles:
    """The files of the settings ``<side>-ca``, ``-cert``, ``-key`` and ``-key-password-file``. Raises ValueError."""
    password = read_secret(f"{side}-key-password-file", values, secrets)
    found = TlsFiles(values.get(f"{side}-ca", ""), values[f"{side}-cert"], values[f"{side}-key"], password)
    if found.key and not found.cert:
        raise ValueError(f"{side}-key: a key is of use only with its certificate: set {side}-cert")
    if found:
        try:
            found.server_context() if is_server else found.context()
        except BadTls as error:
            raise ValueError(f"{side}-{error}") from error
    return found


def read_secret(name: str, values: Values, secrets: Values) -> Secret:
    """The secret of a setting: its file, or what stands in the environment instead. Raises ValueError."""
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
        read_secret("kafka-oauth-secret-file", values, secrets),
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


def _refuse(given: set[str], names: Iterable[str], why: str) -> None:
    """A password that is not used, or a CA nothing is checked against, is a mistake that would be found late."""
    if unused := [name for name in names if name in given]:
        raise ValueError(f"{' and '.join(unused)}: of no use {why}")
