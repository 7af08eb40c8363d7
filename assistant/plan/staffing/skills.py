"""Who has a skill that demand asks for, who is new, and who may look after a new nurse."""

from assistant.records.staff import Person

NEW, PRECEPTOR = "new", "preceptor"
"""Skills on record: somebody in orientation, who works only beside somebody who may look after them."""
_SKILL_OF_ROLE = {"charge_nurse": "charge"}


def has_skill(person: Person, skill: str) -> bool:
    """Whether a person has `skill`, by the list of skills or by role (a charge nurse can be in charge)."""
    return skill in person.skills or _SKILL_OF_ROLE.get(person.role) == skill
