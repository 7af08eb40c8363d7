"""The public feed and a small one, made as dirty as interfaces make them, give the census of the clean one."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.records.hl7_stream import split_messages
from assistant.records.importing import import_paths
from assistant.records.state import census_at
from assistant.records.store import Store
from eval.census import compare, main, read_truth

Adt = Callable[..., str]


@pytest.fixture(scope="session")
def feed(shared: Path) -> Path:
    return shared / "data" / "records" / "derived_feed"


@pytest.fixture(scope="session")
def clean(feed: Path) -> list[str]:
    with (feed / "adt_feed_clean.hl7").open("rb") as stream:
        return [raw.decode() for raw in split_messages(stream)]


def test_the_public_hl7_feed_gives_the_true_census(feed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = ["--truth", str(feed / "census_truth_6h.csv")]
    assert main([str(feed / "adt_feed_clean.hl7"), *truth]) == 0
    assert "0 differing cells of 6,132" in capsys.readouterr().out


def test_the_public_encounters_give_the_true_census(feed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = ["--truth", str(feed / "census_truth_6h.csv"), "--json"]
    assert main([str(feed / "encounters_r4.ndjson"), *truth]) == 0
    assert '"differing": 0' in capsys.readouterr().out


def test_a_wrong_census_is_found_out(feed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = read_truth(feed / "census_truth_6h.csv")
    truth.iloc[5, 3] += 1
    truth.to_csv(tmp_path / "wrong.csv")
    assert main([str(feed / "encounters_r4.ndjson"), "--truth", str(tmp_path / "wrong.csv")]) == 1
    assert "1 differing cells of 6,132" in capsys.readouterr().out


def test_both_feeds_together_give_the_true_census(feed: Path, store: Store) -> None:
    import_paths(store, [feed])
    assert compare(store, read_truth(feed / "census_truth_6h.csv")).differing == 0


def retold(message: str, trigger: str, minutes: int, control: str, unit: str = "", own_time: bool = False) -> str:
    """The message as another event: `minutes` later; a cancel names the old time unless it gives its own."""
    lines = [line.split("|") for line in message.split("\r") if line]
    old = lines[1][6]
    entered = f"{datetime.strptime(old, '%Y%m%d%H%M%S') + timedelta(minutes=minutes):%Y%m%d%H%M%S}"
    for line in lines:
        if line[0] == "MSH":
            line[6], line[8], line[9] = entered, f"ADT^{trigger}", control
        elif line[0] == "EVN":
            line[1], line[2], line[6] = trigger, entered, entered if own_time or unit else old
        elif line[0] == "PV1" and unit:
            line[3] = unit
    return "\r".join("|".join(line) for line in lines)


def dirtied(clean: list[str], seed: int) -> bytes:
    """Wrong moves and their cancels, wrong discharges, copies, test messages, halves; shuffled, framed, re-encoded."""
    chance = random.Random(seed)
    stream = []
    for number, message in enumerate(clean):
        stream.append(message)
        if chance.random() < 0.15:
            stream.append(message)
        if chance.random() < 0.1:
            stream.append(retold(message, message.split("ADT^")[1][:3], 0, f"R{number}"))
        if chance.random() < 0.1:
            stream.append(message.replace("|P|2.4", "|T|2.4").replace("ADT^A0", "ADT^A0").replace("|M1", "|T1"))
        if chance.random() < 0.05:
            stream.append(message[: chance.randrange(20, 120)])
        if chance.random() < 0.2 and "ADT^A03" not in message:
            wrong = "A02" if chance.random() < 0.6 else "A03"
            event = retold(message, wrong, 0 if wrong == "A03" else 1, f"W{number}", "Wrong Ward")
            cancel = {"A02": "A12", "A03": "A13"}[wrong]
            stream += [event, retold(event, cancel, 1, f"X{number}", own_time=chance.random() < 0.5)]
    chance.shuffle(stream)
    newline = chance.choice(["\r", "\n", "\r\n"])
    framed = chance.random() < 0.5
    texts = [text.replace("\r", newline) + newline for text in stream]
    return "".join(f"\x0b{text}\x1c\r" if framed else text for text in texts).encode()


@pytest.mark.parametrize("seed", range(4))
def test_a_dirty_stream_gives_the_true_census(
    seed: int, feed: Path, clean: list[str], store: Store, tmp_path: Path
) -> None:
    (tmp_path / "dirty.hl7").write_bytes(dirtied(clean, seed))
    report = import_paths(store, [tmp_path / "dirty.hl7"])
    score = compare(store, read_truth(feed / "census_truth_6h.csv"))
    assert score.differing == 0, score.first
    assert report.files[0].quarantined > 0
    before = store.fingerprint()
    assert (import_paths(store, [tmp_path / "dirty.hl7"]).new, store.fingerprint()) == (0, before)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_repeats_replay_to_the_same_census(
    data: st.DataObject, adt: Adt, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Drawn orders, repeats, and cuts into two imports."""
    messages = [
        adt("A04", 0, "ED", kind="E", control="1"),
        adt("A01", 2, "ICU^1^A", control="2"),
        adt("A02", 5, "5C^9^Z", control="3"),
        adt("A12", 5, "ICU^1^A", entered=6, control="4"),
        adt("A02", 9, "3B^2^D", control="5"),
        adt("A03", 20, "3B^2^D", control="6"),
        adt("A13", 20, "3B^2^D", entered=21, control="7"),
        adt("A03", 30, "3B^2^D", control="8"),
        adt("A01", 3, "3B^2^C", visit="2", control="9"),
        adt("A11", 3, "3B^2^C", visit="2", entered=4, control="10"),
    ]
    order = data.draw(st.permutations(messages))
    extra = data.draw(st.lists(st.sampled_from(messages), max_size=5))
    cut = data.draw(st.integers(0, len(order)))
    home = tmp_path_factory.mktemp("home")
    store = Store.open(home)
    for name, part in (("a.hl7", order[:cut]), ("b.hl7", order[cut:] + extra)):
        if part:
            (home / name).write_text("".join(part), newline="")
            import_paths(store, [home / name])
    times = pd.date_range("2026-03-01 07:30", periods=36, freq="1h")
    census = census_at(store, times)
    store.close()
    where = {"ED": (1, 3), "ICU": (3, 10), "3B": (10, 31)}
    for unit, (start, end) in where.items():
        assert census[unit].to_list() == [int(start <= hour < end) for hour in range(36)], unit
