"""BM25 over words and characters."""

from assistant.retrieval.keyword import KeywordIndex
from assistant.retrieval.settings import RetrievalSettings

TEXTS = ("nurses rest eleven hours", "masks are reordered at the reorder point", "夜班护士休息", "今天用量")


def rank(query: str, allowed: tuple[bool, ...] = (True,) * 4, **more: float) -> list[int]:
    return KeywordIndex(TEXTS, RetrievalSettings()).rank(query, allowed, 10, **more)


def test_the_text_with_the_words_is_found() -> None:
    """Plural and past tense do not matter."""
    assert rank("reordering mask") == [1]


def test_texts_without_a_shared_term_are_not_returned() -> None:
    """An empty answer is better than a random one."""
    assert rank("vaccine") == []


def test_masked_texts_are_left_out() -> None:
    """Kind and scope are filtered before ranking."""
    assert rank("nurses rest", (False, True, True, True)) == []


def test_chinese_is_found_by_bigrams() -> None:
    """夜班 stands inside a run without blanks."""
    assert rank("谁上夜班") == [2]


def test_too_small_a_share_of_the_question_is_no_hit() -> None:
    """One of four asked words is not enough where half is asked for."""
    assert rank("rest pizza recipe oven") == [0]
    assert rank("rest pizza recipe oven", min_share=0.5) == []


def test_an_index_without_texts_answers_nothing() -> None:
    """A hospital may start with an empty handbook."""
    assert KeywordIndex([], RetrievalSettings()).rank("rest", [], 5) == []
