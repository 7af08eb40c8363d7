"""The ways in which a language model can fail, with the stable words the journal keeps."""

from assistant.errors import LanguageModelError

OUTPUT_INVALID = "model_output_invalid"
TOO_LATE = "model_too_late"
UNREACHABLE = "model_unreachable"
QUESTION_TOO_LONG = "question_too_long"
FORMS_ONLY = "forms_only"


def fault(message: str, code: str) -> LanguageModelError:
    """A `LanguageModelError` with a code of its own."""
    error = LanguageModelError(message)
    error.code = code
    return error
