"""Settings of the agent."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AgentSettings:
    """Limits of one question.

    Attributes:
        max_question: Longest question in characters; longer ones are refused with the limit named.
        max_steps: Most tool calls for one question.
        earlier_turns: Earlier questions of the thread that the language model sees.
    """

    max_question: int = 1000
    max_steps: int = 4
    earlier_turns: int = 3
