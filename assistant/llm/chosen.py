"""What came of understanding a question: the calls, and which language model chose them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from assistant.errors import AssistantError, LanguageModelError
from assistant.llm.descriptions import EarlierTurn, RawCall, StepChooser, ToolDescription


@dataclass(frozen=True)
class Skipped:
    """A rung of the ladder that did not choose.

    Attributes:
        kind: `served` or `embedded`.
        code: Stable word for why.
        message: Why, for a person.
    """

    kind: str
    code: str
    message: str

    @classmethod
    def after(cls, kind: str, error: AssistantError) -> "Skipped":
        """The rung that failed with an error."""
        return cls(kind, error.code, str(error))


@dataclass(frozen=True)
class Chosen:
    """The calls for a question, or why there are none.

    Attributes:
        calls: In order.
        identity: Of the language model that chose; its `kind` is the mode: served, embedded, forms.
        skipped: Better language models that could not be used for this question.
        trouble: Why there are no calls.
    """

    calls: tuple[RawCall, ...] = ()
    identity: Mapping[str, Any] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    trouble: LanguageModelError | None = None

    @property
    def mode(self) -> str:
        """`served`, `embedded`, `forms` (no language model), or what a test gives."""
        return str(self.identity.get("kind", ""))


@runtime_checkable
class Deciding(Protocol):
    """A chooser that says for each question which language model chose."""

    def decide(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> Chosen:
        """As `StepChooser.choose`; what a language model did wrong is told and not raised."""


def chosen(
    chooser: StepChooser,
    question: str,
    language: str,
    earlier: Sequence[EarlierTurn],
    tools: Sequence[ToolDescription],
) -> Chosen:
    """The calls of any chooser for a question, with its identity."""
    if isinstance(chooser, Deciding):
        return chooser.decide(question, language, earlier, tools)
    try:
        calls = chooser.choose(question, language, earlier, tools)
    except LanguageModelError as error:
        return Chosen((), chooser.identity(), trouble=error)
    return Chosen(tuple(calls), chooser.identity())
