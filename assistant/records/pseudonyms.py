"""Pseudonyms: patient and visit numbers are kept only as keyed hashes, so that the store holds no identity."""

import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from assistant.errors import SetupError

_DIGITS = 12  # 48 bits: among a million numbers two would share a pseudonym with a chance of 1 in 560


class Pseudonyms:
    """Turns patient and visit numbers into `P-...` and `V-...`, always the same ones under one key.

    Args:
        key: Secret bytes; whoever holds them can test whether a known number is in the store.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._hash = lru_cache(maxsize=50_000)(self._hashed)  # a visit's messages repeat its numbers

    @classmethod
    def of_home(cls, home: Path) -> "Pseudonyms":
        """The pseudonyms of a data folder; makes `pseudonyms.key` (mode 0600) on first use."""
        path = home / "pseudonyms.key"
        if not path.exists():
            _write_key(path)
        key = path.read_bytes()
        if len(key) < 16:
            raise SetupError(f"{path} should hold a secret key of 32 bytes, it holds {len(key)}. Restore it.")
        return cls(key)

    def patient(self, site: str, number: str) -> str:
        """`P-` and twelve hexadecimal digits; empty for an empty number."""
        return self._hash("P-", site, number)

    def visit(self, site: str, number: str) -> str:
        """`V-` and twelve hexadecimal digits; empty for an empty number."""
        return self._hash("V-", site, number)

    def _hashed(self, prefix: str, site: str, number: str) -> str:
        if not number:
            return ""
        digest = hmac.digest(self._key, f"{prefix}{site}\x1f{number}".encode(), "sha256")
        return prefix + digest.hex()[:_DIGITS]


def _write_key(path: Path) -> None:
    """Create the key file; if another process was first, its key stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails if it exists: unlike a rename it never replaces a key in use
    except FileExistsError:
        pass
    finally:
        draft.unlink()
