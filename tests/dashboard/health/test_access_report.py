"""Who sees whom, as check prints it: roles now and later with their dates, leads and deciders of teams, what is not meant."""

import io
import json
from datetime import datetime
from pathlib import Path

import pytest

from dashboard.access.account_file import Account, accounts_to_change
from dashboard.access.passwords import PasswordHashes
from dashboard.health.access_report import AccessReport, access_report, as_object, report_lines
from dashboard.health.check import CheckReport, write_json, write_text
from dashboard.site.load import load_site
from tests.dashboard.cli.program import call
from tests.dashboard.site.written import write

SITE = '[site]\nzone = "Asia/Shanghai"\n[[teams]]\nid = "dawn"\n[[teams]]\nid = "lake"\n[[projects]]\nid = "acme"\n'
NOW_MS = round(datetime.fromisoformat("2026-11-30T12:00+08:00").timestamp() * 1000)
ACCESS = """\
account,group,role,team,from,to,name
local:gu,,lead,dawn,,,顾明
local:gu,,supervisor,,2026-12-01,,
oidc:li,,lead,dawn,2026-11-30T14:00,2026-11-30T18:30,
oidc:li,,hr,,,2026-12-24,
oidc:old,,admin,,,2026-11-29,
,reviewers,quality,,,,
oidc:acme,,client:acme,,,,Acme
oidc:acme2,,client:acme,,2026-12-01,,
local:a1,,agent,,,,
local:a2,,agent,,,,
os:a3,,agent,,,,
"""


def report(folder: Path, access: str | None = ACCESS) -> AccessReport:
    if access is not None:
        (folder / "access.csv").write_text(access, encoding="utf-8")
    return access_report(load_site(write(folder, SITE)), NOW_MS)


def test_lines_name_roles_now_and_later_with_their_dates_and_the_teams(tmp_path: Path) -> None:
    assert list(report_lines(report(tmp_path))) == [
        "顾明 (local:gu): lead dawn; later supervisor from 2026-12-01",
        "oidc:li: hr to 2026-12-24; later lead dawn from 2026-11-30 14:00 to 2026-11-30 18:30",
        "group reviewers: quality",
        "Acme (oidc:acme): client:acme",
        "oidc:acme2: nothing now; later client:acme from 2026-12-01",
        "their own page and no more: 3 accounts and groups",
        "team dawn: led by 顾明 (local:gu); appeals decided by group reviewers",
        "team lake: led by nobody; appeals decided by group reviewers",
        "project acme: seen by its client Acme (oidc:acme)",
    ]


def test_what_is_likely_not_meant_is_warned_of(tmp_path: Path) -> None:
    assert report(tmp_path).warnings == (
        "nobody holds the role admin: no account may pair walls and see the health of the line",
        "nobody holds the role auditor: no account may read who saw whom",
        "nobody leads the team lake",
        "oidc:old: admin to 2026-11-29 is over; take the row out of access.csv",
        "os:a3: the role agent has no effect, an account of the operating system is linked to no agent",
    )


def test_a_lead_does_not_decide_the_appeals_of_their_team_and_a_team_nobody_decides_for_is_named(
    tmp_path: Path,
) -> None:
    rows = "account,role,team\nlocal:gu,lead,dawn\nlocal:gu,supervisor,\nlocal:li,lead,lake\n"
    dawn, lake = (found := report(tmp_path, rows)).teams
    assert (dawn.leads, dawn.deciders) == (("local:gu",), ())
    assert (lake.leads, lake.deciders) == (("local:li",), ("local:gu",))
    assert "nobody may decide the appeals of the team dawn" in found.warnings
    assert any(each.startswith("nobody holds the role quality") for each in found.warnings)


def test_a_site_without_grants_has_neither_lines_nor_warnings(tmp_path: Path) -> None:
    found = report(tmp_path, None)
    assert (list(report_lines(found)), found.warnings) == ([], ())


def test_text_of_the_list_cannot_break_a_line(tmp_path: Path) -> None:
    rows = 'account,role,name\nlocal:gu,hr,"a\nb\x1b[2J"\n'
    assert next(report_lines(report(tmp_path, rows))) == "a\\nb\\x1b[2J (local:gu): hr"


