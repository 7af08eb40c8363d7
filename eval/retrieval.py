"""Measures the search on a graded question set: nDCG@10, recall@10 and latency of each half and of both joined.

The folder has the layout of the BEIR benchmark: `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`,
`text`) and `qrels/test.tsv` (query, document, grade). The figures come from the same index that answers questions.
"""

import argparse
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import RecordError
from assistant.retrieval.documents import Document, Section
from assistant.retrieval.index import Index
from assistant.retrieval.words import is_chinese

DEPTH = 10
METHODS = {"bm25": "keyword", "dense": "vector", "hybrid": "hybrid"}

Grades = dict[str, dict[str, int]]


@dataclass(frozen=True)
class QuestionSet:
    """Documents by id, questions by id, and grades by question and document (0 or less: not relevant)."""

    documents: dict[str, tuple[str, str]]
    questions: dict[str, str]
    grades: Grades

    @property
    def chinese(self) -> bool:
        """True if most questions are Chinese."""
        return 2 * sum(map(is_chinese, self.questions.values())) > len(self.questions)


def read_question_set(folder: Path) -> QuestionSet:
    """Reads the three files.

    Raises:
        RecordError: A file is missing or has lines that cannot be read; all faults at once.
    """
    faults: list[str] = []
    corpus = _json_lines(folder / "corpus.jsonl", faults)
    queries = _json_lines(folder / "queries.jsonl", faults)
    grades = _grades(folder / "qrels" / "test.tsv", faults)
    if faults:
        raise RecordError(f"{folder} is not a question set in BEIR's layout", faults[:20])
    documents = {row["_id"]: (row.get("title") or "", row["text"]) for row in corpus}
    asked = {row["_id"]: row["text"] for row in queries if row["_id"] in grades}
    return QuestionSet(documents, asked, grades)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain with linear gain, as BEIR reports it; 0 where nothing is relevant."""
    gained = sum(max(grades.get(name, 0), 0) / math.log2(rank + 1) for rank, name in enumerate(ranked[:depth], start=1))
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:depth]
    best = sum(grade / math.log2(rank + 1) for rank, grade in enumerate(ideal, start=1))
    return gained / best if best else 0.0


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int = DEPTH) -> float:
    """Share of the relevant documents among the first `depth`; 0 where nothing is relevant."""
    relevant = {name for name, grade in grades.items() if grade > 0}
    return len(relevant & set(ranked[:depth])) / len(relevant) if relevant else 0.0


def build_index(home: Path, questions: QuestionSet, embed: bool) -> tuple[Index, float]:
    """Indexes the corpus; returns the index and the seconds it took.

    Args:
        home: Data folder of the index.
        questions: Whose documents are indexed.
        embed: False leaves the vectors out (the index embeds documents marked English only).
    """
    started = time.perf_counter()
    documents = [
        Document(id=name, title=title, sections=(Section("", "", text),), language="en" if embed else "zh")
        for name, (title, text) in questions.documents.items()
    ]
    index, _ = Index.rebuild(home, documents, progress=_say_progress)
    return index, time.perf_counter() - started


def measure(index: Index, questions: QuestionSet, method: str) -> dict[str, float]:
    """nDCG@10, recall@10 and latency of one method over all questions."""
    index.search("warm up", method=method)
    scores, shares, latencies = [], [], []
    for name, text in questions.questions.items():
        started = time.perf_counter()
        ranked = [passage.document for passage in index.search(text, k=DEPTH, method=method)]
        latencies.append(1000 * (time.perf_counter() - started))
        scores.append(ndcg(ranked, questions.grades[name]))
        shares.append(recall(ranked, questions.grades[name]))
    return {
        "ndcg@10": round(statistics.fmean(scores), 4),
        "ndcg@10_standard_error": round(statistics.pstdev(scores) / math.sqrt(len(scores)), 4),
        "recall@10": round(statistics.fmean(shares), 4),
        "latency_ms_median": round(statistics.median(latencies), 2),
    }


def evaluate(folder: Path, dense_chinese: bool = False) -> dict[str, Any]:
    """The report on one question set, JSON types only.

    Args:
        folder: BEIR layout.
        dense_chinese: Embed a Chinese corpus too, though the encoder knows English only, to show what that gives.
    """
    questions = read_question_set(folder)
    embed = dense_chinese or not questions.chinese
    methods = {name: method for name, method in METHODS.items() if embed or name != "dense"}
    with tempfile.TemporaryDirectory() as home:
        index, seconds = build_index(Path(home), questions, embed)
        figures = {name: measure(index, questions, method) for name, method in methods.items()}
    report = {
        "data": folder.name,
        "documents": len(questions.documents),
        "questions": len(questions.questions),
        "seconds_to_index": round(seconds, 1),
        "methods": figures,
    }
    if questions.chinese:
        report["remark"] = "The encoder knows English only: for Chinese questions hybrid is keyword search alone."
    return report


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m eval retrieval DIR --out R.json`."""
    parser = argparse.ArgumentParser(prog="python -m eval retrieval", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="question set in BEIR's layout")
    parser.add_argument("--out", type=Path, help="where the report is written, JSON")
    parser.add_argument("--dense-chinese", action="store_true", help="embed a Chinese corpus too (minutes, poor ranks)")
    arguments = parser.parse_args(argv)
    try:
        report = evaluate(arguments.folder, arguments.dense_chinese)
    except RecordError as error:
        print(error, file=sys.stderr)
        return 2
    text = json.dumps(report, indent=2, ensure_ascii=False)
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0


def _json_lines(file: Path, faults: list[str]) -> list[dict[str, Any]]:
    if not file.is_file():
        faults.append(f"{file.name}: missing")
        return []
    rows = []
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append({**row, "_id": str(row["_id"]), "text": str(row["text"])})
        except (ValueError, KeyError, TypeError) as error:
            faults.append(f"{file.name} line {number}: expected an object with _id and text ({error})")
    return rows


def _grades(file: Path, faults: list[str]) -> Grades:
    if not file.is_file():
        faults.append(f"qrels/{file.name}: missing")
        return {}
    grades: Grades = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        fields = line.split("\t")
        if not line.strip() or (number == 1 and not fields[-1].strip().lstrip("-").isdigit()):
            continue  # the header
        if len(fields) != 3 or not fields[2].strip().lstrip("-").isdigit():
            faults.append(f"qrels/{file.name} line {number}: expected query, document, grade; got {line!r}")
            continue
        grades.setdefault(fields[0], {})[fields[1]] = int(fields[2])
    return grades


def _say_progress(done: int, of: int) -> None:
    if done == of or done % 320 == 0:
        print(f"embedded {done} of {of} passages", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
