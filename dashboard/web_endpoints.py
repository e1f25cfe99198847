"""How the board is reached and who lets people in, made of the settings: the web endpoint, the key and the identity provider.

``Values`` and ``secrets``: as in dashboard.service_endpoints. Every function raises ValueError with the setting and what to do.
"""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from dashboard.access.oidc_settings import OidcSettings
from dashboard.access.site_key import BadKey, SiteKey
from dashboard.access.web_endpoint import WebEndpoint
from dashboard.service_endpoints import Values, read_secret, tls_files
from streams.security import BadTls, TlsFiles, is_this_machine

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NEEDED_OF_OIDC = ("oidc-issuer", "oidc-client", "oidc-secret-file")


def web_endpoint(values: Values, secrets: Values) -> WebEndpoint:
    """The endpoint, from the settings ``listen``, ``public-url``, ``tls-*`` and ``proxy``."""
    tls = tls_files("tls", values, secrets, is_server=True)
    proxies = tuple(_network(each.strip()) for each in values["proxy"].split(",") if each.strip())
    return WebEndpoint(values["listen"], _public_url(values["public-url"]), tls, proxies)


def site_key(values: Values, secrets: Values) -> SiteKey:
    """The key of ``key-file``, or of the environment, or a new one that passes with this start."""
    try:
        if values["key-file"]:
            return SiteKey.read_file(values["key-file"])
        return SiteKey.parse_hex(text) if (text := secrets.get("key-file")) else SiteKey.make()
    except BadKey as error:
        raise ValueError(f"key-file: {error}") from error


def oidc_settings(values: Values, secrets: Values) -> OidcSettings | None:
    """The provider, from the settings ``oidc-*``; None where there is no provider."""
    given = {name for name in (*_NEEDED_OF_OIDC, "oidc-ca") if values[name] or secrets.get(name)}
    if not given:
        return None
    if missing := [name for name in _NEEDED_OF_OIDC if name not in given]:
        raise ValueError(f"{' and '.join(missing)}: not set, and a sign-in by an identity provider needs it")
    if "openid" not in values["oidc-scope"].split():
        raise ValueError(
            f"oidc-scope: {values['oidc-scope']!r} lacks the word openid, without which there is no ID token"
        )
    try:
        TlsFiles(ca=values["oidc-ca"]).context()
    except BadTls as error:
        raise ValueError(f"oidc-{error}") from error
    return OidcSettings(
        issuer=_issuer(values["oidc-issuer"]),
        client=values["oidc-client"],
        secret=read_secret("oidc-secret-file", values, secrets),
        **{name: values[f"oidc-{name.replace('_', '-')}"] for name in ("agent_claim", "groups_claim", "scope", "ca")},
    )


def _public_url(text: str) -> str | None:
    if not text:
        return None
    url = _split("public-url", text, "https://board.example.com")
    if url.path not in ("", "/"):
        raise ValueError(f"public-url: {text!r} has a path, and the board needs a host name of its own")
    port = "" if url.port in (None, _DEFAULT_PORTS[url.scheme]) else f":{url.port}"
    host = url.hostname or ""
    return f"{url.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _issuer(text: str) -> str:
    _split("oidc-issuer", text, "https://login.example.com/realms/centre")
    return text


def _split(name: str, text: str, example: str) -> SplitResult:
    """The parts of a URL: https, or http of this machine alone. What may hold a password is not repeated."""
    if "@" in text:
        raise ValueError(f"{name}: no user and no password go into it; write it as {example}")
    wrong = ValueError(f"{name}: {text!r} is no address such as {example}")
    try:
        url = urlsplit(text)
        url.port  # noqa: B018  # raises where it is no number
    except ValueError:
        raise wrong from None
    if url.scheme not in _DEFAULT_PORTS or not url.hostname or not text.isascii() or url.query or url.fragment:
        raise wrong
    if url.scheme == "http" and not is_this_machine(url.hostname):
        raise ValueError(
            f"{name}: {text!r} is not encrypted, and passwords and names would be readable on the way: use https"
        )
    return url


def _network(text: str) -> str:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(
            f"proxy: {text!r} is no address and no network such as 10.0.0.5 or 10.0.0.0/28 ({error})"
        ) from error
    if not network.prefixlen:
        raise ValueError(f"proxy: {text} is everybody, and whoever connects could name any address as theirs")
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)
