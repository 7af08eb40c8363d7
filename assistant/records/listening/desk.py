"""What all connections share: answers a frame once its messages are durable, counts, and notes who was heard."""

import asyncio
import io
import logging
import re

from assistant.records.hl7_stream import split_messages
from assistant.records.listening.acknowledgement import Acknowledger, Answer, Header
from assistant.records.listening.counters import Counters
from assistant.records.listening.frames import Frame, Refused, Room, Skipped, framed
from assistant.records.listening.keeping import Keeper
from assistant.records.listening.settings import ListeningSettings
from assistant.records.listening.silence import SilenceWatch, shown
from assistant.records.receiving import Received

_SEVERAL = re.compile(rb"(?:^|[\r\n])[ \t]*(?:FHS|BHS)[^A-Za-z0-9\s]|[\r\n][ \t]*MSH[^A-Za-z0-9\s]")
_REFUSALS = {
    "message_too_long": "the message has {size} bytes, at most {most} are taken; send it without documents",
    "too_much_at_once": "too many long messages at once; send it again",
    "frame_not_ended": "the message did not end with 0x1C 0x0D; send it again, whole",
}
_LOG = logging.getLogger(__name__)


class Desk:
    """Where connections hand in frames.

    Args:
        keeper: Stores the messages.
        watch: Notes who was heard.
        settings: Limits.

    Attributes:
        counters: What was done so far.
        room: What unfinished messages of all connections may take.
    """

    def __init__(self, keeper: Keeper, watch: SilenceWatch, settings: ListeningSettings) -> None:
        self.settings = settings
        self.counters = Counters()
        self.room = Room(settings.most_held)
        self._keeper = keeper
        self._watch = watch
        self._acknowledger = Acknowledger()

    def take(self, item: Frame | Refused, peer: str) -> "asyncio.Future[bytes]":
        """The framed acknowledgement of a message or a batch; known once what it holds is durable."""
        loop = asyncio.get_running_loop()
        if isinstance(item, Refused):
            answer: asyncio.Future[bytes] = loop.create_future()
            answer.set_result(self._refused(item, peer))
            return answer
        raws = [item.body]
        if _SEVERAL.search(item.body):
            raws = list(split_messages(io.BytesIO(item.body))) or raws
        kept = [self._keeper.keep(raw) for raw in raws]  # queued here and now, so that order is kept
        return asyncio.ensure_future(self._answer(raws, kept, peer))

    def skip(self, item: Skipped, peer: str) -> None:
        """Count and log bytes that are no message; what they say is never logged."""
        self.counters.skip(item.rule, item.size)
        _LOG.warning("%s: %d bytes skipped (%s).", peer, item.size, item.rule.replace("_", " "))

    async def _answer(self, raws: list[bytes], kept: "list[asyncio.Future[Received]]", peer: str) -> bytes:
        answers = []
        for raw, told in zip(raws, kept, strict=True):
            received, header = await told, Header.of(raw)
            self._note(header, received.outcome, received.rule, received.code, peer)
            answers.append(
                self._acknowledger.acknowledge(header, Answer(received.code, received.rule, received.reason))
            )
        if len(answers) == 1:
            return framed(answers[0])
        return framed(self._acknowledger.batch(Header.of(raws[0]), answers))

    def _refused(self, item: Refused, peer: str) -> bytes:
        """The answer to a message that was not taken; the sender still has it."""
        reason = _REFUSALS[item.rule].format(size=item.size, most=self.settings.longest_message)
        header = Header.of(item.head)
        self._note(header, "refused", item.rule, "AR", peer)
        return framed(self._acknowledger.acknowledge(header, Answer("AR", item.rule, reason)))

    def _note(self, header: Header, outcome: str, rule: str, code: str, peer: str) -> None:
        """Count, and log what was refused: rule, sender and control id, never the reason (it quotes the message)."""
        self.counters.count(outcome, rule)
        heard = self._watch.hear(header.sender)
        if heard:
            _LOG.info(heard)
        if code != "AA":
            sender, control = shown(header.sender), shown(header.control_id)
            _LOG.warning("%s: %s to message %s of %s: %s.", peer, code, control, sender, rule.replace("_", " "))
