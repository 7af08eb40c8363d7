"""The risk that a plan leaves open: whole-number chances from quantiles, short shifts, nights without a free bed."""

from datetime import date, timedelta
from random import Random
from statistics import NormalDist

import pytest

from assistant.plan.beds.plan import BedPlan, Placement
from assistant.plan.result import Result, Status
from assistant.plan.risk.beds import night_risks
from assistant.plan.risk.counts import Counts
from assistant.plan.risk.staffing import expected_short, nurses_for, shift_risks
from assistant.plan.staffing.plan import CoverRow
from tests.plan.worlds import NOW, bed, hospital, waits

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
DAY = date(2026, 3, 16)


def around(mean: float, spread: float, most: int | None = None) -> Counts:
    """A count whose root is normal."""
    roots = NormalDist(mean**0.5, spread)
    return Counts.of({level: max(0.0, roots.inv_cdf(level)) ** 2 for level in LEVELS}, most)


def test_the_chances_are_those_of_the_distribution_behind_the_quantiles() -> None:
    counts, random = around(20, 0.4), Random(1)
    drawn = [random.gauss(20**0.5, 0.4) ** 2 for _ in range(40_000)]
    for limit in (10, 14, 18, 20, 22, 26, 30):
        seen = sum(value <= limit + 0.5 for value in drawn) / len(drawn)
        assert counts.at_most(limit) == pytest.approx(seen, abs=0.01)
        assert counts.at_least(limit + 1) == pytest.approx(1 - counts.at_most(limit))


def test_chances_rise_to_one_and_stop_at_the_beds() -> None:
    counts = around(20, 0.4, most=24)
    chances = [counts.at_most(number) for number in range(-1, 30)]
    assert chances == sorted(chances) and chances[0] == 0 and counts.at_most(24) == 1 and counts.at_least(25) == 0


@pytest.mark.parametrize("share", [0.5, 0.75, 0.95, 0.99])
def test_enough_is_the_smallest_number_not_exceeded_with_the_chance(share: float) -> None:
    counts = around(20, 0.4)
    enough = counts.enough_for(share)
    assert counts.at_most(enough) >= share > counts.at_most(enough - 1)


def test_a_forecast_without_any_spread_is_certain() -> None:
    counts = Counts.of(dict.fromkeys(LEVELS, 7.0))
    assert counts.at_most(6) == pytest.approx(0, abs=1e-6) and counts.at_most(7) == pytest.approx(1, abs=1e-6)
    assert Counts.of(dict.fromkeys(LEVELS, 0.0)).at_most(0) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("faulty", [{0.5: 1.0}, {0.1: 5.0, 0.9: 3.0}, {0.0: 1.0, 0.5: 2.0}, {0.1: -1.0, 0.9: 2.0}])
def test_quantiles_that_make_no_sense_are_refused(faulty: dict[float, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Counts.of(faulty)


@pytest.mark.parametrize(("patients", "ratio", "nurses"), [(0, 6, 1), (6, 6, 1), (7, 6, 2), (12, 2, 6), (5, 2.5, 2)])
def test_nurses_for_patients(patients: int, ratio: float, nurses: int) -> None:
    assert nurses_for(patients, ratio) == nurses


def test_a_shift_is_short_exactly_when_the_patients_need_more_nurses() -> None:
    counts = around(20, 0.4, most=28)
    rows = [CoverRow(DAY, "E", 4, 4, 0), CoverRow(DAY, "N", 3, 2, 1), CoverRow(DAY + timedelta(days=9), "E", 4, 4, 0)]
    early, night = shift_risks(rows, {"E": 6.0, "N": 8.0}, {DAY: counts})
    by_hand = sum(counts.at_most(n) - counts.at_most(n - 1) for n in range(29) if nurses_for(n, 6.0) > 4)
    assert early.short == pytest.approx(by_hand) and early.nurses == 4
    assert night.short == pytest.approx(counts.at_least(17)) and night.short_two == pytest.approx(counts.at_least(25))
    assert expected_short([early, night]) == pytest.approx(early.short + night.short)


def test_a_shift_with_nobody_on_it_is_short_for_certain() -> None:
    (risk,) = shift_risks([CoverRow(DAY, "E", 1, 0, 1)], {"E": 6.0}, {DAY: around(3, 0.2)})
    assert risk.short == 1


def test_guests_and_surge_beds_count_in_the_risk_of_a_full_unit() -> None:
    beds = [bed(f"3A/{n}/1") for n in range(6)]
    problem = hospital(beds, [waits("V1", "3B")], days=3, surge=(("3A", 2),))
    guest = Placement("V1", "3A/0/1", NOW, 0, 2, wanted="3B", wrong_unit=True)
    result, tomorrow = Result(Status.OPTIMAL), NOW.date() + timedelta(days=1)
    counts = around(4, 0.3)
    expected = {tomorrow + timedelta(days=n): counts for n in range(2)}
    bare = night_risks(problem, BedPlan(NOW, 3, "", (), (), (), (), result), "3A", expected)
    with_guest = night_risks(problem, BedPlan(NOW, 3, "", (guest,), (), (), (), result), "3A", expected)
    with_surge = night_risks(problem, BedPlan(NOW, 3, "", (guest,), (), (("3A", 2),), (), result), "3A", expected)
    assert [risk.full for risk in bare] == [counts.at_least(6)] * 2
    assert [risk.full for risk in with_guest] == [counts.at_least(5), counts.at_least(6)]
    assert [risk.beds for risk in with_surge] == [8, 8] and with_surge[0].full == counts.at_least(7)
