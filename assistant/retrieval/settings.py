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
        min_share: Share of a question's terms, by rarity, that a passage must hold for the keyword half to find it.
            Kept low: bigrams across two Chinese words are in no passage, and 0.2 would cost 0.014 nDCG@10.
        min_share_far: The same where the vector half finds nothing near an English question. It lets `3B` find the
            summary of ward 3B, and a pizza recipe find nothing.
        term_saturation: BM25's `k1`.
        length_penalty: BM25's `b`.
    """

    folder: str = "index"
    max_tokens: int = 256
    parts: int = 4
    candidates: int = 50
    rank_constant: int = 60
    min_similarity: float = 0.2
    min_share: float = 0.05
    min_share_far: float = 0.5
    term_saturation: float = 1.2
    length_penalty: float = 0.75

    def __post_init__(self) -> None:
        if min(self.max_tokens, self.parts, self.candidates, self.rank_constant) < 1:
            raise ValueError("max_tokens, parts, candidates and rank_constant must be at least 1")
        if not all(0 <= share < 1 for share in (self.min_similarity, self.min_share, self.min_share_far)):
            raise ValueError("min_similarity, min_share and min_share_far must lie in [0, 1)")
