"""Two samples, each made once: a month with much dirt, and a clean small fortnight."""

from pathlib import Path

import pytest

from assistant.sample.create import SampleReport, create_hospital
from assistant.sample.settings import SampleSettings


@pytest.fixture(scope="session")
def month_settings() -> SampleSettings:
    return SampleSettings(days=30, dirt=0.02)


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory, month_settings: SampleSettings) -> SampleReport:
    """Thirty days of the full hospital, ten times as dirty as usual."""
    return create_hospital(tmp_path_factory.mktemp("month"), month_settings)


@pytest.fixture(scope="session")
def clean_fortnight(tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    """Fourteen days without any planted fault."""
    return create_hospital(tmp_path_factory.mktemp("clean"), SampleSettings(days=14, dirt=0.0))


@pytest.fixture(scope="session")
def messages(clean_fortnight: SampleReport) -> list[dict[str, list[str]]]:
    """The clean feed's messages: segment name to fields, so that field n of PV1 is `message["PV1"][n]`."""
    return [split(text) for path in clean_fortnight.files if path.suffix == ".hl7" for text in whole_messages(path)]


def whole_messages(path: Path) -> list[str]:
    """The texts of a file's messages."""
    text = path.read_bytes().decode("utf-8")
    return ["MSH|" + part for part in text.split("MSH|")[1:]]


def split(text: str) -> dict[str, list[str]]:
    """Segments by name; for MSH the field separator itself counts as field 1, as the standard counts."""
    segments = [segment.split("|") for segment in text.split("\r") if segment]
    return {fields[0]: ["MSH", "|", *fields[1:]] if fields[0] == "MSH" else fields for fields in segments}
