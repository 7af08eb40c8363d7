"""The wheel: every package is in it, and what is read at run time comes with it as package data."""

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("wheel")  # one build serves all tests of this file

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a wheel, built without a network, from a copy: two builds in one tree get in each other's way."""
    folder, tree = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("tree")
    for name in ("assistant", "prompts", "knowledge"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree / name)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        str(tree),
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(folder),
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return next(folder.glob("*.whl"))


def test_every_package_is_listed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "assistant").rglob("__init__.py")}
    assert set(listed) == found | {"assistant.prompts", "assistant.knowledge"}


@pytest.mark.parametrize(
    ("folder", "package"),
    [
        ("prompts", "assistant/prompts"),
        ("knowledge", "assistant/knowledge"),
        ("assistant/tuning/lists", "assistant/tuning/lists"),
        ("assistant/tuning/wordings", "assistant/tuning/wordings"),
    ],
)
def test_what_is_read_at_run_time_is_in_the_wheel(wheel: Path, folder: str, package: str) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = [path for path in (ROOT / folder).rglob("*") if path.suffix in {".md", ".toml", ".jsonl", ".txt"}]
    assert files
    missing = [str(p) for p in files if f"{package}/{p.relative_to(ROOT / folder).as_posix()}" not in names]
    assert missing == []


def test_an_installed_wheel_reads_prompt_document_and_wordings(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import assistant, sys; assert assistant.__file__.startswith(sys.argv[1]), assistant.__file__\n"
        "from assistant.tools.wording import wording\n"
        "from assistant.retrieval.handbook import read_handbook\n"
        "from assistant.tuning.templates import read_templates\n"
        "print(wording('zh').word('whole_hospital'), len(read_handbook()), len(read_templates()))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "site")]
    shown = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "site")}
    )
    name, documents, wordings = shown.stdout.split()
    assert name == "全院"
    assert int(documents) >= 24
    assert int(wordings) >= 5000
