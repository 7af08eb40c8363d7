"""The one composer: settings -> parts -> Assistant. Screen, command line and evaluation call it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.agent.assistant import Assistant
from assistant.agent.claims import Names
from assistant.agent.put_forward import put_forward
from assistant.forecast.kept import KeptForecasts
from assistant.journal.book import Journal
from assistant.llm.descriptions import StepChooser, Warmable, Writer
from assistant.llm.settings import models_folder
from assistant.plan.proposals import Proposals, StoredProposal
from assistant.records.importing import import_paths
from assistant.records.mapping import CsvMapping
from assistant.records.quality_kept import check_and_keep
from assistant.records.quality_table import QualityTable
from assistant.records.report import ImportReport
from assistant.records.store import Store
from assistant.retrieval.documents import Document, record_summary
from assistant.retrieval.handbook import read_handbook
from assistant.retrieval.index import BuildReport, Index
from assistant.settings import Settings, database_url, home_folder, load_settings
from assistant.tools.catalogue import descriptions, make_catalogue
from assistant.tools.door import CallRecord, json_safe
from assistant.tools.inputs_now import inputs_now
from assistant.tools.periods import known_clock
from assistant.tools.plan_alerts import PlanAlert, plan_alerts
from assistant.tools.services import Services
from assistant.tools.summaries import unit_summaries
from assistant.tools.tool import Context, Tool
from assistant.tools.watched import Progress, watched_call


@dataclass(frozen=True)
class App:
    """The parts of one data folder; each is made when it is first needed.

    Attributes:
        chooser, writer: Given by tests and evaluations; None for the language model of the settings.
    """

    home: Path
    settings: Settings
    url: str | None = None
    given_chooser: StepChooser | None = None
    given_writer: Writer | None = None

    @cached_property
    def store(self) -> Store:
        """The records."""
        return Store.open(self.home, self.url)

    @cached_property
    def journal(self) -> Journal:
        """The journal."""
        return Journal(self.home / "journal")

    @cached_property
    def proposals(self) -> Proposals:
        """The proposals."""
        return Proposals(self.home / "proposals", self.journal, self.settings.approvals)

    @cached_property
    def forecasts(self) -> KeptForecasts:
        """The forecasts given."""
        return KeptForecasts(self.home / "forecasts", self.journal)

    @cached_property
    def index(self) -> Index:
        """The search index; built from the handbook and the records where there is none yet."""
        index = Index.open(self.home, self.settings.retrieval, create=False)
        if not index.passages:
            index.build(self.documents())
        return index

    @cached_property
    def services(self) -> Services:
        """What the tools work with."""
        lock = threading.Lock()

        def search() -> Index:
            with lock:  # two users' first searches at once must not build the index twice
                return self.index

        settings = self.settings
        return Services(
            self.store, search, settings.tools, settings.forecast, settings.plan, self.proposals, self.forecasts,
            records=settings.records,
        )  # fmt: skip

    @cached_property
    def tools(self) -> dict[str, Tool]:
        """The catalogue."""
        return make_catalogue(self.services)

    @cached_property
    def assistant(self) -> Assistant:
        """The agent with everything it needs."""
        # Loads the clients of language models, which takes a second: only when a question is asked.
        from assistant.llm.build import LanguageModels, language_models

        models = models_folder(self.settings.llm, self.home)
        given = LanguageModels(self.given_chooser, None) if self.given_chooser else None
        parts = given or language_models(self.settings.llm, models)
        return Assistant(
            tools=self.tools,
            descriptions=descriptions(self.tools),
            chooser=parts.chooser,
            writer=self.given_writer or parts.writer,
            journal=self.journal,
            proposals=self.proposals,
            names=self.names,
            clock=self.store.clock,
            fingerprint=self.store.fingerprint,
            settings=self.settings.agent,
        )

    def warm(self) -> None:
        """Load what the first question would wait for; for a thread beside the start of the screen."""
        chooser = self.assistant.chooser
        if isinstance(chooser, Warmable):
            chooser.warm()

    def names(self) -> Names:
        """Units and people by all their names."""
        units = {unit.code: (unit.name, unit.name_zh, *unit.aliases) for unit in self.store.units()}
        people = {person.staff: (person.name, person.name_zh) for person in self.store.people()}
        return Names(units, people, {level.item: (level.name, level.name_zh) for level in self.store.stock()})

    def documents(self) -> list[Document]:
        """All that can be searched: the handbook and a summary of the records for each unit."""
        at = self.store.clock()
        summaries = unit_summaries(self.store, at) if at else []
        return [
            *read_handbook(),
            *(record_summary(s.unit, s.title, s.text, s.as_of, s.language) for s in summaries),
        ]

    def build_index(self, progress: Callable[[int, int], None] | None = None) -> BuildReport:
        """Build the search index anew, whatever state its files are in."""
        index, report = Index.rebuild(self.home, self.documents(), self.settings.retrieval, progress=progress)
        self.__dict__["index"] = index
        return report

    def import_files(
        self,
        paths: Sequence[Path],
        site: str = "main",
        progress: Callable[[str, int], None] | None = None,
        mapping: CsvMapping | None = None,
    ) -> ImportReport:
        """Import files and note in the journal what was done with them."""
        report = import_paths(self.store, paths, site, progress, self.settings.records, mapping)
        self.journal.append("import", json_safe({"site": site, **report.to_json()}))
        return report

    def check_quality(self, progress: Callable[[str], None] | None = None) -> QualityTable:
        """Check the records by every rule of data quality and keep the results."""
        checks = check_and_keep(self.store, self.settings.records, progress)
        return QualityTable(checks, self.settings.records.quality, self.store.clock())

    def context(self, at: datetime | None = None, language: str = "en", **session: Any) -> Context:
        """The context of a call outside a conversation.

        Raises:
            SetupError: There are no records and no time was given.
        """
        now = known_clock(at, self.store.clock())
        return Context(now, language, **session)

    def call_tool(
        self,
        name: str,
        raw: Mapping[str, Any],
        context: Context,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> tuple[CallRecord, StoredProposal | None]:
        """One call at the door, outside a conversation; a plan is kept as a proposal."""
        for told in watched_call(self.tools, name, dict(raw), context, self.journal, threading.Event()):
            if isinstance(told, Progress):
                on_progress(told)
            else:
                return told, put_forward(told, context, self.proposals)
        raise AssertionError("a watched call ends with its record")

    def plan_alerts(self) -> list[PlanAlert]:
        """Plans that rest on a forecast which has turned out wrong, as of the records' clock."""
        clock = self.store.clock()
        return plan_alerts(self.services, clock) if clock else []

    def inputs_now(self, proposal: StoredProposal) -> dict[str, Any]:
        """The inputs that the proposal's plan would be computed from now, for the same question and clock."""
        return inputs_now(self.services, proposal)


def open_app(
    home: Path | None = None,
    settings: Settings | None = None,
    chooser: StepChooser | None = None,
    writer: Writer | None = None,
) -> App:
    """The app of a data folder, by default of the one the environment names."""
    folder = home or home_folder()
    return App(folder, settings or load_settings(folder), database_url(), chooser, writer)
