"""The sample goes in through the same readers as any hospital's files, and comes out as the census that was true."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from assistant.records.importing import import_paths
from assistant.records.report import ImportReport
from assistant.records.store import Store
from assistant.sample.create import SampleReport
from assistant.sample.settings import SampleSettings

state = pytest.importorskip("assistant.records.state")


@pytest.fixture(scope="module")
def imported(month: SampleReport, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, ImportReport]:
    store = Store.open(tmp_path_factory.mktemp("home"))
    return store, import_paths(store, [month.feed])


def _differing_cells(
    store: Store, month: SampleReport, settings: SampleSettings, units: list[str]
) -> list[tuple[pd.Timestamp, str]]:
    """Times and units at which the imported census is not the true one."""
    truth = pd.read_csv(month.census, index_col="time", parse_dates=["time"])[units]
    end = settings.end + timedelta(seconds=1)
    found = state.census_history(store, truth.index[0].to_pydatetime(), end, every="6h")
    found = found.reindex(index=truth.index, columns=truth.columns).fillna(-1).astype(int)
    differing = (found != truth).stack()
    return list(differing[differing].index)


def test_hl7_of_a_dirty_month_reproduces_every_census_cell(
    imported: tuple[Store, ImportReport], month: SampleReport, month_settings: SampleSettings
) -> None:
    units = [unit for unit in month.occupancy if unit != "MAT"]
    assert _differing_cells(imported[0], month, month_settings, units) == []


def test_fhir_of_a_dirty_month_reproduces_every_census_cell(
    imported: tuple[Store, ImportReport], month: SampleReport, month_settings: SampleSettings
) -> None:
    assert _differing_cells(imported[0], month, month_settings, ["MAT"]) == []


def test_every_file_is_understood(imported: tuple[Store, ImportReport]) -> None:
    assert {file.file: file.faults for file in imported[1].files if file.faults} == {}


def test_those_who_wait_are_found(
    imported: tuple[Store, ImportReport], month: SampleReport, month_settings: SampleSettings
) -> None:
    waiting = imported[0].waiting(month_settings.end)
    assert len(waiting) == month.waiting
    assert (waiting["from_unit"] == "ED").any()


def test_needs_and_expected_ends_arrive(imported: tuple[Store, ImportReport], month_settings: SampleSettings) -> None:
    stays = imported[0].stays(month_settings.end - timedelta(hours=1), month_settings.end)
    inside = stays[stays["end"].isna() & (stays["unit"] != "ED") & (stays["unit"] != "MAT")]
    assert inside["expected_end"].notna().all()
    assert inside["isolation"].any() and inside["ventilator"].any()
    assert set(inside["acuity"].unique()) <= {1, 2, 3, 4}


def test_stock_comes_in_without_the_planted_faults(imported: tuple[Store, ImportReport]) -> None:
    stock = state.stock(imported[0])
    assert len(stock) == 60
    assert (stock["on_hand"] > 0).all()
    assert 3 <= stock["below_reorder"].sum() <= 12


def test_names_of_files_do_not_matter(month: SampleReport, tmp_path: Path) -> None:
    copy = tmp_path / "export-7.dat"
    copy.write_bytes((month.feed / "units.csv").read_bytes())
    store = Store.open(tmp_path / "home")
    import_paths(store, [copy])
    assert {unit.code for unit in store.units()} == set(month.occupancy)
