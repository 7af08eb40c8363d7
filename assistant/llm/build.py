"""Makes the language-model parts from settings: who chooses the steps, who writes the answer."""

from pathlib import Path

from assistant.llm.calling import ToolCallingChooser
from assistant.llm.checkpoint import checkpoint_folder
from assistant.llm.choose import EmbeddedChooser
from assistant.llm.descriptions import StepChooser, Writer
from assistant.llm.embedded import EmbeddedChatModel
from assistant.llm.scripted import ScriptedChatModel
from assistant.llm.served import identity, served_model
from assistant.llm.settings import LanguageModelSettings
from assistant.llm.writing import ChatWriter

_SCRIPTED = {"kind": "scripted", "name": "scripted"}


def step_chooser(
    settings: LanguageModelSettings,
    models: Path,
    scripted: ScriptedChatModel | None = None,
) -> StepChooser:
    """The chooser of the kind in the settings; weights are loaded and servers asked at the first question only.

    Args:
        settings: Which kind, and its limits.
        models: Folder of checkpoints (`settings.models_folder`).
        scripted: The scripted language model of a test.

    Raises:
        SetupError: The embedded checkpoint was not built.
    """
    if settings.kind == "served":
        return ToolCallingChooser(served_model(settings), settings, identity(settings))
    if settings.kind == "scripted":
        return ToolCallingChooser(scripted or ScriptedChatModel(replies=[]), settings, _SCRIPTED)
    language_model = EmbeddedChatModel(
        folder=checkpoint_folder(models),
        threads=settings.threads,
        dtype=settings.dtype,
        seconds=settings.timeout_seconds,
    )
    return EmbeddedChooser(language_model, settings)


def answer_writer(settings: LanguageModelSettings, scripted: ScriptedChatModel | None = None) -> Writer | None:
    """The writer of the kind in the settings; None for the embedded kind, whose answers are composed by code."""
    if settings.kind == "served":
        return ChatWriter(served_model(settings), settings, identity(settings))
    return ChatWriter(scripted, settings, _SCRIPTED) if settings.kind == "scripted" and scripted else None
