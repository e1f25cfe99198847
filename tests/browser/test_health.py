"""The page of the line's health on the stage: what to do in words, letters by reason, their replay, and its states."""

from collections.abc import Callable
from typing import Any

import pytest

from dashboard.health.report import MORE_NOTICES
from streams.source_days import CLOCK_AHEAD, CONFLICT, MISROUTED
from streams.store.source_reports import CLOCK_BEHIND, FINDINGS
from tests.browser.conftest import Show
from tests.layouts.ailing import example_health, example_letters, example_run
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
WELL: dict[str, Any] = {"to_do": [], "dead_letters": [], "forgotten": [], "silent": [], "sources": []}
QUIET = "document.querySelector('#health-todo .sound')"
LETTERS = "document.querySelectorAll('#letters tr').length"


def told(**changes: Any) -> dict[str, tuple[int, Any]]:
    return {"GET /health.json": (200, example_health(**changes))}


def opened(show: Opener, lang: str = "en", who: str = "?as=8888", **changes: Any) -> Show:
    seen = show("health", lang=lang, query=f"health{who}", answers=told(**changes))
    seen.until("Boolean(document.getElementById('health').dataset.state)")
    return seen


def lines(seen: Show, selector: str) -> list[str]:
    return seen.page.locator(selector).all_inner_texts()


def test_what_is_to_do_is_said_in_sentences_and_the_worst_comes_first(show: Opener) -> None:
    seen = opened(show)
    assert lines(seen, "#health-todo li")[:3] == [
        "The newest change of the site file has errors; what held before still holds. Line by line below.",
        "Nothing from /acd/two for 6 min, though agents are signed in.",
        "Records that could not be counted: 128. Once the cause is put right they can be sent again, below.",
    ]
    assert lines(seen, ".is-silent td") == ["/acd/two", "14:26:00", "6 min ago"]
    assert seen.page.locator("[data-health=lag]").inner_text() == "6"
    assert lines(seen, ".around td:has(span:not(:empty))") == [
        *("Build 1f3c9a2e", "published just now", "process 4121 on wall-1", "812 MiB of 4.0 GiB memory"),
        *("when full: noeviction", "Times are Kafka's", "keeps 40 days", "In force since 08:02:41"),
        "/etc/callfloor/site.toml",
        "All kinds of data have a source",
    ]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "zh",
            "/acd/<one> 的 1,240 条记录里有 1,200 条没有归到坐席：消息键不是坐席工号（记录 c-1 的键是“7f3c”，坐席是“1042”）。",
        ),
        (
            "en",
            "1,200 of 1,240 records of /acd/<one> count for nobody: their record key is not the agent (record c-1 has the ",
        ),
    ],
)
def test_a_source_whose_records_count_for_nobody_is_named_with_what_to_do(show: Opener, lang: str, words: str) -> None:
    one = {
        "code": "misrouted",
        "source": "/acd/<one>",
        "n": 1200,
        "records": 1240,
        "id": "c-1",
        "key": "7f3c",
        "agent": "1042",
    }
    seen = opened(show, lang, **WELL | {"to_do": [one]})
    (said,) = lines(seen, "#health-todo li")
    assert said.startswith(words)
    assert "data.agent" in said


