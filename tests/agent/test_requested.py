"""A request beside a roster becomes a supposition after it; nothing is added where none is plainly made."""

import pytest

from assistant.agent.requested import with_requests
from assistant.llm.descriptions import RawCall

ROSTER = RawCall("plan_staffing", {"unit": "3B", "days": 14})


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Two-week roster for 3B; Chen cannot work nights", [("Chen", "nights")]),
        ("Roster 3B, and remember Li Na can't do late shifts", [("Li Na", "late")]),
        (
            "Roster for 3B. Chen must not work nights, and Wang Wei doesn't do earlies.",
            [("Chen", "nights"), ("Wang Wei", "earlies")],
        ),
        ("3B排两周的班，陈娜不能上夜班", [("陈娜", "夜班")]),
        ("3B排兩週的班，陳娜護士不能上夜班", [("陈娜", "夜班")]),
        ("Two-week roster for 3B", []),
        ("Roster for 3B; we cannot work nights with so few", []),
        ("Roster 3B, they said nobody can work nights", []),
        ("Why can Chen not work nights?", []),
        ("3B排两周的班，我们不能上夜班", []),
    ],
)
def test_who_cannot_work_which_shift_is_supposed_upon_the_roster(question: str, asked: list[tuple[str, str]]) -> None:
    calls = with_requests([ROSTER], question)
    assert calls[0] == ROSTER
    assert [(call.arguments["who"], call.arguments["shift"]) for call in calls[1:]] == asked
    assert {call.name for call in calls[1:]} <= {"what_if"}


def test_nothing_is_added_beside_a_supposition_or_without_one_roster() -> None:
    question = "Two-week roster for 3B; Chen cannot work nights"
    supposed = RawCall("what_if", {"change": "forbid", "who": "Chen", "shift": "nights"})
    for calls in ([ROSTER, supposed], [RawCall("show_state", {"measure": "staffing"})], [ROSTER, ROSTER]):
        assert with_requests(calls, question) == calls
