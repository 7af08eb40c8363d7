"""The scorers of the retrieval evaluation, on cases computed by hand."""

import json
import math
from pathlib import Path

import pytest

from eval.retrieval import main, ndcg, read_question_set, recall


def test_ndcg_of_a_hand_computed_case() -> None:
    """Grades 3, 0, 1 in this order, 2 not found: (3 + 1/2) / (3 + 2/log2(3) + 1/2)."""
    grades = {"a": 3, "b": 0, "c": 1, "d": 2}
    assert ndcg(["a", "b", "c"], grades) == pytest.approx(3.5 / (3 + 2 / math.log2(3) + 0.5))


def test_ndcg_of_the_best_order_is_one() -> None:
    """Irrelevant documents after the relevant ones cost nothing."""
    assert ndcg(["a", "b", "x"], {"a": 2, "b": 1}) == 1.0


def test_ndcg_looks_at_ten_documents() -> None:
    """The eleventh place is worth nothing."""
    assert ndcg([f"x{n}" for n in range(10)] + ["a"], {"a": 1}) == 0.0


def test_recall_counts_relevant_documents_only() -> None:
    """One of two relevant ones; grade 0 is not relevant."""
    assert recall(["a", "z"], {"a": 1, "b": 2, "z": 0}) == 0.5


def write_question_set(folder: Path) -> Path:
    (folder / "qrels").mkdir(parents=True)
    documents = [
        {"_id": "d1", "title": "", "text": "高血压患者的饮食"},
        {"_id": "d2", "title": "", "text": "骨折后的康复训练"},
    ]
    rows = "\n".join(json.dumps(row, ensure_ascii=False) for row in documents)
    (folder / "corpus.jsonl").write_text(rows, encoding="utf-8")
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "骨折怎么康复"}), encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\n", encoding="utf-8")
    return folder


def test_the_command_writes_a_report(tmp_path: Path) -> None:
    """A Chinese set needs no weights: the right document comes first, by keyword."""
    out = tmp_path / "report.json"
    assert main([str(write_question_set(tmp_path / "set")), "--out", str(out)]) == 0
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["methods"]["hybrid"]["ndcg@10"] == 1.0 and "dense" not in report["methods"]


def test_all_faults_of_a_folder_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file and a broken line in one message, and exit code 2."""
    folder = write_question_set(tmp_path / "set")
    (folder / "queries.jsonl").unlink()
    (folder / "corpus.jsonl").write_text('{"_id": "d1"}\n', encoding="utf-8")
    assert main([str(folder)]) == 2
    message = capsys.readouterr().err
    assert "queries.jsonl: missing" in message and "corpus.jsonl line 1" in message


def test_a_line_separator_inside_a_text_does_not_split_the_line(tmp_path: Path) -> None:
    """U+2028 is legal inside JSON strings; Python's splitlines would cut there."""
    folder = write_question_set(tmp_path / "set")
    row = json.dumps({"_id": "d2", "title": "", "text": "one\u2028two"}, ensure_ascii=False)
    (folder / "corpus.jsonl").write_text(row, encoding="utf-8")
    assert read_question_set(folder).documents["d2"][1] == "one\u2028two"
