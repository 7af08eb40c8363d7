"""The keyword half of the search: BM25 over English words and Chinese character bigrams."""

from collections.abc import Sequence

import bm25s
import numpy as np

from assistant.retrieval.settings import RetrievalSettings
from assistant.retrieval.words import is_chinese, terms


class KeywordIndex:
    """BM25 over texts held in memory; building it for a handbook takes milliseconds, so it is not stored."""

    def __init__(self, texts: Sequence[str], settings: RetrievalSettings) -> None:
        documents = [terms(text) for text in texts]
        self._vocabulary = {term for document in documents for term in document}
        self._scores = bm25s.BM25(k1=settings.term_saturation, b=settings.length_penalty, method="lucene")
        if self._vocabulary:
            self._scores.index(documents, show_progress=False)

    def rank(self, query: str, allowed: Sequence[bool], limit: int) -> list[int]:
        """Positions of the best texts, best first; only texts that share a term with the query.

        A single Chinese character helps to rank but does not count as sharing a term (unless the query has nothing
        else): `天` in `今天天气` would otherwise find every passage that counts in days.

        Args:
            query: English, Chinese or both.
            allowed: One flag per text; others are left out before ranking.
            limit: Highest number of positions returned.
        """
        asked = [term for term in dict.fromkeys(terms(query)) if term in self._vocabulary]
        if not asked:
            return []
        whole = [term for term in asked if len(term) > 1 or not is_chinese(term)]
        found = np.asarray(allowed, dtype=bool) & (self._scores.get_scores(whole or asked) > 0)
        scores = np.where(found, self._scores.get_scores(asked), 0.0)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [int(position) for position in best if scores[position] > 0]
