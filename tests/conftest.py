"""Shared fixtures: where the public data lies, and a fixed clock."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.postgres import Server, start_server
from tests.small_hospital import write_small_hospital


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with public data beside the project; tests that need it are skipped without it."""
    folder = Path(os.environ.get("HOSPITAL_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"public data folder not found at {folder}; set HOSPITAL_SHARED to its path")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL for this session; tests that need it are skipped where it is not installed."""
    server = start_server()
    yield server
    server.stop()


@pytest.fixture
def now() -> datetime:
    """The clock of small worlds."""
    return datetime(2026, 3, 10, 20, 0)


@pytest.fixture(scope="session")
def small_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the small hospital."""
    return write_small_hospital(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory, small_files: Path) -> Path:
    """A data folder into which the small hospital was imported once; copy it before writing to it."""
    from assistant.records.importing import import_paths
    from assistant.records.store import Store

    home = tmp_path_factory.mktemp("imported")
    store = Store.open(home)
    assert not import_paths(store, [small_files]).failed
    store.close()
    return home


@pytest.fixture
def small_home(imported: Path, tmp_path: Path) -> Path:
    """A data folder of one's own with the small hospital in it."""
    return Path(shutil.copytree(imported, tmp_path / "home"))
