"""Compiles the search to machine code once per version and keeps the result on disk.

Numba's own cache looks only at the file that holds a function, not at the functions it calls in other files, so a
change there would go unnoticed. The cache folder therefore carries a fingerprint of all files with compiled functions.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import config as _numba_config


def cache_folder() -> Path:
    """Writable folder for compiled code: `NUMBA_CACHE_DIR`, else the user's cache, else a temporary folder."""
    sources = [source.read_bytes() for source in sorted(Path(__file__).parent.glob("*.py"))]
    digest = hashlib.sha256(b"".join(text for text in sources if b"\n@compiled\n" in text)).hexdigest()[:16]
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "hospital-decision-assistant"
    for base in ([Path(chosen)] if chosen else []) + [usual / "numba"]:
        folder = base / f"hospital-{digest}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="hospital-numba-"))


config: Any = _numba_config  # its settings are made at run time, unknown to a type checker
_FOLDER = cache_folder()


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: machine code, cached, and free of Python's lock, so that two threads search at the same time."""
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_FOLDER)
    try:
        jitted: Callable[..., Any] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        config.CACHE_DIR = before
    return jitted
