"""A journal entry as a story: who, what, which steps, what came back, what bears each figure, who decided."""

from typing import Any

from assistant.ui.story import related_ids, tell
from assistant.ui.words import screen_words
from tests.ui.worlds import entry

WORDS = screen_words("en")
CALL = entry(
    1,
    "call",
    {
        "tool": "plan_staffing",
        "arguments": {"unit": "ICU", "days": 14},
        "status": "ok",
        "user": "Ada",
        "role": "coordinator",
        "text": "Roster for ICU: 126 shifts.\n- more",
    },
)
BODY: dict[str, Any] = {
    "question": "Draft a roster",
    "language": "en",
    "user": "Ada",
    "role": "coordinator",
    "thread": "t1",
    "at": "2026-03-10T20:00:00",
    "language_model": {"kind": "embedded", "name": "small-one", "weights_sha256": "abc"},
    "steps": [{"tool": "plan_staffing", "arguments": {"unit": "ICU"}, "status": "ok", "journal_id": "J-000001"}],
    "facts": [{"id": "1.f1", "text": "Roster for ICU: 126 shifts."}],
    "sources": [{"id": "plan:staffing", "version": "", "as_of": "2026-03-10T20:00"}],
    "answer": "Roster for ICU: 126 shifts.",
    "grounded": True,
    "claims": [{"kind": "number", "value": "126", "fact": "1.f1"}, {"kind": "unit", "value": "ICU", "fact": None}],
    "proposals": ["P-1"],
    "records_sha256": "f00",
    "version": "0.1.0",
    "seconds": {"total": 2.5},
}
ANSWER = entry(3, "answer", BODY)
PROPOSAL = entry(
    2,
    "proposal",
    {
        "id": "P-1",
        "kind": "staffing",
        "summary": "Two weeks",
        "made": {"user": "Ada", "role": "coordinator", "journal_id": "J-000001"},
    },
)
DECISION = entry(
    4,
    "decision",
    {
        "id": "P-1",
        "verdict": "rejected",
        "user": "Bo",
        "role": "administrator",
        "reason": "Too many nights",
        "plan_sha256": "aa",
        "inputs_sha256": "bb",
    },
)


def test_an_answer_is_told_from_question_to_decision() -> None:
    text = tell(ANSWER, [CALL, DECISION], WORDS).text
    for part in (
        "2026-03-10 19:00:03 UTC, Ada (Shift coordinator) asked",
        "“Draft a roster”",
        "“small-one” (embedded)",
        "Plan the roster (plan_staffing) with unit = ICU: done (J-000001)",
        "It came back: Roster for ICU: 126 shifts.",
        "number 126: fact 1.f1, “Roster for ICU: 126 shifts.”",
        "unit ICU: no fact bears it",
        "P-1 was put forward and rejected by Bo (Administrator)",
        "Too many nights",
        f"Fingerprint of this entry: {ANSWER.hash}",
    ):
        assert part in text


def test_a_replaced_text_is_told_with_what_was_wrong() -> None:
    body = {**BODY, "replaced": {"text": "99 shifts!", "ungrounded": ["number 99"]}}
    text = tell(entry(3, "answer", body), [], WORDS).text
    assert "no fact bears: number 99" in text and "99 shifts!" in text


def test_an_undecided_proposal_is_told_as_such() -> None:
    assert "has no decision yet" in tell(PROPOSAL, [], WORDS).text


def test_a_decision_names_what_it_is_bound_to() -> None:
    text = tell(DECISION, [PROPOSAL], WORDS).text
    assert "P-1 is rejected" in text and "Two weeks (J-000002)" in text and "plan aa" in text


def test_a_failed_step_is_told_with_its_reason() -> None:
    body = {**CALL.body, "status": "failed", "error": {"code": "unknown_unit", "message": "Unknown unit 'XQ'."}}
    assert "It could not be done: Unknown unit 'XQ'." in tell(entry(1, "call", body), [], WORDS).text


def test_every_kind_of_entry_can_be_told_in_both_languages() -> None:
    others = [
        entry(n, kind, {"site": "main", "entry": "J-1"}) for n, kind in enumerate(("import", "read", "notice", "new"))
    ]
    for language in ("en", "zh"):
        for told in (ANSWER, CALL, PROPOSAL, DECISION, *others):
            assert told.hash in tell(told, [], screen_words(language)).text


def test_an_answer_needs_its_steps_and_the_decisions_on_its_proposals() -> None:
    assert related_ids(ANSWER) == ({"J-000001"}, {"P-1"})
