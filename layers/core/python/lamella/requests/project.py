"""What can be asked of a project's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from lamella.errors import Invalid, TooLarge
from lamella.guidance import phrases
from lamella.requests.base import Asked, Listed, text_size
from lamella.requests.given import Given
from lamella.scopes import checked_id

SETTINGS = (
    "custom_instructions",
    "agent_custom_instructions",
    "custom_categories",
    "includes",
    "excludes",
)
MAX_CATEGORIES = 100
MAX_HINT_BYTES = 8_192

_INSTRUCTIONS = ("custom_instructions", "agent_custom_instructions")
_SWITCHES = ("multilingual", "decay")
_HINTS = ("includes", "excludes")


class ProjectRequest(Asked):
    """The settings named in `fields`, or all of them."""

    plain: ClassVar[tuple[str, ...]] = ("fields",)

    fields: Annotated[tuple[str, ...], Listed] = ()


class ProjectUpdateRequest(Asked):
    """Change settings; None takes one back. What nobody here could follow is refused."""

    changes: dict[str, Any]

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`includes` and `excludes` are phrases, `custom_categories` a list of `{name: about}`."""
        named = [name for name in (*SETTINGS, *_SWITCHES) if name in given]
        told = {name: given.take(name) for name in named}
        if not told:
            raise Invalid("nothing to change: give custom_categories, includes or excludes")
        for name in _INSTRUCTIONS:
            if told.pop(name, None):
                raise Invalid(
                    f"{name} can't be followed: nothing here reads instructions. Say what to keep "
                    "with includes, what not with excludes, and sort with custom_categories"
                )
        for name in _SWITCHES:
            if told.pop(name, None):
                raise Invalid(f"{name} can't be switched on: nothing here does that")
        return {"changes": {name: _checked(name, value) for name, value in told.items()}}


def _checked(name: str, value: object) -> object:
    if value is None:
        return None
    return _checked_hint(name, value) if name in _HINTS else _checked_categories(value)


def _checked_hint(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{name} must be a text: phrases between commas")
    if text_size(name, value) > MAX_HINT_BYTES:
        raise TooLarge(f"{name} is longer than {MAX_HINT_BYTES} bytes")
    if not phrases(value):
        raise Invalid(f"{name} holds no word that could be looked for")
    return value


def _checked_categories(value: object) -> list[dict[str, str]]:
    if not isinstance(value, list):
        raise Invalid("custom_categories must be a list of objects, such as {'travel': 'trips'}")
    if len(value) > MAX_CATEGORIES:
        raise TooLarge(f"custom_categories holds more than {MAX_CATEGORIES}")
    return [_category(entry) for entry in value]


def _category(entry: object) -> dict[str, str]:
    if not isinstance(entry, Mapping) or not all(isinstance(told, str) for told in entry.values()):
        raise Invalid("each of custom_categories must be an object of a name and a description")
    for told in entry.values():
        if text_size("custom_categories", told) > MAX_HINT_BYTES:
            raise TooLarge(f"a description in custom_categories exceeds {MAX_HINT_BYTES} bytes")
    return {checked_id("a name in custom_categories", name): told for name, told in entry.items()}
