"""Each hard rule of a roster holds even where breaking it would be much cheaper."""

from dataclasses import replace

import pytest

from assistant.plan.result import Status
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import Duty, RosterProblem, RosterRules
from assistant.plan.staffing.solve import solve
from assistant.records.staff import Absence, RosterEntry, Shift
from tests.plan.worlds import EARLY, LATE, QUICK, day, nurses, ward


def roster(problem: RosterProblem) -> RosterPlan:
    """The best roster, proven, and clean in the eyes of the checker."""
    plan = solve(problem, QUICK)
    assert plan.result.status is Status.OPTIMAL
    assert plan.rule_check == ()
    return plan


def worked(plan: RosterPlan) -> set[tuple[str, int, str]]:
    return {(duty.staff, (duty.day - plan.days[0]).days, duty.shift) for duty in plan.assignments}


def broken(problem: RosterProblem, *duties: tuple[str, int, str]) -> set[str]:
    """Kinds of rules that the checker finds broken in a roster made by hand."""
    return {reason.kind for reason in check_roster(problem, [Duty(staff, day(n), shift) for staff, n, shift in duties])}


def test_nobody_works_two_shifts_a_day() -> None:
    problem = ward(1, nurses(1), {(0, "E"): 1, (0, "N"): 1})
    assert len(roster(problem).assignments) == 1
    assert "one_shift_a_day" in broken(problem, ("A", 0, "E"), ("A", 0, "N"))


def test_late_is_not_followed_by_early() -> None:
    problem = ward(2, nurses(1), {(0, "L"): 1, (1, "E"): 1})
    assert len(roster(problem).assignments) == 1
    assert broken(problem, ("A", 0, "L"), ("A", 1, "E")) == {"rest"}


def test_a_night_is_not_followed_by_late_of_the_next_day_when_the_rest_is_longer() -> None:
    problem = ward(2, nurses(1), {(0, "N"): 1, (1, "L"): 1})
    assert len(roster(problem).assignments) == 1
    assert broken(problem, ("A", 0, "N"), ("A", 1, "L")) == {"rest"}


def test_rest_counts_from_the_night_worked_before_the_window() -> None:
    problem = ward(1, nurses(1), {(0, "E"): 1}, history=(RosterEntry("A", "ICU", day(-1), "N"),))
    assert roster(problem).assignments == ()
    assert broken(problem, ("A", 0, "E")) == {"rest"}


def test_rest_counts_from_another_units_shift_with_its_own_times() -> None:
    evening = Shift("E", "Evening there", EARLY.start, LATE.end, 480, unit="ED")
    history = (RosterEntry("A", "ED", day(-1), "E"),)
    problem = ward(1, nurses(1), {(0, "E"): 1}, history=history, other_shifts=(evening,))
    assert roster(problem).assignments == ()


def test_a_day_promised_to_another_unit_is_not_planned() -> None:
    away = replace(EARLY, unit="ED")
    problem = ward(1, nurses(1), {(0, "N"): 1}, history=(RosterEntry("A", "ED", day(0), "E"),), other_shifts=(away,))
    assert roster(problem).assignments == ()


def test_days_in_a_row_end_at_the_limit() -> None:
    rules = RosterRules(max_consecutive_days=3, max_hours_in_seven_days=168, max_hours_per_week=168)
    problem = ward(5, nurses(1), {(n, "E"): 1 for n in range(5)}, rules=rules)
    assert len(roster(problem).assignments) == 4
    assert broken(problem, *[("A", n, "E") for n in range(4)]) == {"consecutive_days"}


def test_days_in_a_row_count_those_before_the_window() -> None:
    rules = RosterRules(max_consecutive_days=3, max_hours_in_seven_days=168)
    history = tuple(RosterEntry("A", "ICU", day(-n), "E") for n in (1, 2, 3))
    problem = ward(2, nurses(1), {(0, "E"): 1, (1, "E"): 1}, rules=rules, history=history)
    assert worked(roster(problem)) == {("A", 1, "E")}


def test_nights_in_a_row_end_at_the_limit() -> None:
    rules = RosterRules(max_consecutive_nights=2, nights_in_a_block=9)
    problem = ward(3, nurses(1), {(n, "N"): 1 for n in range(3)}, rules=rules)
    assert len(roster(problem).assignments) == 2
    assert broken(problem, *[("A", n, "N") for n in range(3)]) == {"consecutive_nights"}


def test_after_a_block_of_nights_comes_the_long_rest() -> None:
    rules = RosterRules(nights_in_a_block=2, max_consecutive_nights=2, rest_after_nights_minutes=46 * 60)
    nights = {(0, "N"): 1, (1, "N"): 1}
    problem = ward(5, nurses(1), {**nights, (3, "E"): 1}, rules=rules)
    # The block ends on day 2 at 06:00; 46 hours later it is 04:00 on day 4.
    assert len(roster(problem).assignments) == 2
    assert len(roster(ward(5, nurses(1), {**nights, (4, "E"): 1}, rules=rules)).assignments) == 3
    assert broken(problem, ("A", 0, "N"), ("A", 1, "N"), ("A", 3, "E")) == {"rest_after_nights"}


