"""search_knowledge: passages of the handbook and summaries of the records, with citations."""

from functools import partial
from typing import Literal

from pydantic import Field

from assistant.retrieval.passages import Passage
from assistant.tools.arguments import Arguments, copied_required
from assistant.tools.page import Page
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome, Source, Tool
from assistant.tools.wording import wording

SHOWN = 3


class SearchKnowledgeArguments(Arguments):
    """Arguments of search_knowledge."""

    query: str = copied_required("What to look for, in the user's words.")
    source: Literal["policy", "record", "any"] = Field(default="any", description="Handbook, records, or both.")


def search_knowledge(services: Services, arguments: SearchKnowledgeArguments, context: Context) -> Outcome:
    """The best passages, each quoted under its document, section and version."""
    say = wording(context.language)
    passages = services.search().search(arguments.query, kind=arguments.source, language=context.language, k=SHOWN)
    if not passages:
        page = Page(say, Source("handbook", "policy", say.word("source_handbook")))
        page.headline("search.none")
        page.next_step("search.none_next")
        return page.outcome({"passages": []})
    best, *others = passages
    page = Page(say, citation(best))
    key = "search.headline" if best.kind == "policy" else "search.headline_record"
    page.headline(key, title=best.title, section=best.section, version=best.version)
    page.quote(best.text, citation(best))
    for passage in others:
        also = "search.also" if passage.section else "search.also_record"
        page.see_also(also, citation(passage), title=passage.title, section=passage.section)
    if best.kind == "policy":
        page.caveat("search.caveat")
    return page.outcome({"passages": [vars_of(passage) for passage in passages]})


def citation(passage: Passage) -> Source:
    """The source that a passage is cited by."""
    return Source(passage.id, passage.kind, passage.title, passage.section, passage.version, passage.text)


def vars_of(passage: Passage) -> dict[str, str | float]:
    """A passage as JSON values."""
    return {
        "id": passage.id,
        "title": passage.title,
        "section": passage.section,
        "version": passage.version,
        "text": passage.text,
        "score": round(float(passage.score), 6),
    }


def make_tool(services: Services) -> Tool:
    """The tool with its index bound in."""
    return Tool(
        "search_knowledge",
        "Find what the handbook or the records' summaries say: rules, ratios, procedures, definitions.",
        SearchKnowledgeArguments,
        partial(search_knowledge, services),
    )
