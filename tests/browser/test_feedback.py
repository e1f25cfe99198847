"""Feedback given in the drawer: sent to the agent in the name of who leads, never to oneself and never in nobody's name."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Show
from tests.browser.flagged import AGENT
from tests.browser.test_flags import _open as opened

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
SAID = "document.querySelector('.give [role=status]').textContent"


def test_feedback_is_given_and_a_refusal_leaves_what_was_written(show: Opener) -> None:
    seen = opened(show, lang="en")
    field = seen.page.get_by_label("Feedback to the agent")
    field.fill("Calm and clear this week.")
    seen.stage.answers["POST /feedback"] = (503, {"error": "kafka_away", "message": "x"})
    field.press("Enter")
    seen.until(f"{SAID} === 'It could not be sent; try again later.'")
    assert field.input_value() == "Calm and clear this week."
    seen.complaints[:] = [text for text in seen.complaints if "503" not in text]
    seen.stage.answers["POST /feedback"] = (201, {"action_id": "x", "counted": True})
    seen.page.locator(".give button").click()
    seen.until(f"{SAID}.startsWith('Delivered')")
    assert field.input_value() == ""
    sent = [each[1:] for each in seen.stage.asked if each[0] == "POST /feedback"]
    body = {"kind": "feedback.given", "agent": AGENT, "text": "Calm and clear this week."}
    assert sent == [("", body)] * 2


def test_nobody_gives_it_to_themselves(show: Opener) -> None:
    seen = opened(show, who=AGENT)
    assert seen.page.locator(".give form").count() == 0
