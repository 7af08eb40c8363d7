"""Compiles the inner loops with numba and keeps the machine code in a folder that can be written."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """`function` as machine code, compiled at its first call and kept for the next process.

    numba keeps it in `NUMBA_CACHE_DIR`, beside the source or in the user's cache; where none of these can be written
    (a read-only installation without a home), in the folder for temporary files.
    """
    try:
        return cast(Function, numba.njit(cache=True)(function))
    except RuntimeError:
        folder = Path(tempfile.gettempdir()) / f"assistant-compiled-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        setattr(numba.config, "CACHE_DIR", str(folder))  # noqa: B010 - numba makes its settings at run time
        return cast(Function, numba.njit(cache=True)(function))
