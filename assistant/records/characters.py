"""Traditional characters and Cantonese day words as the simplified ones, as far as times and numbers use them.

Every replacement is as long as what it replaces, so that places in the text stay the same.
"""

_CHARACTERS = str.maketrans(
    "週禮個點後來過兩號內時間從開始這個幾萬億參陸貳壹晚個來當前現在個閏內麼還會預測",
    "周礼个点后来过两号内时间从开始这个几万亿叁陆贰壹晚个来当前现在个闰内么还会预测",
)
_WORDS = {
    "聽日": "明日",
    "听日": "明日",
    "琴日": "昨日",
    "尋日": "昨日",
    "寻日": "昨日",
    "而家": "现在",
    "今朝": "今早",
}


def simplified(text: str) -> str:
    """The text with the characters and words of times and numbers simplified."""
    text = text.translate(_CHARACTERS)
    for word, same in _WORDS.items():
        text = text.replace(word, same)
    return text
