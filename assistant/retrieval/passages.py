"""What is found and cited: one section of one document in one language.

A passage's `id` (`staffing-ratios#icu`) is the same in both languages, so that a citation survives a change of
language.
"""

import hashlib
from dataclasses import dataclass, replace

from assistant.retrieval.documents import Document


@dataclass(frozen=True)
class Passage:
    """A section as it is found and cited.

    Attributes:
        id: `document#anchor`, or just the document of a record summary.
        document: Id of the document.
        title, section: Title of the document, heading of the section.
        score: Rank-fusion score of the search that found it; comparable within one search only.
    """

    id: str
    document: str
    title: str
    section: str
    version: str
    kind: str
    language: str
    text: str
    references: str = ""
    score: float = 0.0

    @property
    def searchable(self) -> str:
        """What both halves of the search read: title and heading say what the sentences are about."""
        heads = [head for head in (self.title, self.section) if head]
        return ". ".join([*heads, self.text])

    @property
    def key(self) -> str:
        """Hash of what is embedded: the same key means the vector need not be computed again."""
        content = "\x1f".join([self.id, self.language, self.kind, self.searchable])
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def scored(self, score: float) -> "Passage":
        """The same passage with the score of a search."""
        return replace(self, score=score)


def passages_of(document: Document) -> list[Passage]:
    """The document's sections as passages, in order."""
    return [
        Passage(
            id=f"{document.id}#{section.anchor}" if section.anchor else document.id,
            document=document.id,
            title=document.title,
            section=section.heading,
            version=document.version,
            kind=document.kind,
            language=document.language,
            text=section.text,
            references=section.references,
        )
        for section in document.sections
    ]
