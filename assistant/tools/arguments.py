"""What the argument classes of all tools share."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

MAX_TEXT = 400


class Arguments(BaseModel):
    """Base of all argument classes: nothing unknown is let in, empty text counts as not given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_absent(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value


def copied(description: str) -> Any:
    """An optional free text that a language model must copy from the question, never make up."""
    return Field(default=None, description=description, max_length=MAX_TEXT, json_schema_extra={"copied": True})


def copied_required(description: str) -> Any:
    """As `copied`, but it has to be given."""
    return Field(description=description, max_length=MAX_TEXT, json_schema_extra={"copied": True})


def copied_time(description: str) -> Any:
    """An optional time in the user's words; only what names a time can be copied into it."""
    extra: Any = {"copied": True, "time": True}
    return Field(default=None, description=description, max_length=MAX_TEXT, json_schema_extra=extra)
