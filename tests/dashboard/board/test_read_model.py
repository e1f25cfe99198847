"""The read model over a real Redis, written by the real fold and store."""

import json
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from msgspec import Struct, to_builtins

from dashboard.board.frames import Frames
from dashboard.board.read_model import ReadModel
from dashboard.board.tick import Tick
from dashboard.rules.deduction import DeductionPolicy, Mode
from dashboard.site.load import Site
from streams.site_time import MINUTE_MS
from streams.store.keys import Keys
from tests.dashboard.partitions import (
    MIDNIGHT_MS,
    NOON_MS,
    SITE,
    TOPIC,
    Partition,
    call,
    complaint,
    decided,
    erased,
    event,
    heartbeat,
    reader,
    state,
)

pytestmark = pytest.mark.services


def shown(model: ReadModel, now_ms: int = NOON_MS) -> Tick:
    found = model.tick(now_ms)
    assert found is not None
    return found


def plain(struct: Struct) -> dict[str, Any]:
    """As a page reads it."""
    found: dict[str, Any] = to_builtins(struct)
    return found


def team(found: Tick, team_id: str) -> dict[str, Any]:
    return plain(next(team for team in found.teams if team.id == team_id))


def calls(agent: str | None, count: int, at_ms: int, name: str = "c", **more: Any) -> Sequence[tuple[str, bytes]]:
    return [call(agent, f"{name}-{agent}-{at_ms}-{n}", at_ms, **more) for n in range(count)]


