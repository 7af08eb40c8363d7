"""Reads the handbook: Markdown topics with front matter, one file per topic and language."""

import re
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable

from assistant.errors import RecordError, SetupError
from assistant.retrieval.documents import POLICY, Document, Section

LANGUAGES = ("en", "zh")
FIELDS = ("id", "title", "owner", "approved", "review", "version", "language", "remarks")

_HEADING = re.compile(r"^## (?P<heading>.+?)\s*\{#(?P<anchor>[a-z0-9-]+)\}\s*$")
_SOURCES = re.compile(r"^(?:Sources:|来源：)\s*(?P<references>.+)$")


def read_handbook(root: Traversable | None = None) -> list[Document]:
    """All topics in all languages, sorted by language and file name.

    Args:
        root: Folder with one sub-folder per language; by default the installed handbook.

    Raises:
        SetupError: The handbook is not installed.
        RecordError: Topics with faults, all of them in one message.
    """
    root = root or _installed()
    documents, faults = [], []
    for language in LANGUAGES:
        for name, text in _topics(root, language):
            document, found = parse_topic(text, f"{language}/{name}", language)
            faults += found
            documents += [document] if document else []
    if faults:
        raise RecordError("The handbook has faults; mend the files named.", faults)
    return documents


def parse_topic(text: str, place: str, language: str) -> tuple[Document | None, list[str]]:
    """One topic from its Markdown; returns the document, or None and what is wrong with the file."""
    parts = text.replace("\r\n", "\n").lstrip("\ufeff").split("---\n", 2)
    if len(parts) < 3 or parts[0].strip():
        return None, [f"{place}: expected front matter between two lines of ---"]
    front = _front_matter(parts[1])
    sections, faults = _sections(parts[2])
    faults += _faults_of(front, language)
    if faults:
        return None, [f"{place}: {fault}" for fault in faults]
    return _document(front, tuple(sections)), []


def _installed() -> Traversable:
    try:
        return files("assistant.knowledge")
    except ModuleNotFoundError as error:
        raise SetupError("The handbook (assistant.knowledge) is not installed. Run: make setup") from error


def _topics(root: Traversable, language: str) -> list[tuple[str, str]]:
    folder = root / language
    if not folder.is_dir():
        raise SetupError(f"The handbook has no folder '{language}' in {root}. Run: make setup")
    topics = [entry for entry in folder.iterdir() if entry.name.endswith(".md")]
    return [(topic.name, topic.read_text(encoding="utf-8")) for topic in sorted(topics, key=lambda topic: topic.name)]


def _front_matter(block: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in block.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _faults_of(front: dict[str, str], language: str) -> list[str]:
    faults = [f"front matter lacks '{field}'" for field in FIELDS if not front.get(field)]
    faults += [f"front matter has an unknown field '{field}'" for field in front if field not in FIELDS]
    for field in ("approved", "review"):
        if front.get(field) and not _is_date(front[field]):
            faults.append(f"'{field}' must be an ISO date, got '{front[field]}'")
    if front.get("language", language) != language:
        faults.append(f"'language' must be '{language}' in this folder, got '{front['language']}'")
    return faults


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _sections(body: str) -> tuple[list[Section], list[str]]:
    """Sections of the body; text before the first heading is a fault, since nobody could cite it."""
    blocks = re.split(r"^(?=## )", body, flags=re.MULTILINE)
    faults = ["text before the first section cannot be cited"] if blocks[0].strip() else []
    sections: list[Section] = []
    for block in blocks[1:]:
        first, _, rest = block.partition("\n")
        match = _HEADING.match(first)
        if not match:
            faults.append(f"expected '## Heading {{#anchor}}', got '{first}'")
        elif match["anchor"] in {section.anchor for section in sections}:
            faults.append(f"the anchor '{match['anchor']}' occurs twice")
        else:
            sections.append(_section(match["anchor"], match["heading"], rest))
    return sections, faults + ([] if sections or faults else ["no section found"])


def _section(anchor: str, heading: str, body: str) -> Section:
    lines, references = [], ""
    for line in body.strip().splitlines():
        match = _SOURCES.match(line.strip())
        if match:
            references = match["references"]
        else:
            lines.append(line)
    return Section(anchor=anchor, heading=heading, text="\n".join(lines).strip(), references=references)


def _document(front: dict[str, str], sections: tuple[Section, ...]) -> Document:
    return Document(
        id=front["id"],
        title=front["title"],
        sections=sections,
        kind=POLICY,
        language=front["language"],
        version=front["version"],
        owner=front["owner"],
        approved=date.fromisoformat(front["approved"]),
        review=date.fromisoformat(front["review"]),
        remarks=front["remarks"],
    )
