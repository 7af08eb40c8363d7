"""Each hard rule of a bed plan holds where breaking it would be cheaper, and the checker sees it broken by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.errors import RecordError
from assistant.plan.beds.check import check_beds
from assistant.plan.beds.plan import BedPlan, Placement
from assistant.plan.beds.problem import BedProblem, Choice
from assistant.plan.beds.solve import solve
from assistant.plan.result import Status
from assistant.records.units import SexRule
from tests.plan.worlds import NOW, QUICK, bed, hospital, lies, waits


def planned(problem: BedProblem) -> BedPlan:
    """The best plan, proven, and clean in the eyes of the checker."""
    plan = solve(problem, QUICK)
    assert plan.result.status is Status.OPTIMAL
    assert plan.rule_check == ()
    return plan


def places(plan: BedPlan) -> dict[str, str]:
    return {item.visit: item.bed for item in plan.assignments}


def unplaced(plan: BedPlan) -> dict[str, str]:
    return {reason.subject: reason.kind for reason in plan.unplaced}


def broken(problem: BedProblem, **beds: str) -> set[str]:
    """Kinds of rules broken if patients are put into beds by hand tonight."""
    ends = {visit: problem.leaves_after(problem.patient_by_visit[visit], 0) for visit in beds}
    made = [Placement(visit, address, NOW, 0, ends[visit], "3A") for visit, address in beds.items()]
    return {reason.kind for reason in check_beds(problem, made, ())}


def test_one_bed_takes_one_patient_the_more_urgent() -> None:
    problem = hospital([bed("3A/1/1")], [waits("V1", "3A", acuity=4), waits("V2", "3A", acuity=1)])
    plan = planned(problem)
    assert places(plan) == {"V2": "3A/1/1"}
    assert unplaced(plan) == {"V1": "unit_full"}
    assert broken(problem, V1="3A/1/1", V2="3A/1/1") == {"bed_taken"}


def test_longer_waiting_goes_first_among_equals() -> None:
    long_ago = NOW - timedelta(hours=30)
    plan = planned(hospital([bed("3A/1/1")], [waits("V1", "3A"), waits("V2", "3A", since=long_ago)]))
    assert places(plan) == {"V2": "3A/1/1"}


def test_an_occupied_bed_is_not_given() -> None:
    problem = hospital([bed("3A/1/1")], [waits("V1", "3A")], [lies("P1", "3A/1/1")])
    assert unplaced(planned(problem)) == {"V1": "unit_full"}
    assert broken(problem, V1="3A/1/1") == {"bed_taken"}


def test_a_bed_left_this_evening_is_given_from_then_on() -> None:
    leaving = NOW + timedelta(hours=2)
    plan = planned(hospital([bed("3A/1/1")], [waits("V1", "3A")], [lies("P1", "3A/1/1", leaves=leaving)]))
    assert [(item.night, item.start) for item in plan.assignments] == [(0, leaving)]


def test_a_closed_bed_is_not_given() -> None:
    problem = hospital([bed("3A/1/1", open=False)], [waits("V1", "3A")])
    assert unplaced(planned(problem)) == {"V1": "unit_full"}
    assert broken(problem, V1="3A/1/1") == {"bed_closed"}


def test_isolation_is_kept() -> None:
    problem = hospital([bed("3A/1/1")], [waits("V1", "3A", isolation=True)])
    assert unplaced(planned(problem)) == {"V1": "no_isolation_bed"}
    assert broken(problem, V1="3A/1/1") == {"isolation_needed"}


def test_the_isolation_bed_is_kept_for_those_who_need_it() -> None:
    beds = [bed("3A/1/1"), bed("3A/2/1", isolation=True)]
    plan = planned(hospital(beds, [waits("V1", "3A"), waits("V2", "3A", isolation=True, acuity=4)]))
    assert places(plan) == {"V1": "3A/1/1", "V2": "3A/2/1"}


def test_ventilation_is_kept() -> None:
    problem = hospital([bed("ICU/1/1")], [waits("V1", "ICU", ventilator=True)])
    assert unplaced(planned(problem)) == {"V1": "no_ventilator_bed"}
    assert broken(problem, V1="ICU/1/1") == {"ventilator_needed"}


def test_a_room_for_one_sex_is_not_mixed_with_those_who_lie_there() -> None:
    beds = [bed("3A/1/1", sex_rule=SexRule.SAME), bed("3A/1/2", sex_rule=SexRule.SAME)]
    problem = hospital(beds, [waits("V1", "3A", sex="M")], [lies("P1", "3A/1/1")])
    plan = planned(problem)
    assert unplaced(plan) == {"V1": "sex_rule"}
    assert plan.unplaced[0].values["would_fit_without"] == ["sex_rule"]
    assert broken(problem, V1="3A/1/2") == {"sex_rule"}


def test_a_room_for_one_sex_is_not_mixed_by_newcomers_nor_by_unknown_sex() -> None:
    beds = [bed("3A/1/1", sex_rule=SexRule.SAME), bed("3A/1/2", sex_rule=SexRule.SAME)]
    for other in ("M", "U"):
        problem = hospital(beds, [waits("V1", "3A"), waits("V2", "3A", sex=other)])
        assert len(planned(problem).assignments) == 1
        assert broken(problem, V1="3A/1/1", V2="3A/1/2") == {"sex_rule"}


def test_a_room_changes_sex_when_the_last_has_left() -> None:
    beds = [bed("3A/1/1", sex_rule=SexRule.SAME), bed("3A/1/2", sex_rule=SexRule.SAME)]
    leaves = NOW + timedelta(days=2)
    plan = planned(hospital(beds, [waits("V1", "3A", sex="M")], [lies("P1", "3A/1/1", leaves=leaves)], days=4))
    assert [item.night for item in plan.assignments] == [2]


def test_womens_rooms_take_women_only() -> None:
    problem = hospital([bed("3A/1/1", sex_rule=SexRule.FEMALE)], [waits("V1", "3A", sex="M")])
    assert unplaced(planned(problem)) == {"V1": "sex_rule"}
    assert broken(problem, V1="3A/1/1") == {"sex_rule"}


@pytest.mark.parametrize(
    ("wants", "age", "offered"),
    [
        ("ICU", 60, "HDU"),
        ("3A", 60, "ICU"),
        ("3A", 60, "PAE"),
        ("3A", 60, "MAT"),
        ("PAE", 6, "3A"),
        ("MAT", 30, "3A"),
        ("3A", 60, "ED"),
    ],
)
def test_units_that_do_not_fit_are_not_given(wants: str, age: int, offered: str) -> None:
    problem = hospital([bed(f"{offered}/1/1")], [waits("V1", wants, age=age)])
    assert unplaced(planned(problem)) == {"V1": "no_fitting_unit"}
    assert broken(problem, V1=f"{offered}/1/1") == {"unit_kind"}


def test_another_fitting_unit_is_given_if_the_wanted_one_is_full_and_said_why() -> None:
    problem = hospital([bed("3A/1/1"), bed("3B/1/1")], [waits("V1", "3A")], [lies("P1", "3A/1/1")])
    plan = planned(problem)
    assert places(plan) == {"V1": "3B/1/1"}
    assert [(r.kind, r.values["because"]) for r in plan.result.reasons] == [("wrong_unit", "unit_full")]


def test_a_stable_patient_steps_down_to_make_room() -> None:
    beds = [bed("ICU/1/1"), bed("HDU/1/1")]
    plan = planned(hospital(beds, [waits("V1", "ICU", acuity=1)], [lies("P1", "ICU/1/1", acuity=4)]))
    assert [(item.visit, item.to_bed) for item in plan.transfers] == [("P1", "HDU/1/1")]
    assert places(plan) == {"V1": "ICU/1/1"}


def test_an_unstable_or_ventilated_patient_is_not_moved() -> None:
    beds = [bed("ICU/1/1"), bed("HDU/1/1", ventilator=True)]
    for changes in ({"acuity": 1}, {"acuity": None}, {"acuity": 4, "ventilator": True}):
        plan = planned(hospital(beds, [waits("V1", "ICU")], [lies("P1", "ICU/1/1", **changes)]))
        assert plan.transfers == ()


def test_nobody_is_moved_without_need() -> None:
    beds = [bed("ICU/1/1"), bed("ICU/2/1"), bed("HDU/1/1")]
    assert planned(hospital(beds, [waits("V1", "ICU")], [lies("P1", "ICU/1/1", acuity=4)])).transfers == ()


def test_a_waiting_patient_in_a_bed_frees_it_for_the_next() -> None:
    beds = [bed("ICU/1/1"), bed("3A/1/1")]
    stepping_down = waits("V1", "3A", unit="ICU", bed="ICU/1/1")
    plan = planned(hospital(beds, [stepping_down, waits("V2", "ICU", acuity=1)]))
    assert places(plan) == {"V1": "3A/1/1", "V2": "ICU/1/1"}


def test_surge_beds_are_opened_when_nothing_else_is_left_and_no_more_than_allowed() -> None:
    waiting = [waits(f"V{n}", "3A") for n in range(4)]
    plan = planned(hospital([bed("3A/1/1")], waiting, surge=(("3A", 2),)))
    assert plan.surge == (("3A", 2),)
    assert len(plan.unplaced) == 1
    assert plan.result.costs["surge"] == 2 * QUICK.bed_weights.surge_night


def test_patients_whose_bed_is_not_known_still_need_one() -> None:
    somewhere = replace(lies("P1", "3A/1/1"), bed="")
    problem = hospital([bed("3A/1/1"), bed("3A/2/1")], [waits("V1", "3A"), waits("V2", "3A")], [somewhere])
    assert len(planned(problem).assignments) == 1
    assert broken(problem, V1="3A/1/1", V2="3A/2/1") == {"unit_full"}


def test_the_same_sex_is_preferred_where_mixing_is_allowed() -> None:
    beds = [bed("3A/1/1"), bed("3A/1/2"), bed("3A/2/1"), bed("3A/2/2")]
    present = [lies("P1", "3A/1/1", sex="M"), lies("P2", "3A/2/1", sex="F")]
    assert places(planned(hospital(beds, [waits("V1", "3A")], present))) == {"V1": "3A/2/2"}


def test_forced_and_forbidden_places_are_kept() -> None:
    beds, waiting = [bed("3A/1/1"), bed("3A/2/1"), bed("3B/1/1")], [waits("V1", "3A")]
    assert places(planned(hospital(beds, waiting, forced=(Choice("V1", "3B"),)))) == {"V1": "3B/1/1"}
    assert places(planned(hospital(beds, waiting, forbidden=(Choice("V1", "3A/1"),)))) == {"V1": "3A/2/1"}
    assert unplaced(planned(hospital(beds[:1], waiting, forbidden=(Choice("V1"),)))) == {"V1": "forbidden"}


def test_a_forced_place_that_cannot_be_names_the_rules_in_the_way() -> None:
    problem = hospital(
        [bed("3A/1/1"), bed("ICU/1/1")], [waits("V1", "3A", isolation=True)], forced=(Choice("V1", "3A/1/1"),)
    )
    result = solve(problem, QUICK).result
    assert result.status is Status.INFEASIBLE
    assert {(reason.kind, reason.subject) for reason in result.conflict} == {
        ("forced", "V1 3A/1/1"),
        ("isolation_needed", "V1"),
    }
    assert result.conflict_minimal


def test_a_forced_place_that_is_taken_names_the_bed() -> None:
    problem = hospital([bed("3A/1/1")], [waits("V1", "3A")], [lies("P1", "3A/1/1")], forced=(Choice("V1", "3A/1/1"),))
    kinds = {reason.kind for reason in solve(problem, QUICK).result.conflict}
    assert kinds == {"forced", "bed_taken"}


def test_all_faults_of_a_bed_problem_are_told_together() -> None:
    with pytest.raises(RecordError) as error:
        hospital(
            [bed("3A/1/1"), bed("XX/1/1")], [waits("V1", "9Z")], [lies("P1", "3A/1/1"), lies("P2", "3A/1/1")], days=99
        )
    assert len(error.value.faults) == 4


def test_who_waits_in_a_bed_is_not_moved_within_the_same_unit_for_nothing() -> None:
    beds = [bed("3A/1/1"), bed("3A/2/1"), bed("3B/1/1")]
    moving_on = waits("V1", "3B", unit="3A", bed="3A/1/1")
    problem = hospital(beds, [moving_on], [lies("P1", "3B/1/1")])
    plan = planned(problem)
    assert places(plan) == {}
    assert unplaced(plan) == {"V1": "unit_full"}
    assert broken(problem, V1="3A/2/1") == {"no_gain"}


def test_a_ward_patient_who_waits_for_another_ward_is_not_moved_to_a_third() -> None:
    beds = [bed("3A/1/1"), bed("3B/1/1"), bed("MAT/1/1"), bed("HDU/1/1")]
    problem = hospital(beds, [waits("V1", "3B", unit="3A", bed="3A/1/1")], [lies("P1", "3B/1/1")])
    assert places(planned(problem)) == {}
    assert broken(problem, V1="HDU/1/1") == {"no_gain"}


def test_no_surge_bed_is_opened_for_who_lies_in_a_fitting_bed() -> None:
    waiting = [waits("V1", "3B", unit="3A", bed="3A/1/1")]
    beds = [bed("3A/1/1"), bed("3B/1/1")]
    assert planned(hospital(beds, waiting, [lies("P1", "3B/1/1")], surge=(("3B", 2),))).surge == ()


def test_an_intensive_bed_is_freed_even_to_another_ward_than_the_wanted() -> None:
    beds = [bed("ICU/1/1"), bed("3A/1/1"), bed("3B/1/1")]
    moving_on = waits("V1", "3B", unit="ICU", bed="ICU/1/1")
    assert places(planned(hospital(beds, [moving_on], [lies("P1", "3B/1/1")]))) == {"V1": "3A/1/1"}


def test_an_unmet_need_is_a_reason_to_move_within_the_unit() -> None:
    beds = [bed("3A/1/1"), bed("3A/2/1", isolation=True), bed("3B/1/1")]
    infected = waits("V1", "3B", unit="3A", bed="3A/1/1", isolation=True)
    plan = planned(hospital(beds, [infected], [lies("P1", "3B/1/1")]))
    assert places(plan) == {"V1": "3A/2/1"}
