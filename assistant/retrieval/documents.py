"""What is searched: documents with sections, and the passages that answers cite.

A passage is one section of one document in one language. Its `source` (`staffing-ratios#icu`) is the same in
both languages, so that a citation survives a change of language.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date

POLICY, RECORD = "policy", "record"


@dataclass(frozen=True)
class Section:
    """A section of a document.

    Attributes:
        anchor: Stable name within the document, the same in every language.
        heading: What a reader sees.
        text: The sentences, without the line of sources.
        references: The line of sources: where the figures come from.
    """

    anchor: str
    heading: str
    text: str
    references: str = ""


@dataclass(frozen=True)
class Document:
    """A handbook topic (`policy`) or a summary of records (`record`) in one language.

    Attributes:
        version: Of the handbook topic; for records the time the data was true, ISO.
        owner, approved, review: Who answers for the topic, and when it was approved and is due again.
        remarks: Jurisdiction and other limits of validity.
    """

    id: str
    title: str
    sections: tuple[Section, ...]
    kind: str = POLICY
    language: str = "en"
    version: str = ""
    owner: str = ""
    approved: date | None = None
    review: date | None = None
    remarks: str = ""

    def __post_init__(self) -> None:
        if self.kind not in (POLICY, RECORD):
            raise ValueError(f"Expected kind {POLICY} or {RECORD}, got {self.kind!r} in {self.id}")
        if len({section.anchor for section in self.sections}) < len(self.sections):
            raise ValueError(f"Two sections of {self.id} ({self.language}) have the same anchor")


@dataclass(frozen=True)
class Passage:
    """A section as it is found and cited.

    Attributes:
        source: `document#anchor`, or just the document of a record summary.
        document: Id of the document.
        title, section: Title of the document, heading of the section.
        score: Rank-fusion score of the search that found it; comparable within one search only.
    """

    source: str
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
        content = "\x1f".join([self.source, self.language, self.kind, self.searchable])
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def scored(self, score: float) -> "Passage":
        """The same passage with the score of a search."""
        return replace(self, score=score)


def record_summary(name: str, title: str, text: str, as_of: str, language: str = "en") -> Document:
    """A summary of records as a document of one section.

    Args:
        name: Unique and stable, e.g. `records:unit-ICU`; give the other language's summary the same name.
        title: What a citation shows.
        text: A few sentences; all of them are searched.
        as_of: Time the data was true, ISO; shown as the version.
        language: `en` or `zh`; give both, or Chinese questions find the summary by its codes only.
    """
    section = Section(anchor="", heading="", text=text)
    return Document(id=name, title=title, sections=(section,), kind=RECORD, language=language, version=as_of)


def passages_of(document: Document) -> list[Passage]:
    """The document's sections as passages, in order."""
    return [
        Passage(
            source=f"{document.id}#{section.anchor}" if section.anchor else document.id,
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
