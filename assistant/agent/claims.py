"""What a text claims: numbers, percentages, dates, times, codes, units, people, items, names."""

from assistant.agent.claims_names import read_names, read_proper_names
from assistant.agent.claims_numbers import read_numbers
from assistant.agent.claims_reading import WHOLE, Claim, Mention, Names, Reading, figure_key, normal
from assistant.agent.claims_times import read_times

__all__ = ["WHOLE", "Claim", "Mention", "Names", "claims", "figure_key", "mentions", "normal"]


def mentions(text: str, names: Names) -> list[Mention]:
    """All mentions of a text that `normal` has made plain, in order."""
    reading = Reading(text, names)
    # Names go first, since they hold figures (`Venous cannula 20 G`); what is left at the end are words.
    for read in (read_names, read_times, read_numbers, read_proper_names):
        read(reading)
    return sorted(reading.found, key=lambda mention: (mention.start, mention.end))


def claims(text: str, names: Names) -> list[Claim]:
    """All claims of a text, each once."""
    found = mentions(normal(text), names)
    return list(dict.fromkeys(mention.claim for mention in found if not mention.soft and mention.value != WHOLE))
