"""Text from records, questions and language models made inert before it reaches the browser.

Every ASCII sign that is neither letter nor digit becomes a numeric character reference. The browser shows the same
sign, but neither an HTML parser nor a Markdown renderer nor a template sees markup, a link, an image, a formula or
a placeholder in it.
"""

import re
import unicodedata
from collections.abc import Iterable

_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
_STRONG = re.compile(r"&#42;&#42;(.+?)&#42;&#42;")
_CODE = re.compile(r"&#96;(.+?)&#96;")
# Order marks can make a reader see other words than are written.
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]")


def inert(text: object) -> str:
    """`text` with every sign as a character reference; line ends become `<br>`, hidden characters visible marks."""
    shown = _HIDDEN.sub("\ufffd", str(text).replace("\r\n", "\n"))
    shown = "".join(_visible(character) for character in shown)
    return _SIGN.sub(lambda match: f"&#{ord(match[0])};", shown).replace("\n", "<br>")


def marked(text: object) -> str:
    """Inert text in which only `**strong**` and `code` in back-ticks are honoured."""
    shown = _STRONG.sub(r"<b>\1</b>", inert(text))
    return _CODE.sub(r"<code>\1</code>", shown)


def _visible(character: str) -> str:
    if character in "\n\t":
        return " " if character == "\t" else character
    return "\ufffd" if unicodedata.category(character) in {"Cc", "Cs"} else character


def tag(name: str, content: str, css: str = "", **attributes: str) -> str:
    """One element; `content` is HTML already, attribute values are made inert here (`css` is always our own)."""
    shown = f' class="{css}"' if css else ""
    shown += "".join(f' {key.replace("_", "-")}="{inert(value)}"' for key, value in attributes.items() if value)
    return f"<{name}{shown}>{content}</{name}>"


def table(heads: Iterable[str], rows: Iterable[Iterable[object]], css: str = "plain", caption: str = "") -> str:
    """A plain table in a frame that scrolls on narrow screens; every cell is made inert."""
    head = "".join(tag("th", inert(text), scope="col") for text in heads)
    body = "".join(tag("tr", "".join(tag("td", inert(cell)) for cell in row)) for row in rows)
    top = tag("caption", inert(caption)) if caption else ""
    inner = f"{top}{tag('thead', tag('tr', head))}{tag('tbody', body)}"
    return tag("div", tag("table", inner, css), "hda-scroll", tabindex="0", role="region", aria_label=caption)
