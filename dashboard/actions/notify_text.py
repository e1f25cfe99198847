"""What is told outward of new episodes: how many, of which teams, and where the board is. Of persons nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from dashboard.actions.flag_episodes import Episode
from dashboard.site.load import Site

_WORDS = {
    "zh": ("新提示 {n} 条，请查看", "{team}：{n} 条  {link}", "未分组", "提示是谈话的由头，不是结论。"),
    "en": (
        "New flags: {n}",
        "{team}: {n}  {link}",
        "No team",
        "A flag is a prompt for a talk, not a verdict.",
    ),
}


class Notice(NamedTuple):
    """One message."""

    title: str
    body: str


@dataclass(frozen=True)
class Notices:
    """``site`` in force; ``board`` its address, without a path."""

    site: Site
    board: str

    def of(self, episodes: Iterable[Episode]) -> Notice:
        """Episodes -> one message in the language of the site, teams in the order of the site file."""
        title, line, nobody, hint = _WORDS["en" if self.site.language == "en" else "zh"]
        counts = Counter(each.team for each in episodes)
        names = {team.id: team.name_en if self.site.language == "en" else team.name for team in self.site.teams}
        rows = [
            line.format(team=name, n=counts[id], link=f"{self.board}/team/{quote(id, safe='')}")
            for id, name in names.items()
            if counts[id]
        ]
        if others := sum(n for id, n in counts.items() if id not in names):
            rows.append(line.format(team=nobody, n=others, link=self.board))
        return Notice(title.format(n=counts.total()), "\n".join([*rows, hint]))
