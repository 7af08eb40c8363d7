"""Rosters of several units: lending on days off and instead of spare shifts, agency nurses, rules kept."""

from dataclasses import replace

import pytest

from assistant.errors import RecordError
from assistant.plan.explain.near import bound_to, part_of
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.help import Help, agency, usual_skills, with_help
from assistant.plan.staffing.help_settings import HelpSettings
from assistant.plan.staffing.house import HouseRoster, check_house, plan_house
from assistant.plan.staffing.problem import Duty, RosterProblem, RosterRules
from assistant.plan.staffing.solve import solve
from assistant.plan.watch import Watch
from assistant.records.demand import Demand
from assistant.records.staff import Absence, Person
from tests.plan.worlds import EARLY, LATE, NIGHT, day

NO_AGENCY = PlanSettings(seconds=4, local_share=0.0, help=HelpSettings(agency_most=0))


def unit(
    code: str, people: list[Person], needs: dict[tuple[int, str], int], days: int = 3, **more: object
) -> RosterProblem:
    demand = tuple(Demand(code, day(number), shift, count) for (number, shift), count in needs.items())
    shifts = (EARLY, LATE, NIGHT)
    return RosterProblem(code, tuple(day(i) for i in range(days)), shifts, tuple(people), demand, **more)  # type: ignore[arg-type]


def staff(code: str, count: int, skill: str, hours: float = 0.0) -> list[Person]:
    return [
        Person(f"{code}{n}", f"{code} nurse {n}", code, skills=(skill,), hours_per_week=hours) for n in range(count)
    ]


def icu(**more: object) -> RosterProblem:
    """One nurse for two early shifts a day."""
    return unit("ICU", staff("ICU", 1, "icu"), {(i, "E"): 2 for i in range(3)}, **more)


def lent(house: HouseRoster) -> list[tuple[str, str, str, str]]:
    return [(loan.staff, loan.unit, loan.shift, loan.instead) for loan in house.loans]


def test_who_is_free_and_has_the_skill_is_lent_and_rests_at_home_too() -> None:
    hdu = unit("HDU", staff("HDU", 2, "icu"), {(1, "L"): 1})
    ward = unit("3A", staff("3A", 3, "medicine"), {(0, "E"): 1})
    house = plan_house([icu(), hdu, ward], NO_AGENCY)
    assert {loan.home for loan in house.loans} == {"HDU"} and len(house.loans) == 3
    assert not sum(row.short for unit in house.units.values() for row in unit.plan.coverage)
    assert house.check == () and not any(unit.plan.rule_check for unit in house.units.values())
    late = next(duty.staff for duty in house.units["HDU"].plan.assignments if duty.shift == "L")
    assert not [loan for loan in house.loans if loan.staff == late and loan.day in (day(1), day(2))]
    assert house.units["ICU"].plan.result.costs["helpers"] == 3 * 60


def test_a_shift_that_can_be_spared_is_given_up_for_one_that_is_short() -> None:
    hdu = unit("HDU", staff("HDU", 3, "icu", hours=40.0), {(i, "E"): 1 for i in range(7)}, days=7)
    needs = {(i, "E"): 2 for i in range(7)}
    house = plan_house([unit("ICU", staff("ICU", 1, "icu"), needs, days=7), hdu], NO_AGENCY)
    instead = [loan for loan in house.loans if loan.instead]
    assert instead and house.check == ()
    home = house.units["HDU"].plan
    assert not home.rule_check and not any(row.short for row in home.coverage)
    assert not {(d.staff, d.day) for d in home.assignments} & {(loan.staff, loan.day) for loan in instead}


def test_the_unit_that_lends_keeps_its_own_cover_and_absent_people_stay_away() -> None:
    away = (Absence("HDU1", day(0), day(2)),)
    hdu = unit("HDU", staff("HDU", 2, "icu"), {(i, "E"): 1 for i in range(3)}, absences=away)
    house = plan_house([icu(), hdu], NO_AGENCY)
    assert house.loans == () and not any(row.short for row in house.units["HDU"].plan.coverage)
    assert sum(row.short for row in house.units["ICU"].plan.coverage) == 3


