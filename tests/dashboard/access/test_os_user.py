"""The user of the machine is an account, and behind another one the user who signed in stands with it."""

import os
import pwd
from pathlib import Path

from dashboard.access.os_user import os_user


def test_the_user_who_runs_it_is_the_account(tmp_path: Path) -> None:
    login = tmp_path / "loginuid"
    login.write_text(str(os.geteuid()))
    assert os_user(login=login) == (f"os:{pwd.getpwuid(os.geteuid()).pw_name}", pwd.getpwuid(os.geteuid()).pw_name)


def test_behind_sudo_the_user_who_signed_in_is_named(tmp_path: Path) -> None:
    login = tmp_path / "loginuid"
    login.write_text("1")
    assert os_user(0, login) == ("os:root", "root, signed in as daemon")


def test_where_nobody_signed_in_or_nothing_is_told_the_user_stands_for_itself(tmp_path: Path) -> None:
    login = tmp_path / "loginuid"
    login.write_text(str(2**32 - 1))
    assert os_user(0, login) == os_user(0, tmp_path / "none") == ("os:root", "root")


def test_a_number_without_a_name_is_its_own_name(tmp_path: Path) -> None:
    assert os_user(4_000_000, tmp_path / "none") == ("os:4000000", "4000000")
