"""The roster grid: codes, shading, short shifts, fairness; bed plans as tables."""

import re
from datetime import datetime, timedelta

import pytest

from assistant.plan.beds.plan import BedPlan, Placement, Transfer
from assistant.plan.beds.problem import BedProblem, Patient
from assistant.plan.result import Reason, Result, Status
from assistant.records.units import Bed, Unit, UnitKind
from assistant.ui.bed_view import beds_html
from assistant.ui.roster_view import roster_html, solver_words
from assistant.ui.words import screen_words
from tests.ui.test_answer_view import shown
from tests.ui.worlds import roster_plan, roster_problem

NOW = datetime(2026, 3, 10, 20)


@pytest.fixture(scope="module")
def grid() -> str:
    return roster_html(roster_plan(), roster_problem(), screen_words("en"))


def test_every_duty_shows_its_code(grid: str) -> None:
    body = grid[grid.index("<tbody>") : grid.index("</tbody>")]
    assert re.findall(r"hda-code [^>]*>(\w)</span>", body) == ["E", "E", "E", "N", "N"]


def test_nights_look_different_from_days_by_more_than_hue(grid: str) -> None:
    assert "hda-night" in grid and "hda-s1" in grid


def test_saturday_and_sunday_are_shaded_in_head_and_cells(grid: str) -> None:
    head = grid[grid.index("hda-roster") :]
    assert head[: head.index("</thead>")].count("hda-we") == 2


def test_a_short_shift_says_how_many_are_missing(grid: str) -> None:
    cell = re.search(r'<td class="hda-short[^>]*>.*?</td>', grid)
    assert cell and shown(cell[0]).split() == ["0/1", "−1"]
    assert "1&#32;short" in cell[0] or "1 short" in cell[0]


def test_absent_days_and_unkept_wishes_are_marked(grid: str) -> None:
    body = grid[grid.index("<tbody>") : grid.index("</tbody>")]
    assert body.count("hda-away") == 1
    assert body.count("hda-wish") == 1


def test_names_are_inert(grid: str) -> None:
    assert "Ada <b>Stone</b>" not in grid
    assert "Ada <b>Stone</b>" in shown(grid)


def test_fairness_shows_hours_against_the_contract(grid: str) -> None:
    fairness = shown(grid[grid.index("Fairness") :]).split()
    assert "22.5" in fairness and "16.5" in fairness


def test_chinese_names_stand_in_the_chinese_grid() -> None:
    assert "石" in roster_html(roster_plan(), roster_problem(), screen_words("zh"))


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Result(Status.OPTIMAL, 5.0, 5.0), "Proven best"),
        (Result(Status.FEASIBLE, 20.0, 18.0), "10%"),
        (Result(Status.INFEASIBLE), "No plan keeps every rule"),
    ],
)
def test_only_a_proof_is_called_best(result: Result, said: str) -> None:
    text = solver_words(result, screen_words("en"))
    assert said in text
    assert ("Proven best" in text) == (result.status is Status.OPTIMAL)


def test_a_bed_plan_shows_placements_transfers_surge_and_reasons() -> None:
    waiting = tuple(
        Patient(visit, NOW + timedelta(days=3), unit="ED", wants="3B", since=NOW, isolation=visit == "V-1")
        for visit in ("V-1", "V-2")
    )
    problem = BedProblem(
        NOW,
        1,
        (Unit("3B", "Respiratory"), Unit("ED", "Emergency", kind=UnitKind.EMERGENCY)),
        (Bed("3B", "31", "31-1", isolation=True),),
        waiting,
    )
    plan = BedPlan(
        NOW,
        1,
        "",
        (Placement("V-1", "3B/31/31-1", NOW, 0, 1, "3B", wrong_unit=True),),
        (Transfer("V-9", "3B/31/31-1", "3B/32/32-1", NOW, 0, 1),),
        (("3B", 2),),
        (Reason("unit_full", "V-2"),),
        Result(Status.OPTIMAL, 1.0, 1.0),
    )
    text = shown(beds_html(plan, problem, screen_words("en")))
    for part in (
        "V-1",
        "isolation",
        "3B/31/31-1",
        "in another unit",
        "V-9",
        "every suitable bed is taken",
        "Surge beds",
    ):
        assert part in text
