"""Compiles the inner loops of plans to machine code with numba, once per version, and keeps the result on disk.

Numba's own cache looks only at the file that holds a function, not at the functions it calls in other files, so a
change there would go unnoticed. The cache folder therefore carries a fingerprint of the compiled files of its package
and of this folder, which all packages call.
"""

import hashlib
import inspect
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import config as _numba_config

config: Any = _numba_config  # its settings are made at run time, unknown to a type checker


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: machine code, kept for the next process, and free of Python's lock, so that threads run side by side.

    A division by zero gives infinity or not-a-number, as in numpy. Compiled at the first call.
    """
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_folder(Path(inspect.getfile(function)).parent))
    try:
        jitted: Callable[..., Any] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        config.CACHE_DIR = before
    return jitted


@cache
def cache_folder(package: Path) -> Path:
    """Writable folder for a package's machine code.

    Under `NUMBA_CACHE_DIR`, else in the user's cache, else (a read-only installation without a home) a temporary one.
    """
    folders = dict.fromkeys([package, Path(__file__).parent])
    sources = [source.read_bytes() for folder in folders for source in sorted(folder.glob("*.py"))]
    digest = hashlib.sha256(b"".join(text for text in sources if b"\n@compiled\n" in text)).hexdigest()[:16]
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "hospital-decision-assistant"
    for base in ([Path(chosen)] if chosen else []) + [usual / "numba"]:
        folder = base / f"{package.name}-{digest}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="hospital-numba-"))
