"""The passages of one build, with what is made from them in memory; never changed, so searches may go on meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.retrieval.keyword import KeywordIndex
from assistant.retrieval.passages import Passage
from assistant.retrieval.settings import RetrievalSettings

EMBEDDED_LANGUAGE = "en"  # the encoder knows no other


@dataclass(frozen=True)
class Shelf:
    """All passages of one build, in the order of the documents."""

    passages: tuple[Passage, ...]
    settings: RetrievalSettings

    @cached_property
    def keywords(self) -> KeywordIndex:
        """The keyword half."""
        return KeywordIndex([passage.searchable for passage in self.passages], self.settings)

    @cached_property
    def embedded(self) -> dict[str, int]:
        """Positions of the passages that must have vectors, by key."""
        return {
            passage.key: position
            for position, passage in enumerate(self.passages)
            if passage.language == EMBEDDED_LANGUAGE
        }

    @cached_property
    def _by_language(self) -> dict[tuple[str, str], Passage]:
        return {(passage.id, passage.language): passage for passage in self.passages}

    def in_language(self, position: int, wanted: str) -> Passage:
        """The passage, in the wanted language where it exists in that."""
        passage = self.passages[position]
        return self._by_language.get((passage.id, wanted), passage)

    def allowed(self, kind: str) -> Sequence[bool]:
        """One flag per passage: is it of this kind (`any`: all are)."""
        return [kind in ("any", passage.kind) for passage in self.passages]
