"""Ctrl-C while a plan is sought keeps the best plan so far, as a proposal like any other."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path


def test_ctrl_c_keeps_the_best_plan_so_far(imported: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(imported, home)
    (home / "settings.toml").write_text("[plan]\nseconds = 300\n", encoding="utf-8")
    command = [sys.executable, "-m", "assistant.cli.main", "tool", "plan_staffing", "--unit", "3B", "--days", "28"]
    running = subprocess.Popen(
        command,
        env={**os.environ, "ASSISTANT_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None and running.stdout is not None
    told = ""
    while "Ctrl-C keeps this plan" not in told and (read := running.stderr.read(1)):
        told += read
    running.send_signal(signal.SIGINT)
    answer = running.stdout.read()
    assert running.wait(120) == 0, told + running.stderr.read()
    assert "cost" in told and "could be saved" in told
    assert "stopped by hand" in answer and "[P-" in answer
