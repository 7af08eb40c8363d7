"""The fallback ladder: the served language model, else the embedded one, else none; each answer says which.

All rungs share one deadline. A rung gets what is left of it, less what is kept for the rungs below.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from assistant.errors import LanguageModelError, SetupError
from assistant.llm.chosen import Chosen, Skipped
from assistant.llm.descriptions import EarlierTurn, RawCall, StepChooser, ToolDescription, Warmable
from assistant.llm.faults import FORMS_ONLY, QUESTION_TOO_LONG, TOO_LATE, UNREACHABLE, fault
from assistant.llm.health import Health
from assistant.llm.settings import FORMS, LanguageModelSettings


@dataclass(frozen=True)
class Rung:
    """One language model of the ladder.

    Attributes:
        kind: `served` or `embedded`.
        chooser: The chooser that has so many seconds for its question. May raise SetupError.
        health: Of the server behind it; None where there is no server.
    """

    kind: str
    chooser: Callable[[float], StepChooser]
    health: Health | None = None


class LadderChooser:
    """Steps from the first language model of the ladder that gives any.

    Args:
        rungs: Best first.
        settings: The deadline, and what is kept of it for lower rungs. A ladder that ends in `forms` turns the lack
            of a language model into one answer that says how to go on without.
    """

    def __init__(self, rungs: Sequence[Rung], settings: LanguageModelSettings) -> None:
        self._rungs = tuple(rungs)
        self._settings = settings

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """See `StepChooser.choose`."""
        came = self.decide(question, language, earlier, tools)
        if came.trouble:
            raise came.trouble
        return list(came.calls)

    def decide(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> Chosen:
        """See `Deciding.decide`."""
        end = time.monotonic() + self._settings.timeout_seconds
        skipped: list[Skipped] = []
        error: LanguageModelError | None = None
        for place, rung in enumerate(self._rungs):
            seconds = end - time.monotonic() - self._kept(len(self._rungs) - place - 1)
            came = _asked(rung, seconds, lambda chooser: chooser.choose(question, language, earlier, tools))
            if isinstance(came, Chosen):
                return replace(came, identity=_with(came.identity, skipped), skipped=tuple(skipped))
            error = came
            if error.code == QUESTION_TOO_LONG:
                # No other language model would read it either.
                return Chosen((), self.identity(), trouble=error)
            skipped.append(Skipped.after(rung.kind, error))
        return self._without(skipped, error)

    def warm(self) -> None:
        """Load the first language model, or look whether its server is there. See `Warmable.warm`."""
        if not self._rungs:
            return
        first = self._rungs[0]
        if first.health:
            first.health.look()
            return
        chooser = first.chooser(self._settings.timeout_seconds)
        if isinstance(chooser, Warmable):
            chooser.warm()

    def identity(self) -> dict[str, Any]:
        """Of the first language model, which is meant to choose; `decide` says which one did."""
        return (
            self._rungs[0].chooser(self._settings.timeout_seconds).identity() if self._rungs else dict(_FORMS_IDENTITY)
        )

    def _kept(self, below: int) -> float:
        """Seconds kept for so many rungs."""
        return below * min(self._settings.fallback_seconds, self._settings.timeout_seconds / len(self._rungs))

    def _without(self, skipped: list[Skipped], error: LanguageModelError | None) -> Chosen:
        """No language model gave steps."""
        if self._settings.rungs[-1] == FORMS:
            reasons = " ".join(f"{rung.kind}: {rung.message}" for rung in skipped) or "none is set up."
            error = fault(f"No language model could read the question. {reasons}", FORMS_ONLY)
            return Chosen((), _with(_FORMS_IDENTITY, skipped), tuple(skipped), error)
        return Chosen((), _with(self.identity(), skipped[:-1]), tuple(skipped), error)


_FORMS_IDENTITY = {"kind": FORMS, "name": "none"}


def _asked(
    rung: Rung, seconds: float, choose: Callable[[StepChooser], Sequence[RawCall]]
) -> Chosen | LanguageModelError:
    """What the rung chose, or why it did not; a server that is known to be away is not asked."""
    if seconds <= 0:
        return fault("No time was left for this language model.", TOO_LATE)
    away = rung.health.trouble() if rung.health else ""
    if away:
        return fault(away, UNREACHABLE)
    try:
        chooser = rung.chooser(seconds)
        calls = choose(chooser)
        return Chosen(tuple(calls), chooser.identity())
    except (LanguageModelError, SetupError) as wrong:
        error = _as_language_model_error(wrong)
    if rung.health:
        rung.health.note(error)
    return error


def _as_language_model_error(error: LanguageModelError | SetupError) -> LanguageModelError:
    """A language model that is not set up is one that cannot be used."""
    return error if isinstance(error, LanguageModelError) else fault(str(error), error.code)


def _with(identity: Mapping[str, Any], skipped: Sequence[Skipped]) -> dict[str, Any]:
    """The identity with what was tried before; unchanged if nothing was."""
    told = {"skipped": [asdict(rung) for rung in skipped]} if skipped else {}
    return {**identity, **told}
