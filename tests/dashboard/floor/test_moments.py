"""Which moment is meant by a text, and what is none."""

from datetime import date

import pytest

from dashboard.floor.periods import BadMoment, moment_of
from streams.site_time import SiteTime
from tests.dashboard.planned import at

CLOCK = SiteTime("Asia/Shanghai")


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-11-23 25:00", "2026-11-24", "2026-11-23 14:33"])
def test_a_moment_that_is_none_or_lies_ahead_says_so(text: str) -> None:
    with pytest.raises(BadMoment, match="no moment|lies ahead"):
        moment_of(text, at(14, 32), CLOCK)


def test_a_month_is_its_end_and_a_wall_time_that_of_the_site() -> None:
    october = moment_of("2026-10", at(14), CLOCK)
    assert (october.day.label, october.now_s, october.whole) == (date(2026, 10, 31), october.day.end_ms // 1000, True)
    assert moment_of("2026-11-23 14:00:30", at(20), CLOCK).now_s == at(14) // 1000
    assert moment_of("2026-11-23", at(20), CLOCK).live
