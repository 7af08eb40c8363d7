"""What was learned from a history, kept for the next question about it; the last ones asked for stay."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Kept = TypeVar("Kept")
_MOST = 256
_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock = threading.Lock()


def remembered(key: Hashable, learn: Callable[[], Kept]) -> Kept:
    """What was learned under this key before; else it is learned now.

    Two threads that ask at once may both learn; they get the same.
    """
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    learned = learn()
    with _lock:
        _kept[key] = learned
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return learned
