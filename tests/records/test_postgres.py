"""Several processes at once on one database: readers never wait for the writer, and see whole imports only."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import create_engine, func, select, text

from assistant.app import open_app
from assistant.cli.main import main
from assistant.errors import SetupError
from assistant.records import tables as t
from assistant.records.importing import import_paths
from assistant.records.state import census_at, data_quality
from assistant.records.store import Store
from tests.postgres import Server

Adt = Callable[..., str]

_READER = """
import sys, time
from pathlib import Path
from datetime import datetime
from assistant.records.state import occupancy
from assistant.records.store import Store
store = Store.open(Path(sys.argv[1]), sys.argv[2])
print("ready", flush=True)
seen, longest, answers, until = [0], 0.0, 0, time.monotonic() + 60
while seen[-1] < int(sys.argv[3]) and time.monotonic() < until:
    began = time.monotonic()
    seen.append(int(occupancy(store, datetime(2026, 3, 20))["patients"].sum()))
    longest, answers = max(longest, time.monotonic() - began), answers + 1
print(seen == sorted(seen), seen[-1], answers, round(longest, 3))
"""


def feed(adt: Adt, first: int, count: int) -> str:
    return "".join(adt("A01", n / 100, f"3B^{n}^A", visit=str(n)) for n in range(first, first + count))


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.empty_records()


def test_two_processes_read_while_one_writes(url: str, adt: Adt, tmp_path: Path) -> None:
    """Every census a reader sees is at least the one before; none waits for the writer to end."""
    store = Store.open(tmp_path / "writer", url)
    command = [sys.executable, "-c", _READER]
    readers = [
        subprocess.Popen([*command, str(tmp_path / f"reader{n}"), url, "600"], stdout=subprocess.PIPE, text=True)
        for n in range(2)
    ]
    for reader in readers:
        assert reader.stdout is not None and reader.stdout.readline() == "ready\n"
    for part in range(6):
        path = tmp_path / f"part{part}.hl7"
        path.write_text(feed(adt, part * 100, 100), newline="")
        assert import_paths(store, [path]).new == 100
    for reader in readers:
        told, _ = reader.communicate(timeout=90)
        grew, last, answers, _ = told.split()
        assert (grew, last) == ("True", "600")
        assert int(answers) > 3
    store.close()


def test_two_processes_write_at_once_and_nothing_is_lost(url: str, adt: Adt, tmp_path: Path) -> None:
    """The same feed in another order from two sides: the store is that of one import."""
    messages = [adt("A01", n / 100, f"3B^{n}^A", visit=str(n)) for n in range(150)]
    (tmp_path / "a.hl7").write_text("".join(messages), newline="")
    (tmp_path / "b.hl7").write_text("".join(reversed(messages)), newline="")
    home = tmp_path / "home"
    Store.open(home, url).close()  # one key of pseudonyms for both
    script = (
        "import sys; from pathlib import Path; from assistant.records.store import Store;"
        "from assistant.records.importing import import_paths;"
        "store = Store.open(Path(sys.argv[1]), sys.argv[2]);"
        "sys.exit(import_paths(store, [Path(sys.argv[3])]).failed)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(home), url, str(tmp_path / name)])
        for name in ("a.hl7", "b.hl7")
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    store = Store.open(home, url)
    assert store.read(select(func.count()).select_from(t.movements))[0][0] == 150
    assert store.read(select(func.count()).select_from(t.stays))[0][0] == 150
    store.close()


def test_the_command_line_works_on_postgresql(
    url: str, small_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ASSISTANT_DATABASE_URL", url)
    assert not open_app().import_files([small_files]).failed
    assert main(["quality", "--json"]) == 0
    assert '"checks_run": ' in capsys.readouterr().out
    assert main(["tool", "show_state", "--measure", "occupancy"]) == 0
    assert main(["tool", "plan_beds"]) == 0
    assert not (tmp_path / "home" / "records.db").exists()


def test_both_databases_give_the_same(url: str, small_files: Path, tmp_path: Path) -> None:
    """Same census, same order of units, same findings."""
    answers: list[Any] = []
    home = tmp_path / "home"
    for address in (None, url):
        store = Store.open(home, address)
        import_paths(store, [small_files])
        clock = store.clock()
        assert clock is not None
        quality = data_quality(store)[["rule", "severity", "count", "action"]]
        census = census_at(store, pd.date_range(end=clock, periods=8, freq="6h"))
        answers.append((store.units(), store.beds(), store.stays().to_csv(), quality.to_csv(), census.to_csv()))
        store.close()
    assert answers[0] == answers[1]


def test_text_that_postgresql_cannot_store_stops_nothing(url: str, adt: Adt, tmp_path: Path) -> None:
    """A null character, and names longer than an index row may be."""
    messages = [
        adt("A01", 1, "3B^1^A").replace("|A01|", "|A01\x00|"),
        adt("A01", 2, "3B\x00^2^A", visit="2"),
        adt("A01", 3, "W" * 5000 + "^3^A", visit="3"),
        adt("A01", 4, "3B^4^A", visit="4", control="C" * 9000),
        adt("A01", 5, "3B^5^A", visit="5"),
    ]
    (tmp_path / "odd.hl7").write_bytes("".join(messages).encode())
    store = Store.open(tmp_path / "home", url)
    report = import_paths(store, [tmp_path / "odd.hl7"])
    assert not report.failed
    assert report.files[0].new + report.files[0].quarantined == 5
    assert store.read(select(func.count()).select_from(t.stays).where(t.stays.c.room == "5"))[0][0] == 1
    store.close()


def test_a_server_that_is_away_is_a_message(postgres: Server, tmp_path: Path) -> None:
    away = postgres.url().replace("host=", "host=/nowhere")
    with pytest.raises(SetupError, match=r"cannot be opened: .*No such file.*ASSISTANT_DATABASE_URL"):
        Store.open(tmp_path / "home", away.replace("tests@", "tests:secret@"))
    with pytest.raises(SetupError) as told:
        Store.open(tmp_path / "home", away.replace("tests@", "tests:secret@"))
    assert "secret" not in str(told.value)


def test_other_databases_and_encodings_are_refused(postgres: Server, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"expected SQLite .* or PostgreSQL"):
        Store.open(tmp_path / "home", "mysql+pymysql://u:p@h/d")
    latin = postgres.new_database("LATIN1")
    with pytest.raises(SetupError, match="has the encoding LATIN1; expected UTF8"):
        Store.open(tmp_path / "home", latin)


def test_a_connection_that_the_server_closed_is_opened_again(postgres: Server, url: str, tmp_path: Path) -> None:
    store = Store.open(tmp_path / "home", url)
    assert store.units() == []
    other = create_engine(postgres.url())
    with other.connect() as connection:
        ended = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = :name"
        name = store.engine.url.database
        assert connection.execute(text(ended), {"name": name}).scalar()
    other.dispose()
    assert store.units() == []
    store.close()
