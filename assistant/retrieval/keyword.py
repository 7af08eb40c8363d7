"""The keyword half of the search: BM25 over English words and Chinese character bigrams."""

import math
from collections import Counter
from collections.abc import Sequence

import bm25s
import numpy as np

from assistant.retrieval.settings import RetrievalSettings
from assistant.retrieval.words import is_chinese, terms


class KeywordIndex:
    """BM25 over texts held in memory; building it for a handbook takes milliseconds, so it is not stored."""

    def __init__(self, texts: Sequence[str], settings: RetrievalSettings) -> None:
        documents = [terms(text) for text in texts]
        self._held = [frozenset(document) for document in documents]
        self._vocabulary = Counter(term for held in self._held for term in held)
        self._scores = bm25s.BM25(k1=settings.term_saturation, b=settings.length_penalty, method="lucene")
        if self._vocabulary:
            self._scores.index(documents, show_progress=False)

    def rank(self, query: str, allowed: Sequence[bool], limit: int, min_share: float = 0.0) -> list[int]:
        """Positions of the best texts, best first; only texts that hold enough of what was asked.

        Args:
            query: English, Chinese or both.
            allowed: One flag per text; others are left out before ranking.
            limit: Highest number of positions returned.
            min_share: Share of the query's terms, rare ones weighing more, that a text must hold.
        """
        asked = list(dict.fromkeys(terms(query)))
        known = [term for term in asked if term in self._vocabulary]
        if not known:
            return []
        scores = np.where(np.asarray(allowed, dtype=bool), self._scores.get_scores(known), 0.0)
        best = np.argsort(-scores, kind="stable")[:limit]
        telling = [term for term in asked if len(term) > 1 or not is_chinese(term)] or asked
        return [
            int(position)
            for position in best
            if scores[position] > 0 and self._share(telling, self._held[position]) >= min_share
        ]

    def _share(self, asked: Sequence[str], held: frozenset[str]) -> float:
        """Share of the asked terms that a text holds, by rarity; a term that no text holds weighs most.

        Single Chinese characters help to rank but are not counted here: `天` in `今天天气` (today's weather) says
        nothing about a passage that counts in days.
        """
        weights = {term: math.log1p(len(self._held) / (self._vocabulary[term] or 0.5)) for term in asked}
        return sum(weight for term, weight in weights.items() if term in held) / sum(weights.values())
