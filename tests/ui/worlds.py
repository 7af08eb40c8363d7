"""Small worlds for the screen's tests: a chooser that follows a script, a roster, an answer, journal entries."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from assistant.agent.question import Answer
from assistant.journal.entry import GENESIS, Entry, make_entry
from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.plan.result import Reason, Result, Status
from assistant.plan.staffing.plan import CoverRow, FairnessRow, RosterPlan
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.records.demand import Demand
from assistant.records.staff import Absence, Person, Shift
from assistant.tools.tool import Fact, Source

HOSTILE = "<img src=x onerror=alert(1)> [here](http://evil.example) **bold** `code` ${1+1} {{2}} www.evil.example"


class Script:
    """Chooses by what the question contains; a value that is an exception is raised."""

    def __init__(self, **calls: Any) -> None:
        self.calls = calls

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """The calls of the first word of the script that occurs in the question."""
        for word, chosen in self.calls.items():
            if word in question:
                if isinstance(chosen, Exception):
                    raise chosen
                return list(chosen)
        return []

    def identity(self) -> dict[str, Any]:
        """For the journal."""
        return {"kind": "scripted", "name": "script-of-the-test"}


def occupancy(unit: str = "ICU") -> RawCall:
    """A fast call that succeeds on the small hospital."""
    return RawCall("show_state", {"measure": "occupancy", "unit": unit})


def roster_problem() -> RosterProblem:
    """Three nurses from Friday to Sunday, two shifts; one is away on Friday."""
    days = tuple(date(2026, 3, 20) + timedelta(days=n) for n in range(3))
    shifts = (
        Shift("E", "Early", time(7), time(15), 450, name_zh="早班"),
        Shift("N", "Night", time(22), time(7), 540, night=True, name_zh="夜班"),
    )
    names = (("N1", "Ada <b>Stone</b>", "石"), ("N2", "Bo Reed", ""), ("N3", "Cy Marsh", ""))
    people = tuple(Person(staff, name, "ICU", name_zh=zh) for staff, name, zh in names)
    demand = tuple(Demand("ICU", day, shift.shift, 1) for day in days for shift in shifts)
    return RosterProblem("ICU", days, shifts, people, demand, absences=(Absence("N3", days[0], days[0]),))


def roster_plan() -> RosterPlan:
    """A roster for it by hand: Sunday's night is short, one wish is not kept."""
    days = roster_problem().days
    duties = [
        ("N1", days[0], "E"),
        ("N2", days[0], "N"),
        ("N1", days[1], "E"),
        ("N3", days[1], "N"),
        ("N1", days[2], "E"),
    ]
    cover = [CoverRow(day, shift, 1, 1, 0) for day in days for shift in ("E", "N")][:-1]
    reasons = (Reason("unmet_wish", "N1", {"day": days[1].isoformat(), "wish": "off", "planned": "E"}),)
    fair = (FairnessRow("N1", "Ada <b>Stone</b>", 22.5, 16.5, 3, 0, None, 2, 1, 1, 0),)
    return RosterPlan(
        "ICU",
        days,
        tuple(Duty(*duty) for duty in duties),
        Result(Status.FEASIBLE, 20.0, 18.0, reasons=reasons, seconds=1.5),
        (*cover, CoverRow(days[2], "N", 1, 0, 1)),
        fairness=fair,
    )


def answer(text: str, facts: Sequence[Fact] = (), sources: Sequence[Source] = (), **more: Any) -> Answer:
    """An answer as it would arrive."""
    seconds = {"total": 1.25}
    return Answer(text, "en", (), tuple(facts), tuple(sources), True, "J-000007", seconds=seconds, **more)


def entry(seq: int, kind: str, body: dict[str, Any]) -> Entry:
    """A journal entry."""
    return make_entry(seq, f"{datetime(2026, 3, 10, 19, 0, seq).isoformat()}.000000+00:00", kind, body, GENESIS)
