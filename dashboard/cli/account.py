"""``callfloor account``: the local accounts of a small site, in one file."""

import argparse
import getpass
import sys
import time
from pathlib import Path

from dashboard.access.account_file import Account, AccountFile, BadAccounts, accounts_to_change, read_accounts
from dashboard.settings import Settings
from dashboard.wiring.account_pauses import end_pause
from dashboard.wiring.commands import Command
from dashboard.wiring.terminal import RAW, say, write_table
from streams.security import BadSecret, Secret

_ACTS = ("add", "password", "disable", "enable", "remove", "unlock", "list")
_COLUMNS = ("account", "name", "agent", "state", "changed")
_TRIES = 3
_ANY_HASH = "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"
_ENDED = "sessions of {} that are open end within seconds"


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=_ACTS, help="what to do")
    parser.add_argument("account", nargs="?", help="the name to sign in with; for all but list")
    parser.add_argument("--agent", metavar="ID", default="", help="add: the agent of the roster that this person is")
    parser.add_argument("--name", metavar="TEXT", default="", help="add: the person's name, as the screens show it")
    parser.add_argument("--address", metavar="IP", help="unlock: the address from which the wrong tries came")
    parser.add_argument(
        "--password-file",
        metavar="FILE",
        help="add, password: the file whose first line is the password; without one it is asked for at the terminal, or "
        "read from stdin",
    )
    parser.add_argument("--raw", action="store_true", help=f"list: {RAW}")


def _body(args: argparse.Namespace, settings: Settings) -> int:
    path = settings.accounts
    if not path:
        say("callfloor account: no file of accounts is set: name one with --accounts, it is made if it is not there")
        return 2
    if (args.act == "list") == bool(args.account):
        say(f"callfloor account: {args.act} {'takes no account' if args.account else 'needs the name of an account'}")
        return 2
    if args.act == "list":
        _list(read_accounts(path), args.raw)
        return 0
    if args.act == "unlock":
        return _unlock(read_accounts(path).require(args.account).name, args.address, settings)
    password_hash = ""
    if args.act in (
        "add",
        "password",
    ):  # what is refused is refused before a password is typed, and nobody waits for the typing
        _change(read_accounts(path) if Path(path).exists() else AccountFile(), args, _ANY_HASH)
        password_hash = _hash_of(args.account, args.password_file)
    with accounts_to_change(path) as file:
        text = _change(file, args, password_hash)
    say(text)
    return 0


def _change(file: AccountFile, args: argparse.Namespace, password_hash: str) -> str:
    """Makes the change -> what to say of it. Raises BadAccounts."""
    name, now_ms = args.account, time.time_ns() // 1_000_000
    if args.act == "add":
        file.add(Account(name, password_hash, args.agent or None, now_ms, args.name))
        return f"{name} can sign in; rows of access.csv with the account local:{name} say what they may see"
    account = file.require(name)
    if args.act == "remove":
        file.remove(name)
        return f"{name} is removed; {_ENDED.format(name)}"
    if args.act == "password":
        file.replace(account._replace(password_hash=password_hash, changed_ms=now_ms))
        return f"{name} has a new password; {_ENDED.format(name)}"
    file.replace(account._replace(is_disabled=args.act == "disable", changed_ms=now_ms))
    return f"{name} can sign in again" if args.act == "enable" else f"{name} cannot sign in; {_ENDED.format(name)}"


def _unlock(name: str, address: str | None, settings: Settings) -> int:
    """Raises RedisAway."""
    if settings.key.is_passing:
        say("callfloor account: unlock needs the key with which the board counts tries: name its file with --key-file")
        return 2
    end_pause(settings, name, address)
    say(f"{name} can try again at once" + ("" if address else ", but for a network that had 5 wrong tries: --address"))
    return 0


def _hash_of(name: str, password_file: str | None) -> str:
    """Raises BadAccounts."""
    from dashboard.access.passwords import BadPassword, PasswordHashes  # argon2 only where a password is hashed

    is_asked = password_file is None and sys.stdin.isatty()
    for tries_left in reversed(range(_TRIES if is_asked else 1)):
        try:
            return PasswordHashes().make(name, _ask_password() if is_asked else _read_password(password_file))
        except BadPassword as error:
            if not tries_left:
                raise BadAccounts(str(error)) from error
            say(str(error))
    raise AssertionError("the last try returns or raises")


def _ask_password() -> str:
    while True:
        first = getpass.getpass("password: ")
        if getpass.getpass("password again: ") == first:
            return first
        say("the two are not the same: once more")


def _read_password(file: str | None) -> str:
    if file is None:
        return sys.stdin.readline().rstrip("\r\n")
    try:
        return Secret(file=file).read()
    except BadSecret as error:
        raise BadAccounts(str(error)) from error


def _list(file: AccountFile, raw: bool) -> None:
    rows = [
        {
            "account": f"local:{each.name}",
            "name": each.full_name,
            "agent": each.agent or "",
            "state": "disabled" if each.is_disabled else "enabled",
            "changed": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(each.changed_ms // 1000)),
        }
        for each in file.accounts.values()
    ]
    write_table(dict.fromkeys(_COLUMNS, "object"), rows, "csv", "accounts", raw)
    for problem in file.problems:
        say(problem)


COMMAND = Command(
    "account",
    "adds, changes and lists local accounts",
    "Local accounts are for a small site, and for an administrator while the identity provider is away. `add NAME` and "
    "`password NAME` ask for the password twice; `disable NAME`, `enable NAME` and `remove NAME` need none. A change is in "
    "force within seconds, without a restart. `unlock NAME` ends the pause after wrong tries; it needs the settings sessions "
    "and key-file of the board. What an account may see is in access.csv, where it is called local:NAME.",
    _options,
    _body,
)
