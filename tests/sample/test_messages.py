"""The HL7 and FHIR files: every message well formed, every movement consistent with the ones before it."""

import json
from collections import defaultdict
from datetime import datetime
from itertools import pairwise

import hl7
import pytest

from assistant.sample.create import SampleReport
from tests.sample.conftest import split, whole_messages

Message = dict[str, list[str]]
TRIGGERS = {"A01", "A02", "A03", "A04", "A08", "A11", "A12", "A13", "A15", "A26"}


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S")


def _by_visit(messages: list[Message]) -> dict[str, list[Message]]:
    visits: dict[str, list[Message]] = defaultdict(list)
    for message in sorted(messages, key=lambda message: message["EVN"][6]):
        visits[_field(message, 19).split("^")[0]].append(message)
    return visits


def _field(message: Message, number: int) -> str:
    fields = message["PV1"]
    return fields[number] if number < len(fields) else ""


def test_every_message_has_its_parts(messages: list[Message]) -> None:
    for message in messages:
        trigger = message["EVN"][1]
        assert list(message) == ["MSH", "EVN", "PID", "PV1", "PV2"]
        assert message["MSH"][9] == f"ADT^{trigger}" and trigger in TRIGGERS
        assert message["MSH"][11] == "P" and message["MSH"][12] == "2.5" and message["MSH"][18] == "UNICODE UTF-8"
        assert _time(message["EVN"][6]) <= _time(message["EVN"][2]) <= _time(message["MSH"][7])
        assert message["PID"][3] and message["PID"][8] in "FM" and message["PV1"][2] in "EI"
        assert len(_field(message, 3).split("^")) == 4 and _field(message, 19)
        assert message["PV2"][40] in "1234"


def test_another_reader_understands_the_fields(month: SampleReport) -> None:
    path = next(path for path in month.files if path.suffix == ".hl7")
    text = next(text for text in whole_messages(path) if "ADT^A01|" in text)
    parsed = hl7.parse(text)
    ours = split(text)
    assert str(parsed.segment("MSH")[10]) == ours["MSH"][10]
    assert str(parsed.segment("PV1")[3]) == ours["PV1"][3]
    assert str(parsed.segment("PV2")[40]) == ours["PV2"][40]


def test_control_ids_are_unique_when_clean(messages: list[Message]) -> None:
    controls = [message["MSH"][10] for message in messages]
    assert len(set(controls)) == len(controls)


def test_files_are_in_the_order_of_sending(month: SampleReport) -> None:
    for path in (path for path in month.files if path.suffix == ".hl7"):
        resent: set[str] = set()
        sent = ""
        for text in whole_messages(path):
            head = text.split("|", 11)
            if head[9] in resent:
                continue  # the same bytes again, with the first sending's time
            resent.add(head[9])
            assert head[6] >= sent
            sent = head[6]


def test_a_visit_begins_with_an_arrival_and_ends_with_the_discharge(messages: list[Message]) -> None:
    for visit in _by_visit(messages).values():
        triggers = [message["EVN"][1] for message in visit]
        assert triggers[0] in ("A01", "A04")
        assert "A03" not in triggers[:-1]
        assert triggers.count("A01") <= 1


def test_no_bed_has_two_patients(messages: list[Message], clean_fortnight: SampleReport) -> None:
    stays: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for visit in _by_visit(messages).values():
        place, since = "", ""
        for message in visit:
            trigger, at = message["EVN"][1], message["EVN"][6]
            if trigger in ("A01", "A02", "A03", "A04"):
                if place:
                    stays[place].append((since, at))
                place, since = ("", "") if trigger == "A03" else (_field(message, 3), at)
        if place:
            stays[place].append((since, "9999"))
    assert len(stays) > 200
    for place, periods in stays.items():
        periods.sort()
        assert all(end <= start for (_, end), (start, _) in pairwise(periods)), place


def test_prior_place_is_where_the_patient_was(messages: list[Message]) -> None:
    for visit in _by_visit(messages).values():
        place = ""
        for message in visit:
            if message["EVN"][1] in ("A01", "A02"):
                assert _field(message, 6) == place
            place = _field(message, 3)


def test_ventilated_and_isolated_patients_lie_where_they_can(
    messages: list[Message], clean_fortnight: SampleReport
) -> None:
    rows = [row.split(",") for row in (clean_fortnight.feed / "beds.csv").read_text().splitlines()[1:]]
    beds = {"^".join((unit, room, bed, "MAIN")): (iso, vent) for unit, room, bed, iso, vent, *_ in rows}
    moved = [
        message for message in messages if message["EVN"][1] in ("A01", "A02") and message["PV2"][2] not in ("", '""')
    ]
    assert len(moved) > 20
    for message in moved:
        isolation, ventilator = beds[_field(message, 3)]
        assert "ISO" not in message["PV2"][2] or isolation == "yes"
        assert "VENT" not in message["PV2"][2] or ventilator == "yes"


def test_men_and_women_do_not_share_a_room_on_wards(messages: list[Message]) -> None:
    wards = {"AMU", "3A", "3B", "4A", "4B", "5A", "5B", "6A"}
    rooms: dict[tuple[str, str], list[str]] = defaultdict(list)
    where: dict[str, tuple[str, str]] = {}
    for message in sorted(messages, key=lambda message: message["EVN"][6]):
        visit, trigger, sex = _field(message, 19), message["EVN"][1], message["PID"][8]
        if trigger not in ("A01", "A02", "A03"):
            continue
        if visit in where:
            rooms[where.pop(visit)].remove(sex)
        unit, room = _field(message, 3).split("^")[:2]
        if trigger != "A03" and unit in wards:
            where[visit] = (unit, room)
            rooms[unit, room].append(sex)
            assert len(set(rooms[unit, room])) == 1


@pytest.mark.parametrize(("trigger", "of"), [("A11", "A01"), ("A12", "A02"), ("A13", "A03")])
def test_a_cancel_carries_the_time_of_what_it_takes_back(month: SampleReport, trigger: str, of: str) -> None:
    texts = [text for path in month.files if path.suffix == ".hl7" for text in whole_messages(path)]
    read = [split(text) for text in texts if "PV2|" in text]
    cancels = [message for message in read if message["EVN"][1] == trigger]
    wrong = {(_field(m, 19), m["EVN"][6]) for m in read if m["EVN"][1] == of}
    assert cancels
    assert all((_field(m, 19), m["EVN"][6]) in wrong and m["EVN"][2] > m["EVN"][6] for m in cancels)


def test_maternity_speaks_fhir_and_only_fhir(clean_fortnight: SampleReport, messages: list[Message]) -> None:
    encounters = [json.loads(line) for line in (clean_fortnight.feed / "encounters.ndjson").read_text().splitlines()]
    patients = {json.loads(line)["id"] for line in (clean_fortnight.feed / "patients.ndjson").read_text().splitlines()}
    assert not any(_field(message, 3).startswith("MAT^") for message in messages)
    assert len(encounters) > 50
    for encounter in encounters:
        assert encounter["location"][0]["location"]["display"] == "MAT"
        assert encounter["subject"]["reference"].removeprefix("Patient/") in patients
        assert ("end" in encounter["period"]) == (encounter["status"] == "finished")
