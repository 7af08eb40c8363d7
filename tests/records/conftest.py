"""A small hospital's feed, message by message, and an empty store for it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from assistant.records.importing import import_paths
from assistant.records.report import ImportReport
from assistant.records.store import Store

Adt = Callable[..., str]
START = datetime(2026, 3, 1, 8)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store; every test of it runs on both databases."""
    url = request.getfixturevalue("postgres").empty_records() if request.param == "postgresql" else None
    opened = Store.open(tmp_path / "home", url)
    yield opened
    opened.close()


@pytest.fixture
def at() -> Callable[[float], datetime]:
    """The time some hours into the small feed."""
    return lambda hours: START + timedelta(hours=hours)


@pytest.fixture
def adt() -> Adt:
    """Writes one ADT message; every call has a control id of its own unless one is given."""
    count = iter(range(1, 100_000))

    def write(
        trigger: str,
        hours: float,
        place: str = "",
        visit: str = "1",
        patient: str = "",
        control: str = "",
        entered: float | None = None,
        processing: str = "P",
        kind: str = "I",
        waits_for: str = "",
        needs: str | None = None,
        acuity: str = "",
        expected: str = "",
        sex: str = "F",
        coding: str = "",
    ) -> str:
        happened = f"{START + timedelta(hours=hours):%Y%m%d%H%M%S}"
        told = f"{START + timedelta(hours=hours if entered is None else entered):%Y%m%d%H%M%S}"
        head = f"MSH|^~\\&|ADT|HOSP|HRA|SITE|{told}||ADT^{trigger}|{control or f'C{next(count)}'}|{processing}|2.5"
        visit_fields = [""] * 45
        visit_fields[0:3] = ["1", kind, place]
        visit_fields[18], visit_fields[41] = visit, waits_for
        lines = [
            head + ("||||||" + coding if coding else ""),
            f"EVN|{trigger}|{told}||||{happened}",
            f"PID|1||{patient or 'p' + visit}^^^HOSP^MR||NAME^OF||19600102|{sex}",
            "PV1|" + "|".join(visit_fields),
        ]
        if needs is not None or acuity or expected:
            more = [""] * 40
            more[1], more[8], more[39] = needs or "", expected, acuity
            lines.append("PV2|" + "|".join(more))
        return "\r".join(lines) + "\r"

    return write


@pytest.fixture
def load(store: Store, tmp_path: Path) -> Callable[..., ImportReport]:
    """Imports texts or bytes as files of the given name; gives the report."""
    count = iter(range(1000))

    def run(content: str | bytes | list[str], name: str = "feed.hl7", into: Store | None = None) -> ImportReport:
        text = "".join(content) if isinstance(content, list) else content
        folder = tmp_path / f"files{next(count)}"
        folder.mkdir()
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
        return import_paths(into or store, [folder / name])

    return run
