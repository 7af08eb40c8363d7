"""One message at a time: stored and in the census before the answer, and an answer for everything."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from assistant.records import tables as t
from assistant.records.receiving import Receiver, receive
from assistant.records.state import patients_present
from assistant.records.store import Store

Adt = Callable[..., str]


def rows(store: Store, table) -> int:
    return int(store.read(select(func.count()).select_from(table))[0][0])


def test_a_message_is_in_the_census_when_it_is_answered(store: Store, adt: Adt, at: Callable[..., datetime]) -> None:
    receiver = Receiver(store)
    answer = receiver.receive(adt("A01", 0, "ICU", control="A1").encode())
    assert (answer.code, answer.control_id, answer.outcome, answer.sender) == ("AA", "A1", "new", "ADT|HOSP")
    assert patients_present(store, at(1)) == {"ICU": 1}
    assert receiver.receive(adt("A02", 2, "3B").encode()).outcome == "new"
    assert patients_present(store, at(3)) == {"3B": 1}


def test_a_message_sent_again_is_acknowledged_and_not_doubled(store: Store, adt: Adt) -> None:
    raw = b"\x0b" + adt("A01", 0, "ICU", control="A1").encode() + b"\x1c\r"
    answers = [receive(store, raw) for _ in range(3)]
    assert [(a.code, a.outcome) for a in answers] == [("AA", "new"), ("AA", "duplicate"), ("AA", "duplicate")]
    assert (rows(store, t.movements), rows(store, t.stays)) == (1, 1)


@pytest.mark.parametrize(
    ("change", "code", "rule"),
    [
        (lambda m: m.replace("|I|ICU", "|I|"), "AE", "no_location"),
        (lambda m: m[: m.index("PV1")], "AE", "missing_pv1"),
        (lambda m: m.replace("A01", "Z99"), "AR", "unknown_trigger"),
        (lambda m: m.replace("ADT^A01", ""), "AR", "no_message_type"),
    ],
)
def test_a_bad_message_is_quarantined_and_answered_with_the_reason(
    change: Callable[[str], str], code: str, rule: str, store: Store, adt: Adt
) -> None:
    answer = receive(store, change(adt("A01", 0, "ICU", control="A1")).encode())
    assert (answer.code, answer.control_id, answer.outcome, answer.rule) == (code, "A1", "quarantined", rule)
    assert answer.reason
    assert rows(store, t.quarantine) == 1


@pytest.mark.parametrize("raw", [b"", b"\x0b\x1c\r", b"hello", b"MSH", b"MSH|", b"\xff\xfe", b"\x00" * 40])
def test_what_is_no_message_is_rejected_and_never_raises(raw: bytes, store: Store) -> None:
    answer = receive(store, raw)
    assert (answer.code, answer.outcome) == ("AR", "quarantined")


def test_a_test_message_is_acknowledged_and_not_used(store: Store, adt: Adt) -> None:
    answer = receive(store, adt("A01", 0, "ICU", processing="T").encode())
    assert (answer.code, answer.outcome, answer.rule) == ("AA", "ignored", "test_message")
    assert rows(store, t.movements) == 0


def test_several_messages_are_stored_together_and_answered_in_order(store: Store, adt: Adt) -> None:
    good, bad = adt("A01", 0, "ICU", control="A1").encode(), adt("A01", 0, "", visit="2", control="A2").encode()
    answers = Receiver(store).receive_all([good, bad, good])
    assert [(a.code, a.control_id, a.outcome) for a in answers] == [
        ("AA", "A1", "new"),
        ("AE", "A2", "quarantined"),
        ("AA", "A1", "duplicate"),
    ]


def test_units_that_somebody_else_declares_meanwhile_are_found(store: Store, load, adt: Adt) -> None:
    receiver = Receiver(store)
    receiver.receive(adt("A01", 0, "Ward 9").encode())
    header, row = (
        "unit,name,name_zh,kind,service,patients_per_nurse_day,patients_per_nurse_night,aliases",
        "3B,Respiratory,,ward,,,,Resp",
    )
    assert not load(f"{header}\n{row}\n", "units.csv").failed
    receiver.receive(adt("A01", 1, "Resp", visit="2").encode())
    assert sorted(store.stays()["unit"]) == ["3B", "Ward 9"]


def test_a_store_that_cannot_be_written_asks_for_the_message_again(
    store: Store, adt: Adt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    receiver = Receiver(store)
    with monkeypatch.context() as patch:
        patch.setattr("assistant.records.receiving.rebuild", full)
        answer = receiver.receive(adt("A01", 0, "ICU", control="A1").encode())
    assert (answer.code, answer.control_id, answer.outcome) == ("AR", "A1", "not_stored")
    assert "disk is full" in answer.reason
    assert rows(store, t.movements) == 0
    assert receiver.receive(adt("A01", 0, "ICU", control="A1").encode()).outcome == "new"
    assert [unit.code for unit in store.units()] == ["ICU"]
