"""Who sits at the screen, as they say themselves, and the registry of what changes with the language."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from assistant.ui.words import ScreenWords, screen_words

ROLES = ("administrator", "coordinator", "bed_manager", "auditor")
MAX_NAME = 60
Properties = Callable[[ScreenWords], dict[str, Any]]


@dataclass
class Labels:
    """Components whose words follow the language, each with the properties it takes in a language.

    A component is made through `make`, so that its words stand in one place for both languages.
    """

    first: ScreenWords
    _known: list[tuple[Any, Properties]] = field(default_factory=list)

    def make(self, kind: type, properties: Properties, **fixed: Any) -> Any:
        """A component of `kind` with its words in the first language; `fixed` properties never change."""
        component = kind(**fixed, **properties(self.first))
        self._known.append((component, properties))
        return component

    @property
    def components(self) -> list[Any]:
        """The components, in the order of `updates`."""
        return [component for component, _ in self._known]

    def updates(self, language: str) -> list[Any]:
        """The properties of all components in another language."""
        words = screen_words(language)
        return [gr.update(**properties(words)) for _, properties in self._known]


@dataclass(frozen=True)
class Session:
    """The inputs that say who asks, in which language; handed to every handler."""

    language: gr.Radio
    user: gr.Textbox
    role: gr.Dropdown

    @property
    def inputs(self) -> list[Any]:
        """In the order in which handlers take them: language, user, role."""
        return [self.language, self.user, self.role]


def clean_user(name: str | None) -> str:
    """A name as the journal keeps it: one line, no control characters, `local` where none was given."""
    shown = "".join(character for character in str(name or "") if character.isprintable())
    return " ".join(shown.split())[:MAX_NAME] or "local"


def role_choices(words: ScreenWords) -> list[tuple[str, str]]:
    """Roles with their names in the screen's language."""
    return [(words(f"role.{role}"), role) for role in ROLES]


def role_name(role: object, words: ScreenWords) -> str:
    """A role in words."""
    return words.known("role", str(role), str(role))
