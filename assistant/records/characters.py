"""Traditional characters and Cantonese day words as the simplified ones, place by place.

What is simplified is as long as what was written, so that a place in one is the same place in the other.
"""

import re
from functools import cache
from typing import Any

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORDS = {"听日": "明日", "琴日": "昨日", "寻日": "昨日", "而家": "现在", "今朝": "今早"}


@cache
def _converter() -> Any:
    import opencc  # reads its dictionaries

    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """The text in simplified characters; as it is, where that would change its length."""
    if not _CHINESE.search(text):
        return text
    converted: str = _converter().convert(text)
    if len(converted) != len(text):
        return text
    for word, same in _WORDS.items():
        converted = converted.replace(word, same)
    return converted
