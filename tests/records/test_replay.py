"""One visit's movements become stays, whatever was cancelled and in whatever order it came."""

from dataclasses import replace

from assistant.records import movements as m
from assistant.records.movements import Movement
from assistant.records.replay import Stay, VisitHistory
from assistant.records.replay import replay as replay_visit

HOUR = 3600


def move(trigger: str, hours: float, unit: str = "", entered: float | None = None, **more: object) -> Movement:
    time = int(hours * HOUR)
    recorded = time if entered is None else int(entered * HOUR)
    return Movement("V-1", "P-1", "hl7", trigger, time, recorded, unit, **more)  # type: ignore[arg-type]


def places(history: VisitHistory) -> list[tuple[str, float, float | None]]:
    def hours(seconds: int | None) -> float | None:
        return None if seconds is None else seconds / HOUR

    return [(s.unit, s.start / HOUR, hours(s.end)) for s in history.stays]


ADMITTED = [move("A04", 1, "ED"), move("A01", 3, "ICU"), move("A02", 10, "3B"), move("A03", 30, "3B")]


def test_moves_in_time_order_whatever_the_order_of_arrival() -> None:
    expected = [("ED", 1, 3), ("ICU", 3, 10), ("3B", 10, 30)]
    assert places(replay_visit(ADMITTED)) == expected
    assert places(replay_visit(reversed(ADMITTED))) == expected


def test_a_cancelled_transfer_leaves_the_patient_where_he_was() -> None:
    wrong = [move("A02", 12, "5C", entered=12), move("A12", 12, "3B", entered=13)]
    assert places(replay_visit([*ADMITTED, *wrong])) == places(replay_visit(ADMITTED))


def test_a_cancel_that_gives_its_own_time_takes_back_the_latest_event_before_it() -> None:
    wrong = [move("A02", 12, "5C"), move("A12", 13, "3B")]
    assert places(replay_visit([*ADMITTED, *wrong])) == places(replay_visit(ADMITTED))


def test_a_cancel_entered_before_what_it_cancels_still_takes_it_back() -> None:
    wrong = [move("A02", 12, "5C", entered=20), move("A12", 12, "3B", entered=13)]
    assert places(replay_visit([*wrong, *ADMITTED])) == places(replay_visit(ADMITTED))


def test_a_cancelled_discharge_makes_one_stay_to_the_real_discharge() -> None:
    wrong = [move("A03", 20, "3B", entered=20), move("A13", 20, "3B", entered=21)]
    assert places(replay_visit([*ADMITTED, *wrong])) == places(replay_visit(ADMITTED))


def test_an_event_told_again_after_its_cancel_holds() -> None:
    story = [*ADMITTED, move("A13", 30, entered=31), replace(ADMITTED[-1], recorded=32 * HOUR)]
    assert places(replay_visit(story)) == places(replay_visit(ADMITTED))


def test_a_cancel_sent_twice_takes_back_only_one_event() -> None:
    story = [*ADMITTED, move("A02", 5, "5C"), move("A12", 5, entered=6), move("A12", 5, entered=7)]
    assert places(replay_visit(story)) == places(replay_visit(ADMITTED))


def test_a_cancelled_admission_leaves_the_patient_in_the_emergency_department() -> None:
    story = [*ADMITTED[:2], move("A11", 3, entered=4)]
    assert places(replay_visit(story)) == [("ED", 1, None)]


def test_a_visit_whose_only_admission_is_cancelled_has_no_stay() -> None:
    assert replay_visit([move("A01", 1, "ICU"), move("A11", 1, entered=2)]).stays == []


def test_a_cancel_without_its_event_is_named() -> None:
    history = replay_visit([*ADMITTED, move("A11", 0.5, entered=0.6)])
    assert [rule for rule, _ in history.problems] == ["cancel_without_event"]


def test_a_discharge_without_admission_is_named_and_makes_no_stay() -> None:
    history = replay_visit([move("A03", 5)])
    assert (history.stays, [rule for rule, _ in history.problems]) == ([], ["discharge_without_admission"])


def test_a_visit_that_begins_with_a_transfer_counts_from_there() -> None:
    history = replay_visit(ADMITTED[2:])
    assert places(history) == [("3B", 10, 30)]
    assert history.problems == [("transfer_without_admission", 10 * HOUR)]


