"""Decides whether the board may be open to the network: only encrypted, with a key, and with somebody who can sign in."""

from dashboard.access.account_file import BadAccounts, read_accounts
from dashboard.settings import SettingError, Settings


def refuse_open_board(settings: Settings, is_demo: bool = False) -> None:
    """Raises SettingError with everything that is missing; a board on this machine alone needs nothing.

    ``is_demo``: whoever opens the board chooses a role, which is for this machine alone whatever else is set.
    """
    if not settings.web.is_open:
        return
    if is_demo:
        raise SettingError(
            "--demo: whoever opens the board chooses a role, so it is for this machine alone: --listen 127.0.0.1:8050, without "
            "public-url and proxy"
        )
    if missing := [f"\n  {name}: {why}" for name, why in _missing(settings).items()]:
        where = f"listen {settings.web.listen}, public-url {settings.web.public_url or 'not set'}"
        raise SettingError(
            f"the board is open to the network ({where}), and it does not start without these settings:{''.join(missing)}\n"
            "docs/operations.md says it step by step; a board for this machine alone has --listen 127.0.0.1:8050 and no "
            "public-url and no proxy"
        )


def _missing(settings: Settings) -> dict[str, str]:
    """Settings -> what they are for, in the order of the table."""
    web, missing = settings.web, {}
    if not (web.public_url and web.is_secure):
        missing["public-url"] = "the address by which browsers reach the board, https://board.example.com"
    if not (web.tls or web.proxies):
        missing["tls-cert and tls-key, or proxy"] = (
            "the certificate of that address and its key, or the address of the reverse proxy that has them"
        )
    if settings.key.is_passing:
        missing["key-file"] = "the key of the sessions: umask 077; openssl rand -out FILE 32"
    if not settings.oidc and (fault := _fault_of_accounts(settings.accounts)):
        missing["oidc-issuer, oidc-client and oidc-secret-file, or accounts"] = (
            f"the identity provider, or a file with an account that may sign in ({fault})"
        )
    return missing


def _fault_of_accounts(path: str | None) -> str:
    """The reason why nobody can sign in by a file; "" where somebody can."""
    if path is None:
        return "`callfloor account` writes it"
    try:
        accounts = read_accounts(path).accounts.values()
    except BadAccounts as error:
        return str(error)
    return (
        "" if any(not account.is_disabled for account in accounts) else f"{path} has none: `callfloor account` adds one"
    )
