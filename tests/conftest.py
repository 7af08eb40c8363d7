"""Shared fixtures: where the public data lies, and a fixed clock."""

import os
from datetime import datetime
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with public data beside the project; tests that need it are skipped without it."""
    folder = Path(os.environ.get("HOSPITAL_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"public data folder not found at {folder}; set HOSPITAL_SHARED to its path")
    return folder


@pytest.fixture
def now() -> datetime:
    """The clock of small worlds."""
    return datetime(2026, 3, 10, 20, 0)