def test_discharge_from_emergency_and_admission_in_one_second_keep_the_patient() -> None:
    story = [ADMITTED[0], move("A03", 3, "ED", visit_class="E"), move("A01", 3, "ICU", visit_class="I")]
    assert places(replay_visit(story)) == [("ED", 1, 3), ("ICU", 3, None)]


def test_a_change_of_bed_is_a_stay_of_its_own_and_names_the_same_unit_before() -> None:
    history = replay_visit([move("A01", 1, "ICU", room="1", bed="A"), move("A02", 2, "ICU", room="1", bed="B")])
    assert [(s.bed, s.from_unit) for s in history.stays] == [("A", ""), ("B", "ICU")]


def test_what_an_update_says_holds_from_the_stay_on_in_which_it_was_said() -> None:
    story = [*ADMITTED, move("A08", 11, needs="ISO", acuity=3, expected_end=99)]
    told = [(s.needs, s.acuity, s.expected_end) for s in replay_visit(story).stays]
    assert told == [("", None, None), ("", None, None), ("ISO", 3, 99)]


def test_a_wait_ends_with_the_move() -> None:
    waits = replay_visit([*ADMITTED, move("A15", 2, "ED", pending="ICU")]).waits
    assert [(w.from_unit, w.to_unit, w.since, w.until) for w in waits] == [("ED", "ICU", 2 * HOUR, 3 * HOUR)]


def test_a_wait_can_be_cancelled_or_go_on() -> None:
    waiting = [ADMITTED[0], move("A15", 2, "ED", pending="ICU")]
    assert replay_visit(waiting).waits[0].until is None
    assert replay_visit([*waiting, move("A26", 2.5, "ED")]).waits[0].until == int(2.5 * HOUR)


def test_stays_say_how_they_ended() -> None:
    stays: list[Stay] = replay_visit(ADMITTED).stays
    assert [s.ended_by for s in stays] == ["transfer", "transfer", "discharge"]


def test_leave_of_absence_keeps_the_bed_as_the_standard_says() -> None:
    away = [move(m.LEAVE_KEEPING_BED, 12, "3B"), move("A22", 15, "3B")]
    assert places(replay_visit([*ADMITTED, *away])) == places(replay_visit(ADMITTED))


def test_leave_that_frees_the_bed_leaves_a_gap_and_the_return_fills_the_same_place() -> None:
    story = [*ADMITTED, move("A21", 12, "3B"), move("A22", 15)]
    assert places(replay_visit(story)) == [("ED", 1, 3), ("ICU", 3, 10), ("3B", 10, 12), ("3B", 15, 30)]


def test_a_return_to_another_unit_is_a_move() -> None:
    story = [*ADMITTED, move(m.LEAVE_KEEPING_BED, 12, "3B"), move("A22", 15, "5C")]
    assert places(replay_visit(story)) == [("ED", 1, 3), ("ICU", 3, 10), ("3B", 10, 15), ("5C", 15, 30)]


def test_leave_and_return_can_be_cancelled() -> None:
    story = [*ADMITTED, move("A21", 12, "3B"), move("A52", 12, entered=13)]
    assert places(replay_visit(story)) == places(replay_visit(ADMITTED))
    back = [*ADMITTED[:3], move("A21", 12, "3B"), move("A22", 15, "3B"), move("A53", 15, entered=16)]
    assert places(replay_visit(back)) == [("ED", 1, 3), ("ICU", 3, 10), ("3B", 10, 12)]


def test_a_return_after_the_discharge_is_named_and_brings_nobody_back() -> None:
    history = replay_visit([*ADMITTED, move("A22", 40, "3B")])
    assert places(history) == places(replay_visit(ADMITTED))
    assert history.problems == [("return_after_discharge", 40 * HOUR)]


def test_a_visit_that_was_booked_on_the_wrong_patient_goes_to_the_right_one() -> None:
    right = replace(move("A45", 12, pending="P-1", sex="M"), patient="P-2")
    assert replay_visit([*ADMITTED, right]).patient == "P-2"
    assert places(replay_visit([*ADMITTED, right])) == places(replay_visit(ADMITTED))


def test_only_the_patient_who_has_a_visit_can_give_it_up() -> None:
    wrong = replace(move("A45", 12, pending="P-9"), patient="P-2")
    history = replay_visit([*ADMITTED, wrong])
    assert (history.patient, history.problems) == ("P-1", [("moved_visit_of_another", 12 * HOUR)])
