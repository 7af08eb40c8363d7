"""The vector half of the search: Chroma in process, holding our own vectors and no text.

Chroma's server is never started (CVE-2026-45829 allows code to run before login) and telemetry is off. Texts stay
out of it because deleted text would remain in its file; it holds hashes of passages, kinds and vectors.
"""

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import SetupError
from assistant.retrieval.encoder import Encoder, Progress
from assistant.retrieval.passages import Passage

REBUILD = "assistant knowledge build"

_CHUNK = 32  # passages written at once; what an interrupted build has written need not be embedded again


class VectorStore:
    """Vectors of passages by `Passage.key`, in one folder."""

    def __init__(self, folder: Path, encoder: Encoder, parts: int) -> None:
        self._folder = folder
        self._encoder = encoder
        self._parts = parts
        self._collection: Any = None

    def add_missing(self, passages: Sequence[Passage], progress: Progress | None = None) -> int:
        """Embeds and stores the passages that have no vectors yet; returns how many that were."""
        collection = self._open_or_replace()
        known = self.keys()
        missing = [passage for passage in passages if passage.key not in known]
        for start in range(0, len(missing), _CHUNK):
            chunk = missing[start : start + _CHUNK]
            self._add(collection, chunk)
            if progress:
                progress(start + len(chunk), len(missing))
        return len(missing)

    def remove_others(self, keys: Iterable[str]) -> int:
        """Removes the vectors of all passages but these; returns how many passages that were."""
        stale = self.keys() - set(keys)
        if stale:
            ids = self._opened().get(include=[])["ids"]
            self._opened().delete(ids=[name for name in ids if _key_of(name) in stale])
        return len(stale)

    def keys(self) -> set[str]:
        """Keys of the passages that have vectors."""
        return {_key_of(name) for name in self._opened().get(include=[])["ids"]}

    def rank(self, query: str, limit: int, min_similarity: float, kind: str | None = None) -> list[str]:
        """Keys of the nearest passages, nearest first; a passage counts with its nearest part.

        Args:
            query: English.
            limit: Highest number of passages.
            min_similarity: Cosine under which a passage is not returned.
            kind: Only passages of this kind.
        """
        collection = self._opened()
        found = collection.query(
            query_embeddings=self._encoder.encode([query]),
            n_results=limit * self._parts,
            where={"kind": kind} if kind else None,
            include=["distances"],
        )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        near = [_key_of(name) for name, distance in pairs if 1 - distance >= min_similarity]
        return list(dict.fromkeys(near))[:limit]

    def _add(self, collection: Any, passages: Sequence[Passage]) -> None:
        pieces = [self._encoder.split(passage.searchable, self._parts) for passage in passages]
        names = [
            f"{passage.key}.{part}"
            for passage, texts in zip(passages, pieces, strict=True)
            for part in range(len(texts))
        ]
        kinds = [
            {"kind": passage.kind} for passage, texts in zip(passages, pieces, strict=True) for _ in range(len(texts))
        ]
        rows: np.ndarray = self._encoder.encode([text for texts in pieces for text in texts])
        collection.upsert(ids=names, embeddings=rows, metadatas=kinds)

    def _opened(self) -> Any:
        if self._collection is None:
            if not (self._folder / "chroma.sqlite3").is_file():
                raise SetupError(f"No vectors in {self._folder}. Run: {REBUILD}")
            self._collection = self._open()
        return self._collection

    def _open_or_replace(self) -> Any:
        """For building: vectors that cannot be read are thrown away, since they can be computed again."""
        if self._collection is None:
            try:
                self._collection = self._open()
            except SetupError:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._collection = self._open()
        return self._collection

    def _open(self) -> Any:
        # Lazy: importing chromadb takes more than a second.
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings
        from chromadb.errors import ChromaError

        try:
            client = chromadb.PersistentClient(path=str(self._folder), settings=Settings(anonymized_telemetry=False))
            collection = client.get_or_create_collection(
                name="passages-" + re.sub(r"[^A-Za-z0-9]+", "-", self._encoder.name).strip("-"),
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine"}},
            )
        except (ChromaError, OSError, AttributeError) as error:
            # Chroma keeps the broken client and would hand it out again (as an AttributeError).
            SharedSystemClient.clear_system_cache()
            raise SetupError(f"The vectors in {self._folder} cannot be read ({error}). Run: {REBUILD}") from error
        for other in client.list_collections():
            if other.name != collection.name:  # vectors of another encoder or reading length
                client.delete_collection(other.name)
        return collection


def _key_of(name: str) -> str:
    return name.rpartition(".")[0]