def test_as_json_days_are_days_and_hours_are_local_times(tmp_path: Path) -> None:
    body = json.loads(json.dumps(as_object(report(tmp_path))))
    gu, li, reviewers, *_ = body["holders"]
    assert (gu["account"], gu["name"], [grant["role"] for grant in gu["now"]]) == ("local:gu", "顾明", ["lead"])
    assert [(grant["from"], grant["to"]) for grant in gu["later"]] == [("2026-12-01", None)]
    assert [(grant["from"], grant["to"]) for grant in li["later"]] == [("2026-11-30 14:00", "2026-11-30 18:30")]
    assert reviewers["group"] == "reviewers"
    assert body["agents"] == 3
    assert body["projects"] == [{"project": "acme", "clients": ["Acme (oidc:acme)"]}]
    assert body["teams"][1] == {"team": "lake", "leads": [], "deciders": ["group reviewers"]}


@pytest.mark.parametrize("format", ["text", "json"])
def test_check_of_a_site_file_says_it(tmp_path: Path, format: str) -> None:
    report(tmp_path)
    found = call("check", "--site", str(tmp_path / "site.toml"), "--format", format)
    assert found.returncode == 0
    if format == "json":
        body = json.loads(found.stdout)
        assert body["sound"]
        assert body["access"]["teams"][0]["team"] == "dawn"
        assert any(text.startswith("nobody leads the team lake") for text in body["warnings"])
    else:
        assert "  access: team dawn: led by 顾明 (local:gu)" in found.stdout
        assert "  warning: nobody leads the team lake" in found.stdout


def test_the_whole_check_says_it_too(tmp_path: Path) -> None:
    whole = CheckReport("calls", (), (), (), access=report(tmp_path))
    text, body = io.StringIO(), io.StringIO()
    write_text(whole, text)
    write_json(whole, body)
    assert "access: team lake: led by nobody; appeals decided by group reviewers\n" in text.getvalue()
    assert json.loads(body.getvalue())["access"] == json.loads(json.dumps(as_object(report(tmp_path))))


ROSTER = "agent,team\n8101,dawn\n"
LINKS = {"local:a1": "8101", "local:a2": None, "local:a4": "9999", "local:gu": None}


def test_accounts_with_the_role_agent_and_nothing_to_open_are_named(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER)
    rows = "account,group,role\n" + "".join(f"local:a{n},,agent\n" for n in range(1, 6))
    (tmp_path / "access.csv").write_text(rows + "oidc:x,,agent\n,staff,agent\nlocal:gu,,hr\nlocal:li,,hr\n")
    site = load_site(write(tmp_path, SITE))
    named = [each for each in access_report(site, NOW_MS, LINKS).warnings if not each.startswith("nobody")]
    assert named == [
        "local:a2: the role agent has no effect, the account is linked to no agent",
        "local:a3: there is no such account in the file of accounts",
        "local:a4: the role agent has no effect, 9999 is not in roster.csv",
        "local:a5: there is no such account in the file of accounts",
        "local:li: there is no such account in the file of accounts",
    ]
    unread = access_report(site, NOW_MS).warnings
    assert [each for each in unread if not each.startswith("nobody")] == []


def test_an_account_that_is_linked_to_the_lead_of_the_site_file_does_not_decide_the_appeals_of_the_team(
    tmp_path: Path,
) -> None:
    (tmp_path / "access.csv").write_text("account,role\nlocal:a1,supervisor\nlocal:a4,quality\n")
    site = load_site(write(tmp_path, SITE.replace('id = "dawn"', 'id = "dawn"\nlead = "8101"')))
    dawn, lake = access_report(site, NOW_MS, LINKS).teams
    assert (dawn.deciders, lake.deciders) == (("local:a4",), ("local:a1", "local:a4"))


def test_check_reads_the_links_of_the_file_of_accounts_and_says_where_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "access.csv").write_text("account,role\nlocal:a2,agent\n")
    site, accounts = write(tmp_path, SITE), tmp_path / "accounts"
    with accounts_to_change(str(accounts)) as file:
        file.add(Account("a2", PasswordHashes().make("a2", "a long password"), None, NOW_MS, ""))
    arguments = ("check", "--site", str(site), "--accounts", str(accounts))
    assert (
        "warning: local:a2: the role agent has no effect, the account is linked to no agent" in call(*arguments).stdout
    )
    with accounts.open("a") as lines:
        lines.write("no account\n")
    assert f"warning: {accounts}:" in call(*arguments).stdout
    accounts.chmod(0o644)
    found = call(*arguments)
    assert (found.returncode, f"warning: {accounts} can be read by others" in found.stdout) == (0, True)
