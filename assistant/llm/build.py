"""Makes the language-model parts from settings: who chooses the steps, who writes the answer."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.llm.calling import ToolCallingChooser
from assistant.llm.checkpoint import checkpoint_folder
from assistant.llm.choose import EmbeddedChooser
from assistant.llm.descriptions import StepChooser, Writer
from assistant.llm.embedded import EmbeddedChatModel
from assistant.llm.health import Health, WatchedWriter
from assistant.llm.held import HeldChooser
from assistant.llm.ladder import LadderChooser, Rung
from assistant.llm.scripted import ScriptedChatModel
from assistant.llm.served import identity, reachable, served_model, serves_ours
from assistant.llm.settings import FORMS, LanguageModelSettings
from assistant.llm.shortlist import own_shortlist
from assistant.llm.writing import ChatWriter

_SCRIPTED = {"kind": "scripted", "name": "scripted"}


@dataclass(frozen=True)
class LanguageModels:
    """What the agent works with.

    Attributes:
        chooser: The ladder of the settings.
        writer: Where a served language model writes; None where answers are composed by code.
    """

    chooser: StepChooser
    writer: Writer | None


def language_models(settings: LanguageModelSettings, models: Path) -> LanguageModels:
    """The ladder of the settings and its writer; weights are loaded and servers asked at the first question only.

    Args:
        settings: The ladder, and the limits of all its rungs.
        models: Folder of checkpoints (`settings.models_folder`).

    Raises:
        SetupError: The embedded language model comes first and was not built. Below a server it is skipped then.
    """
    if settings.rungs == ("scripted",):
        return LanguageModels(step_chooser(settings, models), None)
    health = Health(lambda: reachable(settings), settings.retry_seconds)
    rungs = [_rung(kind, settings, models, health) for kind in settings.rungs if kind != FORMS]
    if rungs and rungs[0].kind == "embedded":
        checkpoint_folder(models)
    writes = "served" in settings.rungs
    writer = answer_writer(replace(settings, kind="served")) if writes else None
    return LanguageModels(LadderChooser(rungs, settings), WatchedWriter(writer, health) if writer else None)


def step_chooser(
    settings: LanguageModelSettings,
    models: Path,
    scripted: ScriptedChatModel | None = None,
) -> StepChooser:
    """The chooser of the one kind in the settings, without a ladder; for evaluations and checks.

    Args:
        settings: Which kind, and its limits.
        models: Folder of checkpoints (`settings.models_folder`).
        scripted: The scripted language model of a test.

    Raises:
        SetupError: The embedded checkpoint was not built.
    """
    if settings.kind == "scripted":
        return ToolCallingChooser(scripted or ScriptedChatModel(replies=[]), settings, _SCRIPTED)
    make = _served(settings) if settings.kind == "served" else _embedded(settings, models)
    return make(settings.timeout_seconds)


def answer_writer(settings: LanguageModelSettings, scripted: ScriptedChatModel | None = None) -> Writer | None:
    """The writer of the kind in the settings; None for our own checkpoint, whose answers are composed by code."""
    if settings.kind == "served" and not serves_ours(settings):
        return ChatWriter(served_model(settings), settings, identity(settings))
    return ChatWriter(scripted, settings, _SCRIPTED) if settings.kind == "scripted" and scripted else None


def _rung(kind: str, settings: LanguageModelSettings, models: Path, health: Health) -> Rung:
    if kind == "served":
        return Rung(kind, _served(settings), health)
    lock, kept = threading.Lock(), []  # type: ignore[var-annotated]

    def make(seconds: float) -> StepChooser:
        # One copy of the weights for all questions; looked for at the first one that needs it.
        with lock:
            if not kept:
                kept.append(_embedded(settings, models))
        chooser: StepChooser = kept[0](seconds)
        return chooser

    return Rung(kind, make)


def _served(settings: LanguageModelSettings) -> Callable[[float], StepChooser]:
    """Makes choosers over one client of the server."""
    client, who = served_model(settings), identity(settings)
    if serves_ours(settings):
        shortlist = own_shortlist()
        return lambda seconds: HeldChooser(client, replace(settings, timeout_seconds=seconds), who, shortlist)
    return lambda seconds: ToolCallingChooser(client, replace(settings, timeout_seconds=seconds), who)


def _embedded(settings: LanguageModelSettings, models: Path) -> Callable[[float], StepChooser]:
    """Makes choosers over one copy of the weights."""
    language_model = EmbeddedChatModel(
        folder=checkpoint_folder(models),
        threads=settings.threads,
        dtype=settings.dtype,
        seconds=settings.timeout_seconds,
    )
    shortlist = own_shortlist()
    return lambda seconds: EmbeddedChooser(language_model, replace(settings, timeout_seconds=seconds), shortlist)