def finding(code: str, **changes: Any) -> dict[str, Any]:
    """What is noticed of a source whose ids look like markup, a gap of a sentence and a selector."""
    ids = {
        "source": "/acd/<b>one</b>",
        "id": '{n}"]<img src=x>#1',
        "key": "{id}",
        "agent": "'a' & b",
        "stands": "/{id}",
    }
    figures = dict.fromkeys(("talk_s", "lasted_s", "wait_s", "ahead_s", "behind_s"), "95")
    return {"code": code, "n": 3, "records": 1240, "differs": "minute", "state": "talk", **ids, **figures, **changes}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_noticed_has_its_sentence_and_an_id_stays_the_text_it_is(show: Opener, lang: str) -> None:
    seen = opened(show, lang, **WELL | {"to_do": [*map(finding, FINDINGS), {"code": MORE_NOTICES}]})
    said = lines(seen, "#health-todo li")
    assert len(said) == len(FINDINGS) + 1
    for text in said[:-1]:
        assert "/acd/<b>one</b>" in text
        assert '{n}"]<img src=x>#1' in text
    assert "/{id}" in said[FINDINGS.index(CONFLICT)]
    assert "callfloor check" in said[-1]
    assert seen.page.locator("#health-todo :is(b, img)").count() == 0
    faults = seen.page.locator("#health-todo .fault").evaluate_all("(lines) => lines.map((line) => line.dataset.code)")
    assert faults == [MISROUTED, CONFLICT, CLOCK_AHEAD, CLOCK_BEHIND]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_longest_ids_stay_on_the_page_and_the_sums_in_one_row(show: Opener, lang: str) -> None:
    long = dict.fromkeys(("source", "id", "key", "agent", "stands"), "x" * 200)
    told_of = {"sources": [{"source": "x" * 200, "newest": None, "silent_s": 1}]}
    agents = {"forgotten": [{"agent": "x" * 200, "state": "talk", "since": None, "source": "x" * 200}]}
    seen = opened(show, lang, **WELL | told_of | agents | {"to_do": [finding(kind, **long) for kind in FINDINGS]})
    is_wide = (
        "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.tagName + one.className)"
    )
    assert seen.page.locator("main, main :not(.unseen, span)").evaluate_all(is_wide) == []
    tops = seen.page.locator(".health-sums > div").evaluate_all("(sums) => sums.map((sum) => sum.offsetTop)")
    assert len(set(tops)) == 1


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", "（记录 c-1 没有键，没有坐席）"), ("en", "(record c-1 has no key and is of no agent)")],
)
def test_a_record_without_key_or_agent_is_said_to_have_none(show: Opener, lang: str, words: str) -> None:
    one = finding(MISROUTED, id="c-1", key="", agent="")
    (said,) = lines(opened(show, lang, **WELL | {"to_do": [one]}), "#health-todo li")
    assert words in said


@pytest.mark.parametrize(("lang", "words"), [("zh", "没有需要处理的事。"), ("en", "Nothing needs looking after.")])
def test_where_nothing_is_to_do_it_says_so(show: Opener, lang: str, words: str) -> None:
    seen = opened(show, lang, **WELL)
    assert lines(seen, "#health-todo li") == [words]
    assert lines(seen, "#letters-none") == ["没有无法处理的记录。" if lang == "zh" else "No record was refused."]
    assert not seen.page.locator("table.letters").is_visible()


def test_partitions_that_stand_still_are_named_with_the_reason(show: Opener) -> None:
    held = {"code": "transaction", "partition": 3, "offset": 9, "n": 2, "held_s": 95, "producer": "clerk"}
    halted = {"code": "halted_codec", "partition": 1, "offset": 17, "detail": "no snappy"}
    seen = opened(show, "en", **WELL | {"to_do": [held, halted, held | {"producer": None, "held_s": None}]})
    said = lines(seen, "#health-todo li")
    assert said[0].startswith("Partition 3 has stood still for 95 s behind")
    assert "an open transaction of clerk; 2 records wait." in said[0]
    assert said[1].startswith("Partition 1 is counted up to 17; what comes next is compressed in a way that is not")
    assert "has stood still for — behind an open transaction of —" in said[2]


def test_what_nobody_knows_yet_is_not_nothing(show: Opener) -> None:
    unseen = dict.fromkeys(("reachable", "error", "seen", "log_append_time", "retention_days"))
    seen = opened(show, dead_letters=None, kafka=unseen, partitions=[{"partition": 0, "position": 3, "lag": None}])
    assert lines(seen, "#letters-none") == ["Kafka is not seen now: whether there are dead letters is not known."]
    assert seen.page.locator("[data-health=lag]").inner_text() == "—"
    assert lines(seen, "[data-health-rows=partitions] .lag") == ["—"]


def test_without_redis_the_figures_are_unknown_and_it_is_said(show: Opener) -> None:
    nothing = dict.fromkeys(("age_s", "partitions", "totals", "sources", "silent", "forgotten", "publisher", "replay"))
    away = {"reachable": False, "error": "x"}
    seen = opened(show, **nothing, redis=away, to_do=[{"code": "redis"}], site={"problems": [], "file": None})
    assert "Redis cannot be reached" in lines(seen, "#health-todo li")[0]
    assert set(lines(seen, ".health-sums .v")) == {"—"}
    assert lines(seen, "[data-health='site.loaded_at']") == ["No site file"]