def test_a_block_of_nights_may_go_on_without_the_long_rest() -> None:
    rules = RosterRules(nights_in_a_block=2, max_consecutive_nights=4)
    problem = ward(4, nurses(1), {(n, "N"): 1 for n in range(4)}, rules=rules)
    assert len(roster(problem).assignments) == 4


def test_a_block_that_began_before_the_window_needs_the_long_rest() -> None:
    rules = RosterRules(nights_in_a_block=2)
    history = tuple(RosterEntry("A", "ICU", day(-n), "N") for n in (1, 2))
    problem = ward(2, nurses(1), {(1, "E"): 1}, rules=rules, history=history)
    assert roster(problem).assignments == ()


def test_seven_days_in_a_row_hold_no_more_than_the_weekly_hours() -> None:
    rules = RosterRules(max_hours_in_seven_days=32, max_hours_per_week=168)
    history = tuple(RosterEntry("A", "ICU", day(-n), "E") for n in (4, 5, 6))
    problem = ward(4, nurses(1), {(n, "E"): 1 for n in range(4)}, rules=rules, history=history)
    # One shift on day 0 fills the four allowed; day 1 and each day after frees one of the old ones.
    assert len(roster(problem).assignments) == 4
    full = replace(problem, history=(*history, RosterEntry("A", "ICU", day(-3), "E")))
    assert ("A", 0, "E") not in worked(roster(full))


def test_the_average_week_of_the_window_is_limited() -> None:
    rules = RosterRules(max_hours_per_week=16, max_hours_in_seven_days=168)
    problem = ward(14, nurses(1), {(n, "E"): 1 for n in range(0, 14, 2)}, rules=rules)
    assert len(roster(problem).assignments) == 4
    assert broken(problem, *[("A", n, "E") for n in range(0, 10, 2)]) == {"hours_per_week"}


def test_hours_stay_below_the_contract_band() -> None:
    rules = RosterRules(contract_tolerance=0)
    problem = ward(7, nurses(1, hours_per_week=16.0), {(n, "E"): 1 for n in range(6)}, rules=rules)
    assert len(roster(problem).assignments) == 3  # two shifts are owed, one more is the tolerance
    assert broken(problem, *[("A", n, "E") for n in range(4)]) == {"contract_most"}


def test_hours_stay_above_the_contract_band_even_without_need() -> None:
    rules = RosterRules(contract_tolerance=0)
    problem = ward(7, nurses(1, hours_per_week=32.0), {}, rules=rules)
    assert len(roster(problem).assignments) >= 3
    assert broken(problem, ("A", 0, "E")) == {"contract_least"}


def test_nobody_works_while_absent_nor_into_the_first_morning() -> None:
    problem = ward(3, nurses(1), {(n, "N"): 1 for n in range(3)}, absences=(Absence("A", day(1), day(1), "leave"),))
    assert worked(roster(problem)) == {("A", 2, "N")}
    assert broken(problem, ("A", 0, "N")) == {"absence"}
    assert broken(problem, ("A", 1, "E")) == {"absence"}


def test_people_who_cannot_work_nights_get_none() -> None:
    problem = ward(1, nurses(1, nights=False), {(0, "N"): 1})
    assert roster(problem).assignments == ()
    assert broken(problem, ("A", 0, "N")) == {"no_nights"}


def test_a_forced_duty_is_kept_against_a_gap() -> None:
    problem = ward(1, nurses(1), {(0, "E"): 3}, forced=(Duty("A", day(0), "N"),))
    assert worked(roster(problem)) == {("A", 0, "N")}
    assert broken(problem, ("A", 0, "E")) == {"forced"}


def test_a_forbidden_day_is_kept_free_against_a_gap() -> None:
    problem = ward(1, nurses(1), {(0, "E"): 3}, forbidden=(Duty("A", day(0)),))
    assert roster(problem).assignments == ()
    assert broken(problem, ("A", 0, "E")) == {"forbidden"}


@pytest.mark.parametrize("hard", [True, False])
def test_hard_cover_is_met_at_any_price_soft_cover_reported(hard: bool) -> None:
    rules = RosterRules(cover_hard=hard)
    problem = ward(1, nurses(2), {(0, "E"): 2}, absences=() if hard else (Absence("B", day(0), day(0)),), rules=rules)
    plan = roster(problem)
    assert plan.coverage[0].short == (0 if hard else 1)
    assert ("short_shift" in {reason.kind for reason in plan.result.reasons}) is not hard


def test_history_that_breaks_a_rule_by_itself_does_not_forbid_a_roster() -> None:
    history = tuple(RosterEntry("A", "ICU", day(-n), "E") for n in range(1, 8))
    problem = ward(3, nurses(1), {(n, "E"): 1 for n in range(3)}, history=history)
    assert ("A", 0, "E") not in worked(roster(problem))


def test_the_limit_for_seven_days_binds_a_plan_of_three() -> None:
    rules = RosterRules(max_hours_in_seven_days=16)
    plan = solve(ward(3, nurses(1), {(number, "E"): 1 for number in range(3)}, rules=rules), QUICK)
    assert len(plan.assignments) == 2
    assert plan.rule_check == ()
