"""Conversation memory: the earlier questions of a thread and the calls they led to, read from the journal.

Never the outcomes: what tools returned may hold text from records, which the understanding step must not see.
"""

from assistant.journal.book import Journal
from assistant.journal.entry import canonical
from assistant.llm.descriptions import EarlierTurn, RawCall

LOOK_BACK = 400


def earlier_turns(journal: Journal, user: str, thread: str, limit: int) -> list[EarlierTurn]:
    """The last `limit` turns of a user's thread, oldest first."""
    turns: list[EarlierTurn] = []
    of_thread = canonical({"thread": thread})[1:-1]
    for entry in journal.latest(LOOK_BACK, of_thread):
        if entry.kind != "answer" or entry.body.get("user") != user or entry.body.get("thread") != thread:
            continue
        calls = tuple(RawCall(step["tool"], step["arguments"]) for step in entry.body.get("steps", ()))
        turns.append(EarlierTurn(entry.body["question"], calls))
        if len(turns) == limit:
            break
    return turns[::-1]
