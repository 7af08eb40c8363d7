"""The index: passages found by keyword and by vector, joined by rank, with citations.

Languages. The encoder knows English only. English questions are ranked by keyword over all passages and by vector
over English ones; Chinese questions by keyword only, over characters and bigrams of Chinese passages (and over Latin
words such as `ICU` or `NEDOCS` in all). Each handbook section exists in both languages under one id, so a
section found in one language is shown in the language that is wanted; passages in that language come first.

Files under the index folder: `passages.json` (texts and citations) and `chroma/` (vectors). The keyword half is made
anew in memory. Building is idempotent: what has not changed is not embedded again.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.errors import SetupError
from assistant.retrieval.documents import Document
from assistant.retrieval.encoder import Encoder, MiniLM, Progress
from assistant.retrieval.fusion import fuse
from assistant.retrieval.handbook import read_handbook
from assistant.retrieval.passages import Passage, passages_of
from assistant.retrieval.settings import RetrievalSettings
from assistant.retrieval.shelf import EMBEDDED_LANGUAGE, Shelf
from assistant.retrieval.vectors import REBUILD, VectorStore
from assistant.retrieval.words import is_chinese

KINDS = ("any", "policy", "record")
METHODS = ("hybrid", "keyword", "vector")

_FORMAT = 1  # raise when passages.json changes its shape


@dataclass(frozen=True)
class BuildReport:
    """What a build did: passages now in the index, how many were embedded anew, how many vectors were removed."""

    passages: int
    embedded: int
    removed: int


class Index:
    """Search over handbook and record summaries; open it with `Index.open`."""

    def __init__(self, folder: Path, settings: RetrievalSettings, encoder: Encoder) -> None:
        self._settings = settings
        self._file = folder / "passages.json"
        self._vectors = VectorStore(folder / "chroma", encoder, settings.parts)
        self._shelf = Shelf((), settings)
        self._checked: Shelf | None = None

    @classmethod
    def open(
        cls, home: Path, settings: RetrievalSettings | None = None, encoder: Encoder | None = None, create: bool = True
    ) -> "Index":
        """The index under the data folder; where there is none yet, one is built from the handbook.

        Args:
            home: Data folder.
            settings: Defaults where None.
            encoder: By default the packaged all-MiniLM-L6-v2.
            create: False leaves an absent index empty, for a caller that builds it from its own documents.

        Raises:
            SetupError: The index is there but cannot be read; names the command that rebuilds it.
        """
        settings = settings or RetrievalSettings()
        index = cls(home / settings.folder, settings, encoder or MiniLM(settings.max_tokens))
        if index._file.is_file():
            index._shelf = Shelf(_read(index._file), settings)
        elif create:
            index.build(read_handbook())
        return index

    @classmethod
    def rebuild(
        cls,
        home: Path,
        documents: Sequence[Document],
        settings: RetrievalSettings | None = None,
        encoder: Encoder | None = None,
        progress: Progress | None = None,
    ) -> tuple["Index", BuildReport]:
        """Builds the index whatever state its files are in; this is what `assistant knowledge build` runs."""
        settings = settings or RetrievalSettings()
        index = cls(home / settings.folder, settings, encoder or MiniLM(settings.max_tokens))
        return index, index.build(documents, progress)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All passages, in the order of the documents."""
        return self._shelf.passages

    def fingerprint(self) -> str:
        """Hash of all passages with their versions; tells an auditor which handbook an answer was drawn from."""
        return hashlib.sha256(_as_json(self.passages).encode()).hexdigest()

    def build(self, documents: Iterable[Document], progress: Progress | None = None) -> BuildReport:
        """Makes the index hold exactly these documents; unchanged passages are not embedded again.

        Args:
            documents: Handbook and record summaries, all of them.
            progress: Called with (done, all) while missing passages are embedded.
        """
        passages = tuple(passage for document in documents for passage in passages_of(document))
        to_embed = [passage for passage in passages if passage.language == EMBEDDED_LANGUAGE]
        # New vectors, then texts, then old vectors: whoever opens in between finds a vector for each text.
        embedded = self._vectors.add_missing(to_embed, progress)
        _write(self._file, passages)
        removed = self._vectors.remove_others(passage.key for passage in to_embed)
        self._shelf = Shelf(passages, self._settings)
        return BuildReport(passages=len(passages), embedded=embedded, removed=removed)

    def warm(self) -> None:
        """Loads everything a search needs; for a thread beside the loading of the language model."""
        self.search("warm up", k=1)

    def search(
        self, query: str, kind: str = "any", language: str | None = None, k: int = 5, method: str = "hybrid"
    ) -> list[Passage]:
        """The best passages, best first, each section once; empty where nothing fits the question.

        Args:
            query: A question or some words, English or Chinese.
            kind: `policy`, `record` or `any`.
            language: In which passages are wanted (`en`, `zh`); by default the question's language.
            k: Highest number of passages.
            method: `keyword` or `vector` rank by one half alone, for evaluation.

        Raises:
            SetupError: The vectors are missing or do not belong to the passages.
        """
        if kind not in KINDS or method not in METHODS:
            raise ValueError(f"Expected kind in {KINDS} and method in {METHODS}, got {kind!r} and {method!r}")
        shelf = self._shelf  # one build throughout, also when another thread builds meanwhile
        ranked = fuse(self._rankings(shelf, query, kind, method, k), self._settings.rank_constant)
        wanted = language or ("zh" if is_chinese(query) else "en")
        found: dict[str, Passage] = {}
        for position, score in ranked:
            passage = shelf.in_language(position, wanted)
            found.setdefault(passage.id, passage.scored(score))
        return sorted(found.values(), key=lambda passage: passage.language != wanted)[:k]

    def _rankings(self, shelf: Shelf, query: str, kind: str, method: str, k: int) -> list[list[int]]:
        """Positions by each half that takes part, best first."""
        limit = max(self._settings.candidates, k)
        by_vector = method == "vector" or (method == "hybrid" and not is_chinese(query))
        near = self._near(shelf, query, kind, limit) if by_vector else []
        if method == "vector":
            return [near]
        far = by_vector and not near
        share = self._settings.min_share_far if far else self._settings.min_share
        return [shelf.keywords.rank(query, shelf.allowed(kind), limit, share), near]

    def _near(self, shelf: Shelf, query: str, kind: str, limit: int) -> list[int]:
        if self._checked is not shelf:
            lacking = shelf.embedded.keys() - self._vectors.keys()
            if lacking:
                raise SetupError(f"{len(lacking)} passages of the index have no vector. Run: {REBUILD}")
            self._checked = shelf
        keys = self._vectors.rank(query, limit, self._settings.min_similarity, None if kind == "any" else kind)
        return [shelf.embedded[key] for key in keys if key in shelf.embedded]


def _as_json(passages: Sequence[Passage]) -> str:
    return json.dumps([asdict(passage) for passage in passages], ensure_ascii=False, sort_keys=True)


def _write(file: Path, passages: Sequence[Passage]) -> None:
    """Writes beside and renames, so that a power cut leaves the old file or the new one."""
    body = _as_json(passages)
    text = json.dumps({"format": _FORMAT, "sha256": hashlib.sha256(body.encode()).hexdigest(), "passages": body})
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}.tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def _read(file: Path) -> tuple[Passage, ...]:
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        body = stored["passages"]
        if stored["format"] != _FORMAT or stored["sha256"] != hashlib.sha256(body.encode()).hexdigest():
            raise ValueError("format or check sum differ")
        return tuple(Passage(**passage) for passage in json.loads(body))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(f"The index {file} cannot be read ({error}). Run: {REBUILD}") from error