def test_what_no_colleague_can_fill_goes_to_agency_nurses_own_staff_first() -> None:
    hdu = unit("HDU", staff("HDU", 1, "icu"), {(0, "E"): 0})
    needs = {(i, "E"): 3 for i in range(3)}
    half = RosterRules(agency_share=0.5)
    settings = replace(NO_AGENCY, help=HelpSettings(agency_most=2))
    house = plan_house([unit("ICU", staff("ICU", 1, "icu"), needs, rules=half), hdu], settings)
    assert len(house.loans) == 3 and len(house.agency) == 3
    assert {duty.staff for _, duty in house.agency} <= {"AGENCY-ICU-1", "AGENCY-ICU-2"}
    icu_plan = house.units["ICU"]
    assert icu_plan.plan.result.costs["helpers"] == 3 * 60 + 3 * 300
    assert check_roster(icu_plan.problem, icu_plan.plan.assignments) == ()
    assert with_help(icu_plan.base, icu_plan.help) == icu_plan.problem


def test_agency_nurses_stay_within_their_share_of_a_shift() -> None:
    needs = {(0, "E"): 6}
    alone = unit("ICU", staff("ICU", 3, "icu"), needs, days=1)
    house = plan_house([alone], replace(NO_AGENCY, help=HelpSettings(agency_most=4)))
    assert len(house.agency) == 1  # one of four; two of five would be more than a quarter
    part = house.units["ICU"]
    more = [*part.plan.assignments, *(Duty(f"AGENCY-ICU-{n}", day(0), "E") for n in range(1, 4))]
    hired = with_help(part.base, agency(part.base, 3, 300))
    assert {fault.kind for fault in check_roster(hired, sorted(set(more)))} == {"agency_share"}
    problem = replace(hired, forced=tuple(Duty(f"AGENCY-ICU-{n}", day(0), "E") for n in (1, 2)))
    plan = solve(problem, NO_AGENCY)
    assert plan.result.status is Status.INFEASIBLE
    assert {rule.kind for rule in plan.result.conflict} == {"agency_share", "forced"}
    assert bound_to(hired, {"ICU0"}) == {person.staff for person in hired.people}
    kept = part_of(hired, [duty for duty in part.plan.assignments if duty.staff != "ICU0"], {"ICU0"})
    assert {fault.kind for fault in check_roster(kept, [])} == {"agency_share"}
    assert check_roster(kept, [Duty("ICU0", day(0), "E")]) == ()


def test_a_unit_without_any_roster_does_not_keep_the_others_from_theirs() -> None:
    duty = (Duty("ICU0", day(0), "E"),)
    house = plan_house(
        [icu(forced=duty, forbidden=duty), unit("HDU", staff("HDU", 2, "icu"), {(1, "L"): 1})], NO_AGENCY
    )
    assert house.units["ICU"].plan.result.status is Status.INFEASIBLE and house.loans == ()
    assert [d.shift for d in house.units["HDU"].plan.assignments] == ["L"]


def test_the_same_rosters_come_again_and_the_cost_told_only_falls() -> None:
    problems = [icu(), unit("HDU", staff("HDU", 3, "icu"), {(i, "L"): 1 for i in range(3)})]
    told: list[float] = []
    first = plan_house(problems, NO_AGENCY, Watch(lambda _, cost, bound: told.append(cost)))
    assert lent(first) == lent(plan_house(problems, NO_AGENCY))
    assert told and told == sorted(told, reverse=True)


def test_the_check_between_units_sees_a_shift_in_two_units_and_a_loan_that_the_home_does_not_know() -> None:
    house = plan_house([icu(), unit("HDU", staff("HDU", 2, "icu"), {(1, "L"): 1})], NO_AGENCY)
    loan = house.loans[0]
    home = house.units[loan.home]
    forgotten = replace(home, problem=replace(home.problem, history=()))
    broken = check_house(replace(house, units={**house.units, loan.home: forgotten}))
    assert "two_units" in {reason.kind for reason in broken}


def test_usual_skills_leave_out_what_only_some_have_and_single_roles() -> None:
    people = [
        replace(person, skills=("icu", "charge", *(["iv"] if n < 2 else [])))
        for n, person in enumerate(staff("ICU", 4, ""))
    ]
    assert usual_skills(people) == {"icu"}
    assert Help().people == () and usual_skills([]) == frozenset()


@pytest.mark.parametrize("wrong", [{"lent_shift": -1}, {"agency_price": float("nan")}, {"agency_most": 1.5}])
def test_prices_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(RecordError, match="0 or more"):
        HelpSettings(**wrong)  # type: ignore[arg-type]
