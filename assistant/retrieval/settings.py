"""Settings of the search over handbook and records."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RetrievalSettings:
    """How passages are indexed and ranked; the defaults work for a handbook of some hundred sections.

    Attributes:
        folder: Name of the index folder under the data folder.
        max_tokens: Word pieces the encoder reads at once; longer passages are embedded in parts.
        parts: At most this many parts of one passage are embedded; the keyword half reads all of it.
        candidates: How many passages each half hands to the fusion.
        rank_constant: `k` of reciprocal rank fusion; 60 is the value of the original paper (Cormack 2009).
        min_similarity: Cosine under which the vector half does not count a passage as found.
        term_saturation: BM25's `k1`.
        length_penalty: BM25's `b`.
    """

    folder: str = "index"
    max_tokens: int = 256
    parts: int = 4
    candidates: int = 50
    rank_constant: int = 60
    min_similarity: float = 0.2
    term_saturation: float = 1.2
    length_penalty: float = 0.75

    def __post_init__(self) -> None:
        if min(self.max_tokens, self.parts, self.candidates, self.rank_constant) < 1:
            raise ValueError("max_tokens, parts, candidates and rank_constant must be at least 1")
        if not 0 <= self.min_similarity < 1:
            raise ValueError(f"min_similarity must lie in [0, 1), got {self.min_similarity}")
