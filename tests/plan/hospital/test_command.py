"""`python -m eval hospital`: writes solutions, reports, heeds the clock and signals."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from eval.hospital import main
from eval.hospital_instance import read_instance, read_solution


@pytest.fixture
def instance_file(tmp_path: Path, small_instance: dict[str, Any]) -> Path:
    path = tmp_path / "given" / "a1.json"
    path.parent.mkdir()
    path.write_text(json.dumps(small_instance))
    return path


def test_one_instance_as_json(instance_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "sol.json"
    code = main([str(instance_file), "--seconds", "60", "--tries", "20000", "--out", str(out), "--json"])
    report = json.loads(capsys.readouterr().out)
    assert code == 0
    assert report["feasible"]
    assert report["cost"] == sum(report["parts"].values())
    assert report["repeatable"]
    plan = read_solution(read_instance(instance_file), out)
    assert plan.day[0] in (0, 1)


def test_a_folder_gives_a_table_beside_the_published_figures(
    instance_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], small_instance: dict[str, Any]
) -> None:
    folder = instance_file.parent
    (folder / "a2.json").write_text(json.dumps(small_instance))
    (folder / "sol_a2.json").write_text("{}")
    (folder / "best_known.csv").write_text("instance,best_known_any_time,phase1_median\na1,100,123\na2,,\n")
    out = tmp_path / "solutions"
    assert main([str(folder), "--seconds", "60", "--tries", "20000", "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert sorted(path.name for path in out.iterdir()) == ["sol_a1.json", "sol_a2.json"]
    assert "| a1 |" in told.out
    assert "123" in told.out
    assert "on 1 of 2 instances" in told.out
    assert "a1" in told.err


def test_each_instance_of_several_gets_its_own_time(
    instance_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "solutions"
    assert main([str(instance_file), str(instance_file), "--seconds", "1", "--out", str(out), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 2


def test_a_signal_ends_the_search_and_the_best_plan_is_written(instance_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "sol.json"
    command = [sys.executable, "-m", "eval", "hospital", str(instance_file), "--seconds", "300", "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 60
        while not out.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        running.send_signal(signal.SIGTERM)
        told, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "feasible" in told
    assert read_solution(read_instance(instance_file), out).day[0] in (0, 1)


def test_bad_input_is_an_error_with_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "eval", "hospital", str(tmp_path / "no.json"), "--out", str(tmp_path / "s.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "Cannot read" in done.stderr
    assert "Traceback" not in done.stderr
