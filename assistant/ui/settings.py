"""Settings of the screen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ScreenSettings:
    """How the screen behaves.

    Attributes:
        questions_at_once: Questions answered at the same time; one, since an embedded language model has one thread.
        waiting_questions: Questions that may wait in line; more are refused.
        chunks: In how many pieces an answer appears; its record is durable before the first.
        chunk_seconds: Pause between two pieces.
        conversations: Conversations kept on the server; the longest unused ones go first (the journal keeps all).
        page_size: Journal entries on one page.
        journal_scan: Newest journal entries that the list looks through; older ones open by their number.
    """

    questions_at_once: int = 1
    waiting_questions: int = 40
    chunks: int = 4
    chunk_seconds: float = 0.05
    conversations: int = 200
    page_size: int = 15
    journal_scan: int = 5000
