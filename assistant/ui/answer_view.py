"""An answer as HTML: its lines with marks to their sources, the sources that open, and what was recorded."""

from collections.abc import Sequence

from assistant.agent.question import Answer
from assistant.tools.tool import Fact, Source
from assistant.tools.wording import wording
from assistant.ui.safe import inert, marked, tag
from assistant.ui.words import ScreenWords

MANY_ROWS, SHORT_ROW = 5, 56
_LEADS = ("lead_change", "lead_caveat", "lead_next")


def answer_html(answer: Answer, shown: int | None = None) -> str:
    """The answer's text; `shown` limits it to the first lines while it is still appearing."""
    return _text_html(_lines(answer)[:shown], answer)


def answer_parts(answer: Answer) -> list[str]:
    """The text in one part a step, so that each step's chart can follow its words; in one part if it is not so made.

    The plain rendering has one paragraph a step; a text that a language model has written need not.
    """
    parts: list[list[Line]] = [[]]
    for line in _lines(answer):
        if line[0].strip():
            parts[-1].append(line)
        else:
            parts.append([])
    if len(parts) != len(answer.records):
        return [answer_html(answer)]
    return [_text_html(part, answer) for part in parts]


Line = tuple[str, str]  # its text, and the mark to its source as HTML


def _text_html(lines: Sequence[Line], answer: Answer) -> str:
    leads = [wording(answer.language).word(key).strip() for key in _LEADS]
    blocks: list[str] = []
    rows: list[Line] = []
    first = True  # of a paragraph: the headline
    for text, mark in lines:
        if text.startswith(("- ", "* ")):
            rows.append((text[2:], mark))
            continue
        blocks += _list(rows)
        rows = []
        if text.strip():
            blocks.append(_paragraph(text, leads, mark, first))
        first = not text.strip()
    return tag("div", "".join([*blocks, *_list(rows)]), "hda-answer", lang=answer.language)


def _list(rows: Sequence[Line]) -> list[str]:
    """Rows as a list; many short ones stand in columns."""
    if not rows:
        return []
    short = len(rows) >= MANY_ROWS and max(len(text) for text, _ in rows) <= SHORT_ROW
    items = "".join(tag("li", marked(text) + mark) for text, mark in rows)
    return [tag("ul", items, "hda-short-rows" if short else "")]


def _paragraph(line: str, leads: Sequence[str], mark: str, headline: bool) -> str:
    lead = next((lead for lead in leads if line.startswith(lead)), "")
    if lead:
        return tag("p", f"{tag('b', inert(lead))} {marked(line[len(lead) :].strip())}{mark}", "hda-lead")
    return tag("p", marked(line.lstrip("# ")) + mark, "hda-headline" if headline else "")


def _lines(answer: Answer) -> list[Line]:
    """Each line with the number of the source that its fact rests on, where that differs from the line before."""
    numbers = {source.id: number for number, source in enumerate(answer.sources, 1)}
    lines, last = [], 0
    for line in answer.text.split("\n"):
        fact = next((fact for fact in answer.facts if fact.text and fact.text in line), None)
        number = numbers.get(fact.source, 0) if fact else 0
        lines.append((line, tag("sup", f"{number}", "hda-ref") if number and number != last else ""))
        last = number or last
    return lines


def sources_html(answer: Answer, words: ScreenWords) -> str:
    """The sources, each of which opens; empty without any."""
    if not answer.sources:
        return ""
    items = [_source(number, source, answer.facts, words) for number, source in enumerate(answer.sources, 1)]
    title = tag("div", inert(words("chat.sources")), "hda-small-title")
    return tag("div", title + "".join(items), "hda-sources")


def _source(number: int, source: Source, facts: Sequence[Fact], words: ScreenWords) -> str:
    kind = words.known("kind", source.kind, source.kind)
    label = f"{tag('span', f'{number}', 'hda-number')} {inert(kind)}: {inert(source.title)}"
    label += f", {inert(source.section)}" if source.section else ""
    version = "chat.source_method" if source.kind == "forecast" else "chat.source_version"
    details = [
        ("chat.source_section", source.section),
        (version, source.version),
        ("chat.source_as_of", source.as_of.replace("T", " ")),
        ("chat.source_id", source.id),
    ]
    terms = "".join(
        tag("dt", inert(words(key))) + tag("dd", inert(value)) for key, value in details if str(value).strip()
    )
    body = tag("dl", terms)
    if source.excerpt:
        body += tag("blockquote", inert(source.excerpt))
    resting = [fact for fact in facts if fact.source == source.id and fact.text != source.excerpt]
    if resting:
        body += tag("div", inert(words("chat.source_facts")), "hda-muted")
        body += tag("ul", "".join(tag("li", inert(fact.text)) for fact in resting))
    return tag("details", tag("summary", label) + body, "hda-source")


def footer_html(answer: Answer, words: ScreenWords, replaced: bool = False) -> str:
    """Where the answer is recorded, whether it was replaced, how long it took, and what waits for a decision."""
    parts = [words("chat.recorded", id=answer.journal_id)]
    if answer.facts:
        checked = "chat.grounded" if answer.grounded else "chat.not_grounded"
        parts.append(words("chat.replaced" if replaced else checked))
    parts.append(words("chat.took", seconds=f"{answer.seconds.get('total', 0):.1f}"))
    parts += [words("chat.proposal", id=name, page=words("tab.plans")) for name in answer.proposal_ids]
    return tag("div", " &middot; ".join(inert(part) for part in parts), "hda-footer")
