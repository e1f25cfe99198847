"""The campaigns that run today, with the newest word of the dialler about each."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from dashboard.floor.tick_facts import CampaignNow
from dashboard.site.load import Site
from dashboard.site.types import Calendar, Campaign
from streams.events import Snapshot
from streams.site_time import Day

_KIND = "campaign:"


def campaigns_now(partitions: Iterable[Mapping[str, Snapshot]], site: Site, day: Day | None) -> tuple[CampaignNow, ...]:
    """Snapshots by ``campaign:<id>`` of every partition -> those that run on this day, in the order of their ids."""
    newest: dict[str, Snapshot] = {}
    for snapshots in partitions:
        for key, snapshot in snapshots.items():
            if key.startswith(_KIND) and (key not in newest or snapshot.time_ms >= newest[key].time_ms):
                newest[key] = snapshot
    if day is None:
        return ()
    known = {_KIND + campaign.id: campaign for campaign in site.campaigns}
    return tuple(
        _now(snapshot, known.get(key), site.calendar, day.label)
        for key, snapshot in sorted(newest.items())
        if _runs(known.get(key), day.label, bool(known))
    )


def _runs(campaign: Campaign | None, today: date, some_are_listed: bool) -> bool:
    """A site that lists campaigns shows those that run; one that lists none shows all that the dialler tells of."""
    if campaign is None:
        return not some_are_listed
    return (campaign.starts or today) <= today <= (campaign.ends or today)


def _now(snapshot: Snapshot, campaign: Campaign | None, calendar: Calendar, today: date) -> CampaignNow:
    if campaign is None or campaign.starts is None or campaign.ends is None:
        return CampaignNow(snapshot, None, 0, False)
    starts = campaign.starts
    days = [starts + timedelta(days=n) for n in range((campaign.ends - starts).days + 1)]
    working = [day for day in days if calendar.is_workday(day)]
    return CampaignNow(snapshot, len(working) or None, sum(day < today for day in working), today in working)
