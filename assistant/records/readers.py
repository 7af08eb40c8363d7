"""Makes the readers of a site's feeds, so that an import, a listener and a second try read alike."""

from sqlalchemy import select

from assistant.records import tables as t
from assistant.records.adt import AdtReader
from assistant.records.clock_reading import SiteClock
from assistant.records.fhir import FhirReader
from assistant.records.fhir_directory import Directory, read_directory
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store
from assistant.records.unit_names import UnitBook


def unit_book(store: Store, settings: RecordsSettings, kind: str) -> UnitBook:
    """The units that a feed may name.

    Args:
        store: Whose units are known.
        settings: Say whether HL7 may name others.
        kind: `hl7` or `fhir`.
    """
    if not (settings.only_declared_units and kind == "hl7"):
        return UnitBook(store.units())
    declared = {row[0] for row in store.read(select(t.units.c.unit).where(t.units.c.declared))}
    return UnitBook([unit for unit in store.units() if unit.code in declared], closed=True)


def hl7_reader(store: Store, site: str, settings: RecordsSettings, home: int | None, units: UnitBook) -> AdtReader:
    """A reader of HL7 v2; `home` is the feed's usual offset from UTC in minutes, if it has one."""
    return AdtReader(site, site_clock(settings, home), store.pseudonyms, units, settings.leave_frees_bed)


def fhir_reader(
    store: Store,
    site: str,
    settings: RecordsSettings,
    home: int | None,
    units: UnitBook,
    directory: Directory | None = None,
) -> FhirReader:
    """A reader of FHIR R4; `home` as for HL7, `directory` of the files that are imported together."""
    known = directory or read_directory(store, site)
    return FhirReader(site, site_clock(settings, home), store.pseudonyms, units, known, settings.test_data)


def site_clock(settings: RecordsSettings, home: int | None) -> SiteClock:
    """The site's wall clock; `home` is the file's usual offset from UTC in minutes."""
    return SiteClock(settings.zone, home, settings.earliest_year)
