"""The listener over real connections: every message is answered, and only what is stored with AA."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from assistant.errors import SetupError
from assistant.records import tables as t
from assistant.records.listening.frames import framed
from assistant.records.listening.sending import MllpSender, code_of, messages_of
from assistant.records.listening.settings import ListeningSettings
from assistant.records.state import census_at
from assistant.records.store import Store
from eval.census import compare, read_truth
from tests.records.listening.conftest import Running

Adt = Callable[..., str]
Listening = Callable[..., AbstractContextManager[Any]]


def count(store: Store, table: Any = t.movements) -> int:
    return int(store.read(select(func.count()).select_from(table))[0][0])


def test_a_message_is_stored_and_in_the_census_when_its_answer_comes(
    listening: Listening, adt: Adt, at: Callable[..., Any]
) -> None:
    with listening() as running, running.connect() as sender:
        began = time.monotonic()
        assert code_of(sender.send(adt("A01", 1, "ICU^1^A", control="K1").encode())) == ("AA", "K1")
        census = census_at(running.store, pd.DatetimeIndex([at(2)]))
        assert census["ICU"].to_list() == [1]
        assert time.monotonic() - began < 10  # loaded machines; `python -m eval mllp` measures it


def test_a_resend_is_acknowledged_and_not_doubled(listening: Listening, adt: Adt) -> None:
    message = adt("A01", 1, "ICU^1^A", control="K1").encode()
    with listening() as running:
        for _ in range(3):
            with running.connect() as sender:
                assert [code_of(sender.send(message)) for _ in range(2)] == [("AA", "K1")] * 2
        assert count(running.store) == 1
        assert (running.listener.counters.new, running.listener.counters.duplicate) == (1, 5)


def test_every_kind_of_message_gets_its_answer(listening: Listening, adt: Adt) -> None:
    good = adt("A01", 1, "ICU", control="1")
    cases = [
        (good, "AA", "1"),
        (adt("A01", 2, "ICU", control="2", processing="T"), "AA", "2"),
        (good.replace("ADT^A01", "ORU^R01").replace("|1|P", "|3|P"), "AA", "3"),
        (adt("A01", 1, "ICU", visit="9", control="4").split("PV1")[0], "AE", "4"),
        (adt("A02", 1, "", visit="8", control="5"), "AE", "5"),
        (good.replace("ADT^A01", "ADT^A99").replace("|1|P", "|6|P"), "AR", "6"),
        ("PID|1||2", "AR", ""),
        ("", "AR", ""),
        ("hello", "AR", ""),
    ]
    with listening() as running, running.connect() as sender:
        for message, code, control in cases:
            said = sender.send(message.encode())
            assert code_of(said) == (code, control), said
        assert count(running.store) == 1
        assert count(running.store, t.quarantine) >= 4
        counters = running.listener.counters
        assert counters.messages == len(cases)
        assert counters.messages == counters.new + counters.ignored + counters.quarantined + counters.refused


def test_joined_and_split_frames_are_answered_in_order(listening: Listening, adt: Adt) -> None:
    stream = b"".join(framed(adt("A01", n, "ICU", visit=str(n), control=f"K{n}").encode()) for n in range(30))
    chance = random.Random(1)
    with listening() as running, running.connect() as sender:
        while stream:
            size = chance.choice([1, 3, 50, 2000])
            sender.send_raw(stream[:size])
            stream = stream[size:]
        assert [code_of(sender.answer()) for _ in range(30)] == [("AA", f"K{n}") for n in range(30)]
        assert count(running.store) == 30


def test_many_senders_at_once_each_get_their_own_answers(listening: Listening, adt: Adt) -> None:
    wrong: list[Any] = []

    def send(name: int) -> None:
        with running.connect() as sender:
            for n in range(8):
                text = adt("A01", n, "ICU", visit=f"{name}-{n}", control=f"{name}-{n}").replace("|ADT|", f"|S{name}|")
                said = code_of(sender.send(text.encode()))
                if said != ("AA", f"{name}-{n}"):
                    wrong.append(said)

    with listening() as running:
        threads = [threading.Thread(target=send, args=(name,)) for name in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong
        assert count(running.store) == 48
    senders = running.store.read(select(t.senders.c.sender, t.senders.c.messages))
    assert {row[0]: row[1] for row in senders} == {f"main|S{name}|HOSP": 8 for name in range(6)}


def test_chinese_is_answered_in_its_own_encoding(listening: Listening, adt: Adt) -> None:
    text = adt("A01", 1, "重症监护室^1^A", control="K1", coding="GB18030").replace("|HOSP|", "|总院|")
    with listening() as running, running.connect() as sender:
        said = sender.send(text.encode("gb18030"))
        assert code_of(said) == ("AA", "K1") and "|总院|" in said.decode("gb18030")
        assert "重症监护室" in {unit.code for unit in running.store.units()}


def test_a_batch_in_one_frame_gets_an_answer_for_each_message(listening: Listening, adt: Adt) -> None:
    inside = [adt("A01", n, "ICU", visit=str(n), control=f"B{n}") for n in range(3)]
    inside[1] = inside[1].split("PV1")[0]
    batch = "FHS|^~\\&\rBHS|^~\\&\r" + "".join(inside) + "BTS|3\rFTS|1\r"
    with listening() as running, running.connect() as sender:
        lines = sender.send(batch.encode()).decode().split("\r")
        assert [line.split("|")[:3] for line in lines if line[:3] == "MSA"] == [
            ["MSA", "AA", "B0"],
            ["MSA", "AE", "B1"],
            ["MSA", "AA", "B2"],
        ]
        assert lines[0].startswith("BHS|") and lines[-2] == "BTS|3"
        assert count(running.store) == 2


def test_noise_is_skipped_and_a_message_that_is_too_long_is_refused(listening: Listening, adt: Adt) -> None:
    good = adt("A01", 1, "ICU", control="K1").encode()
    long = adt("A01", 2, "ICU", control="K2").encode() + b"NTE|1||" + b"x" * 200_000
    with listening(longest_message=100_000) as running, running.connect() as sender:
        sender.send_raw(b"GET / HTTP/1.1\r\n\r\n" + framed(good))
        assert code_of(sender.answer()) == ("AA", "K1")
        said = sender.send(long)
        assert code_of(said) == ("AR", "K2") and b"at most 100000" in said
        assert code_of(sender.send(good)) == ("AA", "K1")
        counters = running.listener.counters
        assert counters.skipped == 18
        assert counters.refused == 1 and count(running.store) == 1


def test_a_message_that_lacks_its_last_byte_is_answered_soon(listening: Listening, adt: Adt) -> None:
    with listening() as running, running.connect() as sender:
        sender.send_raw(b"\x0b" + adt("A01", 1, "ICU", control="K1").encode() + b"\x1c")
        assert code_of(sender.answer()) == ("AA", "K1")


def test_a_message_that_does_not_end_is_refused_and_the_connection_closed(listening: Listening, adt: Adt) -> None:
    with listening(frame_seconds=0.3) as running, running.connect() as sender, running.connect() as idle:
        sender.send_raw(b"\x0b" + adt("A01", 1, "ICU", control="K1").encode())
        said = sender.answer()
        assert code_of(said) == ("AR", "K1") and b"did not end" in said
        with pytest.raises(ConnectionError):
            sender.answer()
        assert code_of(idle.send(adt("A01", 1, "ICU", control="K1").encode())) == ("AA", "K1")  # idle ones stay open


def test_a_sender_that_has_said_all_still_gets_its_answers(listening: Listening, adt: Adt) -> None:
    with listening() as running, running.connect() as sender:
        sender.send_raw(b"".join(framed(adt("A01", n, "ICU", visit=str(n), control=str(n)).encode()) for n in range(5)))
        sender.end()
        assert [code_of(sender.answer())[0] for _ in range(5)] == ["AA"] * 5
        with pytest.raises(ConnectionError):
            sender.answer()


def test_what_cannot_be_stored_is_not_acknowledged_and_can_be_sent_again(
    listening: Listening, adt: Adt, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = adt("A01", 1, "ICU", control="K1").encode()
    with listening() as running, running.connect() as sender:
        with monkeypatch.context() as broken:

            def full(*_: Any, **__: Any) -> None:
                raise OperationalError("INSERT", {}, Exception("disk I/O error"))

            broken.setattr("assistant.records.receiving.rebuild", full)
            said = sender.send(message)
            assert code_of(said) == ("AR", "K1") and b"send it again" in said
            assert count(running.store) == 0
        assert code_of(sender.send(message)) == ("AA", "K1")
        assert count(running.store) == 1


def test_a_fault_of_our_own_is_answered_and_names_no_patient(
    listening: Listening, adt: Adt, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def defect(*_: Any, **__: Any) -> None:
        raise RuntimeError("patient NAME^OF")

    with listening() as running, running.connect() as sender:
        with monkeypatch.context() as broken:
            broken.setattr("assistant.records.receiving.rebuild", defect)
            said = sender.send(adt("A01", 1, "ICU", control="K1").encode())
        assert code_of(said) == ("AR", "K1") and b"NAME" not in said
        assert code_of(sender.send(adt("A01", 1, "ICU", control="K1").encode())) == ("AA", "K1")
    assert "RuntimeError" in caplog.text and "NAME" not in caplog.text


def test_no_message_text_is_logged(listening: Listening, adt: Adt, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="assistant.records.listening")
    secret = adt("A01", 1, "ICU", control="K1").replace("NAME^OF", "SECRET^NAME")
    with listening(longest_message=5000) as running, running.connect() as sender:
        sender.send(secret.encode())
        sender.send(secret.split("PV1")[0].encode())
        sender.send((secret + "NTE|SECRET" + "x" * 6000).encode())
        sender.send_raw(b"SECRET between" + framed(b"SECRET"))
        sender.answer()
    assert "missing pv1" in caplog.text and "message too long" in caplog.text
    assert "SECRET" not in caplog.text and "19600102" not in caplog.text


def test_the_end_answers_what_it_holds(listening: Listening, adt: Adt) -> None:
    with listening() as running:
        sender = running.connect()
        sender.send_raw(
            b"".join(framed(adt("A01", n, "ICU", visit=str(n), control=str(n)).encode()) for n in range(40))
        )
        assert code_of(sender.answer()) == ("AA", "0")
        running.stop()
        answered = 1
        with pytest.raises(ConnectionError):
            while code_of(sender.answer())[0] == "AA":
                answered += 1
        assert count(running.store) == answered == running.listener.counters.messages
        with pytest.raises(SetupError, match="Nothing listens"):
            MllpSender("127.0.0.1", running.port)


def test_too_many_connections_and_strangers_are_turned_away(listening: Listening, adt: Adt) -> None:
    with listening(most_connections=2) as running:
        first, _second, third = (running.connect() for _ in range(3))
        with pytest.raises(ConnectionError):
            third.send(b"MSH|^~\\&|")
        assert code_of(first.send(adt("A01", 1, "ICU", control="K").encode())) == ("AA", "K")
        assert running.listener.counters.turned_away == 1
    with listening(senders=("10.0.0.0/8",)) as running, running.connect() as stranger, pytest.raises(ConnectionError):
        stranger.send(b"MSH|^~\\&|")


def test_a_flood_of_long_messages_is_answered_and_nothing_stays_held(listening: Listening, adt: Adt) -> None:
    head = "MSH|^~\\&|ADT|HOSP|||20260301||ORU^R01|{}|P|2.5\rOBX|1|TX|||"
    with listening(most_held=2_000_000) as running, running.connect() as one, running.connect() as two:
        for n in range(6):
            for sender in (one, two):
                sender.send_raw(framed((head.format(n) + "x" * 400_000).encode()))
        codes = [code_of(sender.answer()) for _ in range(6) for sender in (one, two)]
        assert [control for _, control in codes] == [str(n) for n in range(6) for _ in range(2)]
        assert {code for code, _ in codes} <= {"AA", "AR"}
        assert running.listener.counters.messages == 12
        assert code_of(one.send(adt("A01", 1, "ICU", control="K").encode())) == ("AA", "K")
        assert running.listener._desk.room.used == 0


def test_it_stores_in_either_database(store: Store, adt: Adt) -> None:
    running = Running(store, ListeningSettings()).start()
    with running.connect() as sender:
        message = adt("A01", 1, "重症监护室", control="K").encode("gb18030")
        assert [code_of(sender.send(message)) for _ in range(2)] == [("AA", "K")] * 2
    running.stop()
    assert count(store) == count(store, t.stays) == count(store, t.senders) == 1


def test_a_feed_sent_live_gives_the_true_census(listening: Listening, shared: Path) -> None:
    feed = shared / "data" / "records" / "derived_feed"
    messages = list(messages_of([feed / "adt_feed_clean.hl7"]))
    random.Random(3).shuffle(messages)
    with listening() as running, running.connect() as sender:
        sending = threading.Thread(target=sender.send_raw, args=(b"".join(map(framed, messages)),))
        sending.start()
        assert {code_of(sender.answer())[0] for _ in messages} == {"AA"}
        sending.join()
        score = compare(running.store, read_truth(feed / "census_truth_6h.csv"))
        assert score.differing == 0, score.first
