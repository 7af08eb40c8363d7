"""What is searched: handbook topics and summaries of records, each a document with sections."""

from dataclasses import dataclass
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
