"""What the register says of an appeal is what the record does, also where two decided in the same instant."""

from itertools import product

import pytest

from dashboard.actions.appeal_cases import CaseState, case_of, record_of
from dashboard.rules.deduction import DeductionPolicy
from streams.events import ComplaintDecided, ComplaintRecorded
from streams.ledger.facts import complaint_status
from streams.ledger.fold_facts import fold_decided, fold_recorded
from streams.store.ledger_reader import ActionLine, ComplaintLine

AGENT, REF, AT_MS = "a1", "C-1", 1_000
APPEALED_MS, DECIDED_MS = 2_000, 3_000
OUTCOMES = {"overturned": "granted", "upheld": "refused"}


def decided(line: ComplaintLine, at_ms: int, decision: str) -> ComplaintLine:
    event = ComplaintDecided(complaint_id=REF, agent=AGENT, decision=decision, decided_by=f"by-{decision}")  # type: ignore[arg-type]
    return fold_decided(line, event, AGENT, at_ms, 0)[1] or line


def appealed() -> ComplaintLine:
    event = ComplaintRecorded(complaint_id=REF, agent=AGENT, kind="complaint")
    recorded = fold_recorded(None, event, AGENT, AT_MS, 0)[1]
    assert recorded is not None
    return decided(decided(recorded, AT_MS + 1, "confirmed"), APPEALED_MS, "appealed")


def answer(decision: str) -> ActionLine:
    after = CaseState(complaint_status(decision), 0.0 if decision == "overturned" else -1.0)
    kept = record_of(AT_MS, CaseState("confirmed", -1.0), after)
    return ActionLine(stamp=0, gives=True, at_ms=DECIDED_MS, outcome=OUTCOMES[decision], record=kept, ref=REF)


@pytest.mark.parametrize("later_ms", [0, 1], ids=["in the same instant", "a moment later"])
@pytest.mark.parametrize(("first", "answered"), list(product(OUTCOMES, OUTCOMES)))
def test_of_two_decisions_the_record_took_the_later(first: str, answered: str, later_ms: int) -> None:
    second = next(each for each in OUTCOMES if each != first)
    line = decided(decided(appealed(), DECIDED_MS, first), DECIDED_MS + later_ms, second)
    assert line.decision == second
    filed = ActionLine(stamp=0, gives=True, at_ms=APPEALED_MS, by=AGENT, kind="appeal.filed", ref=REF)
    case = case_of(AGENT, REF, line, DeductionPolicy(), filed, answer(answered))
    assert case is not None and case.decision is not None
    assert (case.decision.outcome, case.decision.after.status) == (OUTCOMES[second], complaint_status(second))