def test_follows_what_is_written_after_the_load(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(*calls("a1", 3, NOON_MS - 90 * MINUTE_MS))
    model = ReadModel(reader(store_client), SITE)
    assert shown(model).floor.handled == 3
    partition.write(*calls("a1", 2, NOON_MS - MINUTE_MS), complaint("a1", "x", NOON_MS))
    after = shown(model)
    assert after.floor.handled == 5
    assert after.floor.net == 4
    last30 = {"handled": 2, "deducted": 1, "net": 1, "assessed_net": 1, "due": None, "pace": None, "band": None}
    assert plain(after.floor.last30) == last30
    assert team(after, "dawn")["net"] == 4
    assert [follower.loads for follower in model._followers] == [1, 1]  # noqa: SLF001


def test_an_erased_person_leaves_the_board_and_the_sums_stay(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    stranger = [*calls("z9", 3, NOON_MS - 90 * MINUTE_MS), complaint("z9", "x", NOON_MS), state("z9", NOON_MS, "talk")]
    partition.write(*stranger, *calls("a1", 2, NOON_MS), *calls(None, 1, NOON_MS))
    model = ReadModel(reader(store_client), SITE)
    before = shown(model)
    assert "z9" in [person.id for person in before.lines.people]
    partition.write(erased("z9"))
    after = shown(model)
    was, now = plain(before.floor), plain(after.floor)
    assert (was.pop("states")["talk"], now.pop("states")["talk"]) == (1, 0)
    assert now == was
    assert {person.id for person in after.lines.people} == {"a1", "a2", "b1", "~erased", "~unattributed"}
    assert after.lines.agents() == 3
    assert "z9" not in str([after.floor.alerts, after.people.leads])


def test_the_mean_handle_time_and_the_share_of_short_calls_are_of_calls_whose_talk_is_known(store_client: Any) -> None:
    unknown = calls("a2", 2, NOON_MS, "u", talk_s=None, wrap_s=30)
    Partition(store_client, 0).write(
        *calls("a1", 3, NOON_MS, talk_s=100), *calls("a1", 1, NOON_MS, "s", talk_s=4), *unknown,
        *calls("a1", 4, NOON_MS, "n", talk_s=None),
    )  # fmt: skip
    found = shown(ReadModel(reader(store_client), SITE))
    rows = {person.id: at for at, person in enumerate(found.lines.people)}
    columns = {name: found.agents.column(name) for name in ("handled", "aht_s", "short", "talks_known")}
    assert [columns[name][rows["a1"]] for name in columns] == [8, 76, 1, 4]
    assert [columns[name][rows["a2"]] for name in columns] == [2, -1, 0, 0]


def test_a_withdrawn_complaint_gives_the_call_back(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(
        *calls("a1", 3, NOON_MS), complaint("a1", "x", NOON_MS), complaint("a1", "y", NOON_MS, "repeat_enquiry")
    )
    model = ReadModel(reader(store_client), SITE)
    before = plain(shown(model).floor)
    assert (before["complaints"], before["repeat_enquiries"], before["pending"]) == (1, 1, 2)
    assert (before["net"], before["net_if_withdrawn"]) == (1, 3)
    partition.write(decided("a1", "x", NOON_MS, "withdrawn"), decided("a1", "y", NOON_MS, "confirmed"))
    after = plain(shown(model).floor)
    assert (after["complaints"], after["repeat_enquiries"], after["pending"], after["net"]) == (0, 1, 0, 2)


def test_the_floor_acts_once_per_agent_and_is_shown(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(
        *calls("a1", 1, NOON_MS), *(complaint("a1", f"x{n}", NOON_MS) for n in range(3)), *calls("a2", 4, NOON_MS)
    )
    floor = plain(shown(ReadModel(reader(store_client), SITE)).floor)
    assert (floor["handled"], floor["deducted"], floor["floored"], floor["net"]) == (5, 3, 2, 4)


def test_lines_in_two_partitions_are_one_agent(store_client: Any) -> None:
    first, second = Partition(store_client, 0), Partition(store_client, 1)
    first.write(*calls("a1", 1, NOON_MS), complaint("a1", "x", NOON_MS), complaint("a1", "y", NOON_MS))
    second.write(*calls("a1", 4, NOON_MS, "other"), state("a1", NOON_MS - 2000, "talk"))
    model = ReadModel(reader(store_client), SITE)
    found = shown(model)
    assert (found.floor.handled, found.floor.net, found.floor.floored) == (5, 3, 0)
    first.write(state("a1", NOON_MS - 1000, "wrap"))
    assert shown(model).floor.states.wrap == 1
    assert shown(model).floor.states.talk == 0


def test_strangers_and_calls_without_an_agent_count_for_the_floor_alone(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(*calls("a1", 1, NOON_MS), *calls("z9", 2, NOON_MS), state("z9", NOON_MS, "talk"))
    partition.write(
        *calls(None, 3, NOON_MS, outcome="abandoned"), *calls("b1", 1, NOON_MS, campaign="renewal", queue="q")
    )
    found = shown(ReadModel(reader(store_client), SITE))
    assert (found.floor.handled, found.floor.attempts, found.floor.abandoned) == (4, 7, 3)
    assert sum(team.handled for team in found.teams) == 2
    assert found.floor.states.signed_in == 1
    assert found.floor.states.total == 4
    assert found.lines.people[-1].id != "~campaign:renewal"


def test_states_ringing_is_available_and_offline_is_not_signed_in(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(state("a1", NOON_MS, "ringing"), state("a2", NOON_MS, "offline"), state("b1", NOON_MS, "break"))
    found = shown(ReadModel(reader(store_client), SITE))
    assert found.floor.states.available == 1
    assert found.floor.states.signed_in == 2
    assert team(found, "dawn")["signed_in"] == 1
    assert team(found, "dawn")["agents"] == 2


def test_half_hours_run_from_the_first_call_to_now(store_client: Any) -> None:
    Partition(store_client, 0).write(
        *calls("a1", 2, MIDNIGHT_MS + 9 * 60 * MINUTE_MS + 31 * MINUTE_MS),
        complaint("a1", "x", MIDNIGHT_MS + 9 * 60 * MINUTE_MS + 40 * MINUTE_MS),
        *calls("a1", 1, MIDNIGHT_MS + 10 * 60 * MINUTE_MS + 59 * MINUTE_MS),
    )
    half = plain(shown(ReadModel(reader(store_client), SITE), MIDNIGHT_MS + 11 * 60 * MINUTE_MS).floor.half_hours)
    assert half["start"] == MIDNIGHT_MS + 9 * 60 * MINUTE_MS + 30 * MINUTE_MS
    assert (half["handled"], half["net"], half["running"]) == ([2, 0, 1, 0], [1, 0, 1, 0], 3)


def test_a_new_business_day_starts_from_nothing(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    end_ms = MIDNIGHT_MS + 24 * 60 * MINUTE_MS
    partition.write(*calls("b1", 3, end_ms - 5 * MINUTE_MS))
    model = ReadModel(reader(store_client), SITE)
    before = shown(model, end_ms - 1)
    assert (before.floor.handled, team(before, "lake")["handled"]) == (3, 3)
    after = shown(model, end_ms)
    assert (after.floor.handled, after.floor.empty) == (0, True)
    assert after.floor.last30.handled == 3
    partition.write(*calls("b1", 1, end_ms + 1))
    assert shown(model, end_ms + MINUTE_MS).floor.handled == 1
    assert team(shown(model, end_ms + MINUTE_MS), "dawn")["handled"] == 1


def test_the_age_is_that_of_the_least_fresh_partition(store_client: Any) -> None:
    first, second = Partition(store_client, 0), Partition(store_client, 1)
    model = ReadModel(reader(store_client), SITE)
    first.write(heartbeat(NOON_MS - 400))
    assert shown(model).age_s is None
    second.write(heartbeat(NOON_MS - 3000))
    assert shown(model).age_s == pytest.approx(3.0)


def test_campaigns_that_run_today_show_their_newest_word(store_client: Any) -> None:
    sizes = {"campaign": "renewal", "list_size": 1000, "done": 250}
    other = {"campaign": "unlisted", "list_size": 5, "done": 5}
    Partition(store_client, 0).write(("~campaign:renewal", event("campaign.snapshot", NOON_MS, sizes)))
    Partition(store_client, 1).write(("~campaign:unlisted", event("campaign.snapshot", NOON_MS, other)))
    assert plain(shown(ReadModel(reader(store_client), SITE)).floor.campaigns) == {
        "done": 250,
        "list_size": 1000,
        "share": 0.25,
        "plan": 0.75,  # 15 of its 20 workdays are over
    }
    everything = plain(shown(ReadModel(reader(store_client), Site(zone="Asia/Shanghai"))).floor.campaigns)
    assert everything == {"done": 255, "list_size": 1005, "share": pytest.approx(0.2537), "plan": None}


def surveyed(agent: str, survey_id: str, score: int | None) -> tuple[str, bytes]:
    data = {"survey_id": survey_id, "agent": agent, "score": score, "scale": [1, 5]}
    return agent, event("survey.answered", NOON_MS, data)


def test_the_share_satisfied_has_an_interval_an_n_and_a_response_rate(store_client: Any) -> None:
    answers = [surveyed("a1", f"s{n}", score) for n, score in enumerate([5, 4, 1, None])]
    Partition(store_client, 0).write(*answers, surveyed("b1", "t", None), surveyed("z9", "u", 5))
    found = shown(ReadModel(reader(store_client), SITE))
    assert team(found, "dawn")["survey"] == {"share": 0.6667, "low": 0.2077, "high": 0.9385, "n": 3, "response": 0.75}
    assert team(found, "lake")["survey"] == {"share": None, "low": None, "high": None, "n": 0, "response": 0.0}
    assert (found.floor.survey.n, found.floor.survey.share) == (4, 0.75)
    nobody = shown(ReadModel(reader(store_client), replace(SITE, zone="Asia/Tokyo")), NOON_MS + 2 * 86_400_000)
    assert plain(nobody.floor.survey) == {"share": None, "low": None, "high": None, "n": 0, "response": None}


def test_unknown_is_null_and_an_empty_floor_says_so(store_client: Any) -> None:
    floor = plain(shown(ReadModel(reader(store_client), SITE)).floor)
    assert floor["empty"] is True
    assert floor["quality"] == {"score": None, "n": None}
    assert floor["campaigns"] == {"done": None, "list_size": None, "share": None, "plan": None}


def test_a_cut_feed_is_noticed_and_read_again(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(*calls("a1", 1, NOON_MS))
    model = ReadModel(reader(store_client), SITE)
    shown(model)
    partition.write(*calls("a1", 1, NOON_MS, "d"))
    store_client.xtrim(Keys(TOPIC, 0).feed, maxlen=0, approximate=False)
    partition.write(*calls("a2", 1, NOON_MS))
    assert shown(model).floor.handled == 3
    assert [follower.loads for follower in model._followers] == [2, 1]  # noqa: SLF001


def test_an_emptied_store_shows_nothing_until_it_is_as_far_as_it_was(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(*calls("a1", 2, NOON_MS))
    partition.write(*calls("a1", 2, NOON_MS, "d"))
    model = ReadModel(reader(store_client), SITE)
    assert shown(model).floor.handled == 4
    store_client.flushall()
    assert model.tick(NOON_MS + 1000) is None
    rebuilt = Partition(store_client, 0)
    rebuilt.write(*calls("a1", 2, NOON_MS))
    assert model.tick(NOON_MS + 1250) is None
    rebuilt.write(*calls("a1", 2, NOON_MS, "d"))
    assert shown(model, NOON_MS + 1500).floor.handled == 4


def test_a_fresh_heartbeat_ends_the_wait_of_a_shorter_log(store_client: Any) -> None:
    Partition(store_client, 0).write(*calls("a1", 9, NOON_MS))
    model = ReadModel(reader(store_client), SITE)
    shown(model)
    store_client.flushall()
    assert model.tick(NOON_MS + 1000) is None
    for at in (0, 1):
        Partition(store_client, at).write(heartbeat(NOON_MS + 1000))
    assert shown(model, NOON_MS + 2000).floor.handled == 0


def test_confirmed_mode_waits_for_the_decision(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(*calls("a1", 3, NOON_MS), complaint("a1", "x", NOON_MS))
    block = replace(SITE.policies[0], deduction=DeductionPolicy(Mode.CONFIRMED))
    model = ReadModel(reader(store_client), replace(SITE, policies=(block,)))
    assert shown(model).floor.net == 3
    partition.write(decided("a1", "x", NOON_MS, "confirmed"))
    assert shown(model).floor.net == 2


@pytest.mark.parametrize("seed", range(5))
def test_following_gives_what_reading_everything_gives(store_client: Any, seed: int) -> None:
    chance = Random(seed)
    partitions = [Partition(store_client, at) for at in (0, 1)]
    model = ReadModel(reader(store_client), SITE)
    for step in range(12):
        records = [at_random(chance, f"{seed}-{step}-{n}") for n in range(chance.randint(1, 8))]
        chance.choice(partitions).write(*records)
        now_ms = NOON_MS + step * 2100  # the roll-up is looked at every two seconds
        followed, frames = shown(model, now_ms), Frames("e")
        fresh = shown(ReadModel(reader(store_client), SITE), now_ms)
        assert followed.floor == fresh.floor
        assert followed.teams == fresh.teams
        require_sums(followed)
        assert without_memory(frames, followed) == without_memory(Frames("e"), fresh)


def require_sums(found: Tick) -> None:
    """Teams and floor are the sums of their rows."""
    unknown = found.floor.missing["complaints"] is not None
    for name in ("handled", "net", *(() if unknown else ("deducted", "pending"))):
        column, others = found.agents.column(name), found.lines.team < 0
        for at, shown_team in enumerate(found.teams):
            assert getattr(shown_team, name) == column[found.lines.members[at]].sum(), name
        assert getattr(found.floor, name) == sum(getattr(one, name) for one in found.teams) + column[others].sum(), name


def without_memory(frames: Frames, found: Tick) -> dict[str, dict[str, Any]]:
    """Snapshots by topic without the alerts, which stay for a while, and how far a line has come since it was first seen."""
    snapshots = {one.topic: json.loads(one.snapshot) for one in frames.write_tick(found)}
    return {topic: {**each, "desk": None, "rebuilding": None} for topic, each in snapshots.items()}


def at_random(chance: Random, name: str) -> tuple[str, bytes]:
    """Any fact of any agent, some of it late."""
    agent, at_ms = chance.choice(["a1", "a2", "b1", "z9"]), NOON_MS - chance.randint(0, 11 * 60) * MINUTE_MS
    kinds = [
        call(agent, chance.choice([name, "again"]), at_ms, version=chance.randint(1, 9)),
        call(None, name, at_ms, outcome="abandoned"),
        complaint(agent, chance.choice(["x", "y"]), at_ms, chance.choice(["complaint", "repeat_enquiry"])),
        decided(agent, chance.choice(["x", "y"]), at_ms, chance.choice(["withdrawn", "confirmed"])),
        state(agent, at_ms, chance.choice(["talk", "ringing", "break", "offline"])),
        heartbeat(at_ms),
    ]
    return chance.choice(kinds)
