"""Drawn streams of a small hospital, made as dirty as interfaces make them, give the census of what happened.

What happened is kept by the test itself while it writes the messages; it is not read from any clean feed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.records.importing import import_paths
from assistant.records.receiving import Receiver
from assistant.records.state import census_at
from assistant.records.store import Store

Adt = Callable[..., str]
CHINESE = ("重症监护室", "心内科", "急诊科", "3B")
WESTERN = ("Réanimation", "Größe-Station", "ED", "3B")
WRONG = "Wrong Ward"
ACTIONS = ("move", "update", "wrong move", "wrong discharge", "leave", "other patient")
HOURS = 80


@dataclass
class Story:
    """Messages, and where each patient really was: unit, from, until (hours; until is open for those still there)."""

    messages: list[str] = field(default_factory=list)
    spans: list[tuple[str, float, float]] = field(default_factory=list)

    def tell(self, adt: Adt, trigger: str, hour: float, unit: str, end: str = "", **more: object) -> None:
        """Add a message; its control id is its number, so that drawing it again gives the same text."""
        self.messages.append(adt(trigger, hour, unit, control=f"C{len(self.messages):03}", **more) + end)

    def census(self, hour: float) -> dict[str, int]:
        counts: dict[str, int] = {}
        for unit, start, end in self.spans:
            if start <= hour < end:
                counts[unit] = counts.get(unit, 0) + 1
        return counts


def tell_visit(draw: st.DrawFn, adt: Adt, story: Story, number: int, units: tuple[str, ...]) -> None:
    """One visit: it begins, things happen, some by mistake and taken back, and perhaps it ends."""
    visit, hour = f"{number}7", draw(st.integers(0, 20)) + 0.25 * number
    tell = partial(story.tell, adt, visit=visit)
    where = draw(st.sampled_from(units))
    if draw(st.booleans()):  # first admitted to the wrong place
        tell("A01", hour, WRONG)
        tell("A11", hour, WRONG, entered=hour + 0.2)
        hour += 0.4
    tell(draw(st.sampled_from(["A01", "A04"])), hour, f"{where}^{number}^A")
    since = hour
    for action in draw(st.lists(st.sampled_from(ACTIONS), max_size=5)):
        hour += draw(st.integers(1, 6))
        if action == "move":
            there = draw(st.sampled_from(units))
            tell("A02", hour, f"{there}^{number}^A")
            if there != where:
                story.spans.append((where, since, hour))
                where, since = there, hour
        elif action == "update":
            tell("A08", hour, f"{where}^{number}^A", needs="ISO")
        elif action == "leave":
            tell("A21", hour, f"{where}^{number}^A")
            tell("A22", hour + 0.5, f"{where}^{number}^A")
        elif action == "other patient":
            tell("A45", hour, "", end=f"MRG|p{visit}||||{visit}\r", patient=f"q{visit}")
        else:
            event, cancel = ("A02", "A12") if action == "wrong move" else ("A03", "A13")
            tell(event, hour, WRONG if event == "A02" else where)
            own = draw(st.booleans())  # cancels give the time of what they cancel, or their own
            tell(cancel, hour + 0.5 if own else hour, where, entered=hour + 0.5)
    end = float("inf")
    if draw(st.booleans()):
        end = hour + draw(st.integers(1, 10))
        tell("A03", end, f"{where}^{number}^A")
    story.spans.append((where, since, end))


@st.composite
def damaged(draw: st.DrawFn, messages: list[str], adt: Adt) -> list[str]:
    """The stream doubled, sent again under other numbers, with torn copies and test messages in it, shuffled."""
    stream = list(messages)
    some = st.lists(st.sampled_from(messages), max_size=6)
    stream += draw(some)
    stream += [retold.replace("|P|2.5", f"-again{n}|P|2.5") for n, retold in enumerate(draw(some))]
    for whole in draw(some):
        stream.append(whole[: draw(st.integers(5, len(whole) - 2))])
    stream.append(adt("A01", 1, WRONG, visit="999", control="test", processing=draw(st.sampled_from(["T", "D"]))))
    return draw(st.permutations(stream))


def framed(texts: list[str], framing: str) -> str:
    """The messages as one file."""
    texts = [text if text.endswith("\r") else text + "\r" for text in texts]
    if framing == "frames":
        return "".join(f"\x0b{text}\x1c\r" for text in texts)
    if framing == "batches":
        half = len(texts) // 2
        inner = [f"BHS|^~\\&|A\r{''.join(part)}BTS|{len(part)}\r" for part in (texts[:half], texts[half:])]
        return f"FHS|^~\\&|A\r{''.join(inner)}FTS|2\r"
    return "".join(texts).replace("\r", framing)


def encodings(units: tuple[str, ...]) -> list[str]:
    return ["utf-8", "utf-8-sig", "utf-16", "gb18030" if units is CHINESE else "latin-1"]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_stream_gives_the_census_of_what_happened(
    data: st.DataObject, adt: Adt, tmp_path_factory: pytest.TempPathFactory
) -> None:
    units = data.draw(st.sampled_from([CHINESE, WESTERN]))
    story = Story()
    for number in range(data.draw(st.integers(1, 3))):
        tell_visit(data.draw, adt, story, number, units)
    stream = data.draw(damaged(story.messages, adt))
    cut = data.draw(st.integers(0, len(stream)))
    home = tmp_path_factory.mktemp("home")
    store = Store.open(home)
    read = 0
    for name, part in (("a.hl7", stream[:cut]), ("b.hl7", stream[cut:])):
        text = framed(part, data.draw(st.sampled_from(["\r", "\n", "\r\n", "frames", "batches"])))
        (home / name).write_bytes(text.encode(data.draw(st.sampled_from(encodings(units)))))
        for file in import_paths(store, [home / name]).files if part else []:
            assert file.read == file.new + file.duplicate + file.quarantined + file.ignored
            read += file.read
    assert read == len(stream)  # nothing vanishes
    assert_census(store, story)
    before = store.fingerprint()
    again = import_paths(
        store, [home / name for name, part in (("a.hl7", stream[:cut]), ("b.hl7", stream[cut:])) if part]
    )
    assert (again.new, store.fingerprint()) == (0, before)
    store.close()


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_stream_received_message_by_message_gives_the_same_census(
    data: st.DataObject, adt: Adt, tmp_path_factory: pytest.TempPathFactory
) -> None:
    story = Story()
    for number in range(2):
        tell_visit(data.draw, adt, story, number, CHINESE)
    store = Store.open(tmp_path_factory.mktemp("home"))
    receiver = Receiver(store)
    for message in data.draw(damaged(story.messages, adt)):
        answer = receiver.receive(b"\x0b" + message.encode("gb18030") + b"\x1c\r")
        assert answer.code in ("AA", "AE", "AR") and (answer.code == "AA" or answer.reason)
    assert_census(store, story)
    store.close()


def assert_census(store: Store, story: Story) -> None:
    start = datetime(2026, 3, 1, 8)  # when the small feed begins
    times = pd.DatetimeIndex([start + pd.Timedelta(hours=hour + 0.1) for hour in range(HOURS)])
    census = census_at(store, times)
    for hour in range(HOURS):
        ours = {unit: int(count) for unit, count in census.iloc[hour].items() if count}
        assert ours == story.census(hour + 0.1), (hour, ours)
