"""The way a question travels: understand, run, write, ground, journal, answer."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from assistant import __version__
from assistant.agent.claims import Names
from assistant.agent.language import clean, language_of
from assistant.agent.memory import earlier_turns
from assistant.agent.put_forward import put_all_forward
from assistant.agent.question import Answer, Question, merged, step_json
from assistant.agent.run import StepFinished, StepProgress, StepStarted, bounded, run
from assistant.agent.settings import AgentSettings
from assistant.agent.settle import settled, with_plain_amounts
from assistant.agent.write import Written, write
from assistant.errors import LanguageModelError
from assistant.journal.book import Journal
from assistant.journal.entry import digest
from assistant.llm.chosen import Chosen, chosen
from assistant.llm.descriptions import StepChooser, ToolDescription, Writer
from assistant.llm.settings import FORMS
from assistant.plan.proposals import Proposals, StoredProposal
from assistant.tools.door import CallRecord, json_safe
from assistant.tools.periods import known_clock
from assistant.tools.tool import Context, Tool
from assistant.tools.wording import Wording, wording


@dataclass(frozen=True)
class Finished:
    """The answer, its record already durable."""

    answer: Answer


_FEW = 3
"""Proposals that are named on a line each; more, one for each unit of the hospital, share one."""
Event = StepStarted | StepProgress | StepFinished | Finished


@dataclass(frozen=True)
class Assistant:
    """All parts composed; made by `assistant.app`.

    Attributes:
        tools: The catalogue.
        descriptions: What the language model is told of it.
        chooser: The understanding step.
        writer: Writes from facts; None to compose by code.
        names: Units and people whose names count as claims; called for each question, since records change.
        clock: The records' clock; None while there are no records.
        fingerprint: Hash of the records, for the journal.
    """

    tools: Mapping[str, Tool]
    descriptions: Sequence[ToolDescription]
    chooser: StepChooser
    writer: Writer | None
    journal: Journal
    proposals: Proposals
    names: Callable[[], Names]
    clock: Callable[[], datetime | None]
    fingerprint: Callable[[], str]
    settings: AgentSettings = field(default_factory=AgentSettings)

    def ask(self, question: Question) -> Answer:
        """Answer a question; see `stream` for what it raises."""
        for event in self.stream(question):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("stream ends with Finished")

    def stream(self, question: Question, stop: threading.Event | None = None) -> Iterator[Event]:
        """Answer a question, telling each step as it happens; ends with `Finished`.

        Args:
            question: What is asked.
            stop: Set by a person who has seen enough of a search for a plan; the best plan so far is kept.

        Raises:
            SetupError: There are no records, or the language model is not built.
            JournalError: The record could not be made durable; nothing may be shown.
        """
        began = time.monotonic()
        asked = self._read(question)
        say = wording(asked.language)
        context = self._context(asked)
        complaint = self._complaint(asked, say)
        understanding = Chosen((), self.chooser.identity()) if complaint else self._understand(asked)
        problem = _told(understanding.trouble, say) if understanding.trouble else ""
        understood = time.monotonic()
        kept, limits = bounded(understanding.calls, self.settings.max_steps)
        records: list[CallRecord] = []
        stored: list[StoredProposal] = []
        for event in run(kept, self.tools, context, self.journal, stop):
            if isinstance(event, StepFinished):
                records.append(event.record)
                # Kept at once, so that a later step of the same question can be about it.
                stored += self._put_forward([event.record], context)
            yield event
        ran = time.monotonic()
        written = self._write(asked, records, say)
        text = self._finish(written.text, say, complaint, problem, limits, stored, understanding)
        now = time.monotonic()
        seconds = {
            "understand": round(understood - began, 3),
            "run": round(ran - understood, 3),
            "write": round(now - ran, 3),
            "total": round(now - began, 3),
        }
        facts, sources = merged(records)
        names = tuple(proposal.id for proposal in stored)
        draft = Answer(
            text,
            asked.language,
            tuple(records),
            facts,
            sources,
            written.grounding.ok,
            "",
            names,
            complaint or problem,
            seconds,
            understanding.identity,
        )
        entry = self.journal.append("answer", self._body(asked, draft, written, understanding.trouble, context))
        yield Finished(replace(draft, journal_id=entry.id))

    def _read(self, question: Question) -> Question:
        text = clean(question.text)
        language = question.language or language_of(text)
        return replace(question, text=text, language=language)

    def _context(self, asked: Question) -> Context:
        at = known_clock(asked.at, self.clock())
        return Context(at, asked.language, asked.user, asked.role, asked.thread)

    def _complaint(self, asked: Question, say: Wording) -> str:
        """What is wrong with the question itself; empty if nothing is."""
        if not asked.text:
            return say.say("agent.empty")[0]
        length, limit = len(asked.text), self.settings.max_question
        if length > limit:
            return say.say("agent.too_long", length=f"{length:,}", limit=f"{limit:,}")[0]
        return ""

    def _understand(self, asked: Question) -> Chosen:
        """The steps, fixed before any tool has run; or the reason why there are none."""
        earlier = earlier_turns(self.journal, asked.user, asked.thread, self.settings.earlier_turns)
        understood = chosen(
            self.chooser, asked.text, asked.language, [with_plain_amounts(turn) for turn in earlier], self.descriptions
        )
        return replace(understood, calls=settled(understood.calls, asked.text, earlier))

    def _put_forward(self, records: Sequence[CallRecord], context: Context) -> list[StoredProposal]:
        return [plan for record in records for plan in put_all_forward(record, context, self.proposals)]

    def _write(self, asked: Question, records: Sequence[CallRecord], say: Wording) -> Written:
        facts, sources = merged(records)
        return write(asked.text, records, facts, sources, self.names(), say, self.writer)

    def _finish(
        self,
        text: str,
        say: Wording,
        complaint: str,
        problem: str,
        limits: Sequence[str],
        stored: Sequence[StoredProposal],
        understanding: Chosen,
    ) -> str:
        """The text with what is not a finding of a tool: complaints, limits, the mode, where the proposal is kept."""
        if complaint:
            return complaint
        if problem:
            following = "agent.forms_next" if understanding.mode == FORMS else "agent.unreadable_next"
            return f"{problem}\n{say.word('lead_next')}{say.say(following)[0]}"
        if not understanding.calls:
            return f"{say.say('agent.no_steps')[0]}\n{say.word('lead_next')}{say.say('agent.no_steps_next')[0]}"
        extra = [say.say(f"agent.{name}", limit=str(self.settings.max_steps))[0] for name in limits]
        if len(stored) > _FEW:
            names = [f"{proposal.id} ({proposal.plan.get('unit') or proposal.kind})" for proposal in stored]
            extra += [say.say("agent.proposals", list=say.listed(names))[0]]
        else:
            changed = {proposal.made.get("origin", {}).get("plan") for proposal in stored}
            keys = ["agent.proposal_before" if plan.id in changed else "agent.proposal" for plan in stored]
            extra += [say.say(key, proposal=plan.id)[0] for key, plan in zip(keys, stored, strict=True)]
        extra += [say.say("agent.second_choice")[0]] if understanding.skipped else []
        return "\n".join([text, *extra])

    def _body(
        self,
        asked: Question,
        answer: Answer,
        written: Written,
        trouble: LanguageModelError | None,
        context: Context,
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            "question": asked.text[: self.settings.max_question],
            "question_sha256": digest(asked.text),
            "language": asked.language,
            "user": asked.user,
            "role": asked.role,
            "thread": asked.thread,
            "at": context.at.isoformat(),
            "records_sha256": self.fingerprint(),
            "version": __version__,
            "language_model": answer.language_model,
            "steps": [{**step_json(record), "journal_id": record.journal_id} for record in answer.records],
            "facts": [asdict(fact) for fact in answer.facts],
            "sources": [{"id": s.id, "version": s.version, "as_of": s.as_of} for s in answer.sources],
            "answer": answer.text,
            "grounded": answer.grounded,
            "claims": written.grounding.to_json(),
            "proposals": list(answer.proposal_ids),
            "seconds": answer.seconds,
        }
        if written.replaced:
            body["replaced"] = written.replaced
        if answer.problem or written.note:
            body["problem"] = answer.problem or written.note
        if trouble:
            body["error"] = {"code": trouble.code, "message": str(trouble)}
        return json_safe(body)


def _told(trouble: LanguageModelError, say: Wording) -> str:
    """What a user reads about a language model that gave no steps, in the user's language where there are words."""
    key = f"agent.{trouble.code}"
    return say.say(key)[0] if key in say.sentences else str(trouble)
