"""Absences and wishes of the sample hospital's nurses."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random

from assistant.records.staff import Absence, Person, Wish, WishKind

# Share of nurses in a planned absence that starts in a given week, and its days: together about 11 % of all days.
_PLANNED = (("annual leave", 0.052, (5, 14)), ("training", 0.030, (1, 2)), ("parental leave", 0.0012, (60, 120)))
# Sickness is known only when it starts: about 6 % of past days, none announced for later.
_SICKNESS_PER_WEEK, _SICK_DAYS = 0.10, (1, 8)
_WEEKS_AHEAD = 8
_WISH_DAYS = 28
_WISHES_PER_NURSE = 1.6
_WISH_KINDS = (
    (WishKind.OFF, "", 0.45),
    (WishKind.AVOID, "N", 0.22),
    (WishKind.AVOID, "L", 0.10),
    (WishKind.WANT, "E", 0.15),
    (WishKind.WANT, "N", 0.08),
)


def make_absences(people: Iterable[Person], today: date, weeks_back: int, random: Random) -> list[Absence]:
    """Absences from `weeks_back` weeks before today until eight weeks after; those of one person do not overlap."""
    absences: list[Absence] = []
    for person in people:
        free_from = date.min
        for start, end, reason in sorted(_spells(today, weeks_back, random)):
            if start > free_from:
                absences.append(Absence(person.staff, start, end, reason))
                free_from = end
    return absences


def _spells(today: date, weeks_back: int, random: Random) -> Iterator[tuple[date, date, str]]:
    for week in range(-weeks_back, _WEEKS_AHEAD):
        monday = today + timedelta(days=7 * week - today.weekday())
        for reason, chance, (shortest, longest) in _PLANNED:
            if random.random() < chance:
                start = monday + timedelta(days=random.randrange(7) if reason == "training" else 0)
                yield start, start + timedelta(days=random.randint(shortest, longest) - 1), reason
        if random.random() < _SICKNESS_PER_WEEK:
            start = monday + timedelta(days=random.randrange(7))
            if start <= today:
                # Short spells are the rule.
                days = min(random.randint(*_SICK_DAYS), random.randint(*_SICK_DAYS))
                yield start, start + timedelta(days=days - 1), "sickness"


def make_wishes(people: Iterable[Person], absences: Iterable[Absence], today: date, random: Random) -> list[Wish]:
    """Wishes for the four weeks after today; one for a day at most, none on days of absence or against a contract."""
    away = {
        (absence.staff, absence.start + timedelta(days=day))
        for absence in absences
        for day in range((absence.end - absence.start).days + 1)
    }
    wishes: list[Wish] = []
    for person in people:
        kinds = [(kind, shift, share) for kind, shift, share in _WISH_KINDS if person.nights or shift != "N"]
        count = sum(random.random() < _WISHES_PER_NURSE / 4 for _ in range(4))
        for offset in sorted(random.sample(range(1, _WISH_DAYS + 1), count)):
            day = today + timedelta(days=offset)
            kind, shift, _ = random.choices(kinds, [share for _, _, share in kinds])[0]
            if (person.staff, day) not in away:
                wishes.append(Wish(person.staff, day, kind, shift, random.choice((1, 1, 2, 3))))
    return wishes
