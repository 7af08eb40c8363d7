"""The words of the screen, in English and Chinese, filled by name from `prompts/screen/`."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from string import Template

from assistant.errors import SetupError

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class ScreenWords:
    """The screen's words in one language.

    Attributes:
        language: `en` or `zh`.
        sentences: Templates by `section.key`.
        lists: Lists of sentences by `section.key`.
    """

    language: str
    sentences: dict[str, Template]
    lists: dict[str, tuple[str, ...]]

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence `key` with its values filled in; KeyError if either is missing (a defect)."""
        return self.sentences[key].substitute(values)

    def known(self, section: str, key: str, other: str) -> str:
        """The word for a value of a closed list (a role, a kind), or `other` where there is none."""
        found = self.sentences.get(f"{section}.{key}")
        return found.template if found else other

    def count(self, noun: str, number: int) -> str:
        """`1 step`, `2 steps`."""
        one, _, many = self.sentences[f"noun.{noun}"].template.partition("|")
        return (one if number == 1 else many or one).replace("#", f"{number:,}")


@lru_cache
def screen_words(language: str) -> ScreenWords:
    """The words of a language; English for any other.

    Raises:
        SetupError: The file is missing or not readable.
    """
    language = language if language in LANGUAGES else "en"
    try:
        text = resources.files("assistant.prompts").joinpath(f"screen/{language}.toml").read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, ModuleNotFoundError, tomllib.TOMLDecodeError) as error:
        raise SetupError(f"prompts/screen/{language}.toml cannot be read ({error}); run `make setup`.") from error
    flat = {f"{section}.{key}": value for section, table in tables.items() for key, value in table.items()}
    sentences = {key: Template(value) for key, value in flat.items() if isinstance(value, str)}
    lists = {key: tuple(value) for key, value in flat.items() if isinstance(value, list)}
    return ScreenWords(language, sentences, lists)
