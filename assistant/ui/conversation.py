"""Conversations, kept on the server: what was asked, which steps ran, what came out."""

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.agent.question import Answer
from assistant.tools.door import CallRecord
from assistant.tools.watched import Progress


@dataclass
class Step:
    """One tool call as the screen follows it; `record` is None while it runs, `progress` while it seeks no plan."""

    tool: str
    arguments: Mapping[str, Any]
    record: CallRecord | None = None
    progress: Progress | None = None


@dataclass
class Turn:
    """One question with all that has come of it so far.

    Attributes:
        understood: Seconds until the first step was known; None before.
        answer: Set once its record is durable.
        replaced: The answer is the plain rendering, since the text first written was not grounded.
        shown: How many lines of the answer have appeared; None for all.
        problem: What a person is told where no answer could be given.
        taken: A handler is answering it; a second one leaves it alone.
        done: Nothing more will come.
        stop: Set by a person who has seen enough of a search for a plan.
    """

    question: str
    steps: list[Step] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    understood: float | None = None
    answer: Answer | None = None
    replaced: bool = False
    shown: int | None = None
    problem: str = ""
    taken: bool = False
    done: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    def note_understood(self) -> None:
        """The steps are known now; later calls change nothing."""
        if self.understood is None:
            self.understood = time.monotonic() - self.began


@dataclass
class Conversation:
    """The turns of one thread."""

    thread: str
    turns: list[Turn] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        """A question is still being answered."""
        return bool(self.turns) and not self.turns[-1].done


class Conversations:
    """All conversations of this server, by thread; the longest unused ones are dropped beyond `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, Conversation] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self) -> Conversation:
        """A new, empty conversation under a name that cannot be guessed."""
        conversation = Conversation(f"screen-{uuid.uuid4().hex}")
        with self._lock:
            self._kept[conversation.thread] = conversation
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        return conversation

    def get(self, thread: str) -> Conversation | None:
        """The conversation of a thread; None if there is none (any more)."""
        with self._lock:
            if thread in self._kept:
                self._kept.move_to_end(thread)
            return self._kept.get(thread)
