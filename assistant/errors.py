"""The errors that people are told about; anything else is a defect and is left to be seen."""

from collections.abc import Sequence


class AssistantError(Exception):
    """Base of all errors with a message written for a person.

    A message says what was expected, what came and what to do. `code` is a short stable word for
    the journal and for machine readers.
    """

    code = "error"


class RecordError(AssistantError):
    """Faults in data that was handed in; all faults of one input are reported together.

    Args:
        summary: One sentence on the whole input.
        faults: One line per fault, each with its place (line, message, field).
    """

    code = "record_error"

    def __init__(self, summary: str, faults: Sequence[str] = ()) -> None:
        self.summary = summary
        self.faults = tuple(faults)
        super().__init__("\n".join([summary, *(f"  {fault}" for fault in self.faults)]))


class SetupError(AssistantError):
    """Something the assistant needs is not installed, built or reachable; names the command that mends it."""

    code = "setup_error"


class LanguageModelError(AssistantError):
    """The language model did not answer, answered too late, or answered what cannot be used."""

    code = "language_model_error"


class JournalError(AssistantError):
    """The journal cannot be written or read; no answer may leave without its record."""

    code = "journal_error"


class ToolError(AssistantError):
    """A tool cannot do what was asked; told to the language model and to the user.

    Args:
        message: What was expected, what came, what to do.
        code: Stable word, e.g. `unknown_unit`, `not_available`, `bad_arguments`.
        near: Names the user may have meant, best first.
    """

    code = "tool_error"

    def __init__(self, message: str, code: str = "tool_error", near: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.near = tuple(near)
