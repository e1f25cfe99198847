"""The security headers of every answer."""

from collections.abc import Sequence

_ONE_YEAR_S = 31_536_000


def content_security_policy(script_hashes: Sequence[str], frames: Sequence[str] = ()) -> str:
    """Only scripts of the server itself may run; the grid and the charts also write inline styles.

    ``frames``: the origins whose pages may embed the page; none: no page may.
    """
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *script_hashes]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            " ".join(["frame-ancestors", *(frames or ["'none'"])]),
        ]
    )


def security_headers(policy: str, is_https: bool = False) -> dict[str, str]:
    """The headers of every answer; ``is_https``: browsers use https alone from then on."""
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return headers | ({"Strict-Transport-Security": f"max-age={_ONE_YEAR_S}"} if is_https else {})
