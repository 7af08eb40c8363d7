"""Turns plan problems and plans into JSON types and back, so that a plan can be stored, hashed and repeated."""

from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


def encode(value: Any) -> Any:
    """`value` in JSON types: dataclasses become objects, tuples lists, times ISO text, enums their value."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    return value


def decode(kind: Any, data: Any) -> Any:
    """The value of type `kind` that `encode` made `data` from.

    Args:
        kind: A dataclass, an enum, a time type, a plain type, or `tuple[...]`, `dict[...]`, `X | None` of these.
        data: JSON types.
    """
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _decode_union(get_args(kind), data)
    if origin is tuple:
        return _decode_tuple(get_args(kind), data)
    if origin is dict:
        return {key: decode(get_args(kind)[1], item) for key, item in data.items()}
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: decode(hints[name], item) for name, item in data.items()})
    return _decode_plain(kind, data)


def _decode_union(choices: tuple[Any, ...], data: Any) -> Any:
    if data is None and NoneType in choices:
        return None
    return decode(next(choice for choice in choices if choice is not NoneType), data)


def _decode_tuple(items: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(decode(items[0], item) for item in data)
    return tuple(decode(kind, item) for kind, item in zip(items, data, strict=True))


def _decode_plain(kind: Any, data: Any) -> Any:
    if kind is Any:
        return data
    if kind in (date, datetime, time):
        return kind.fromisoformat(data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    return float(data) if kind is float else data


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
