"""Links lead to the page that they name, whatever the id is written in."""

import json

from plotly.io.json import to_json_plotly

from layouts.parts.page_site import PageSite, PageTeam
from layouts.team import team


def test_links_to_teams_are_written_as_addresses_are() -> None:
    teams = (PageTeam("晨曦", "晨曦组", "Dawn", "outbound"), PageTeam("b&c=d", "B", "B", "inbound"))
    page = team("晨曦", "zh", "light", PageSite("一", "One", "UTC", "8800", teams))
    text = json.dumps(json.loads(to_json_plotly(page)), ensure_ascii=False)
    assert '"/team/%E6%99%A8%E6%9B%A6?lang=zh&theme=light"' in text
    assert '"/team/b%26c%3Dd?lang=zh&theme=light"' in text
    assert "/team/晨曦" not in text