def test_a_server_that_is_away_leaves_what_it_said_and_says_of_when_it_is(show: Opener) -> None:
    seen = opened(show, **WELL)
    seen.page.route("**/health.json", lambda route: route.abort())
    seen.until("document.getElementById('health').dataset.state === 'unreached'")
    assert lines(seen, "#health-todo li") == ["The web server cannot be reached; below is what it said at 14:32:09."]
    assert seen.page.locator("[data-health='totals.records']").inner_text() == "118,204"
    seen.page.unroute("**/health.json")
    seen.until(QUIET)


def test_letters_are_shown_by_reason_without_their_content(show: Opener) -> None:
    seen = opened(show)
    assert lines(seen, "#letters tr:first-child td") == [
        *("Wrong field", "127", "3", "1", "14:30:11", "Expected `int | null`, got `str` - at `$.talk_s`"),
        seen.page.locator("#letters tr:first-child td.shape").inner_text(),
        "Send again",
    ]
    assert lines(seen, "#letters tr:nth-child(2) td")[:7:2] == [
        "Ahead of time",
        "0",
        "11-22 17:10:00",
        "no longer in Kafka\ncallfloor.events / 0 / 11800",
    ]
    assert lines(seen, "#letters-none") == [""]


def test_letters_are_sent_again_by_reason_and_the_run_is_told_to_its_end(show: Opener) -> None:
    seen = opened(show)
    running = example_run(sent=40, same=0, gone=0, ended=None, running=True)
    seen.stage.answers |= {"POST /letters": (201, running)} | told(replay=running)
    seen.page.locator("#letters tr:first-child button").click()
    seen.until("document.querySelector('#letters-run').textContent !== ''")
    assert lines(seen, "#letters-run") == ["8888 is sending again: 40 of 127"]
    assert seen.page.locator("#letters button:not([disabled])").count() == 0
    assert [each for each in seen.stage.asked if each[0] == "POST /letters"] == [
        ("POST /letters", "", {"reason": "bad_field"})
    ]
    seen.stage.answers |= told(dead_letters=[], replay=example_run())
    ended = "14:31:42, 8888 sent again (Wrong field): 120 of 127, 4 like one that was sent, 3 no longer in Kafka."
    wait_until(lambda: lines(seen, "#letters-run")[0].startswith(ended), PATIENCE_S, "the end of the run")
    assert lines(seen, "#letters-none") == ["No record was refused."]


def test_what_came_too_late_stays_listed_and_only_a_rebuild_counts_it(show: Opener) -> None:
    late = example_letters()[0] | {"reason": "too_late", "by_rebuild": True}
    seen = opened(show, dead_letters=[late], to_do=[{"code": "too_late", "n": 127}])
    assert "Too late" in lines(seen, "#letters td.reason")
    assert lines(seen, "#letters td.replay") == ["Counts only by a rebuild after lateness or fact_lateness was changed"]
    assert lines(seen, "#letters button") == []
    assert lines(seen, "#health-todo li")[0].startswith("Records that came too late: 127.")


def test_all_are_sent_again_and_a_refusal_is_said(show: Opener) -> None:
    seen = opened(show, "zh", replay=example_run(error="kafka_away", sent=0, same=0, gone=0))
    assert "Kafka 连不上，提前结束，其余仍在等，可再送一次。" in lines(seen, "#letters-run")[0]
    seen.stage.answers |= {"POST /letters": (409, {"error": "replay_runs", "message": "x"})}
    seen.page.get_by_text("全部再送").click()
    seen.until("document.querySelector('#letters-problem').textContent !== ''")
    assert lines(seen, "#letters-problem") == ["正在再送，请等它结束。"]
    assert [each[2] for each in seen.stage.asked if each[0] == "POST /letters"] == [{"reason": None}]
    seen.complaints[:] = [text for text in seen.complaints if "409" not in text]
