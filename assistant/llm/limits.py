"""The limits that hold for every language model: length of a question, turns seen, calls not repeated."""

from collections.abc import Sequence

from assistant.llm.descriptions import EarlierTurn, RawCall
from assistant.llm.faults import QUESTION_TOO_LONG, fault
from assistant.llm.settings import LanguageModelSettings


def check_length(question: str, settings: LanguageModelSettings) -> None:
    """Refuse a question that is too long to be understood in time.

    Raises:
        LanguageModelError: `question_too_long`.
    """
    if len(question) > settings.question_characters:
        raise fault(
            f"The question has {len(question)} characters; up to {settings.question_characters} are read. "
            "Please ask it in fewer words.",
            QUESTION_TOO_LONG,
        )


def latest(earlier: Sequence[EarlierTurn], settings: LanguageModelSettings) -> list[EarlierTurn]:
    """The last turns, as many as the language model may see, oldest first."""
    return list(earlier)[max(0, len(earlier) - settings.earlier_turns) :]


def without_repeats(calls: Sequence[RawCall]) -> list[RawCall]:
    """The calls without those that are the same as one before: a small language model likes to repeat itself."""
    kept: list[RawCall] = []
    for call in calls:
        if call not in kept:
            kept.append(call)
    return kept
