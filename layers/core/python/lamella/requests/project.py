"""What can be asked of a project's settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar

from lamella.errors import Invalid, TooLarge
from lamella.guidance import INSTRUCTIONS, phrases
from lamella.requests.base import Asked, Listed, json_size, text_size
from lamella.requests.given import Given
from lamella.scopes import checked_id

SETTINGS = (*INSTRUCTIONS, "custom_categories", "includes", "excludes")
MAX_CATEGORIES = 100
MAX_HINT_BYTES = 8_192
MAX_CATEGORIES_BYTES = 32_768

PERSONAL = "personal_data"
"""What becomes of personal data: the organization's choice, never a single call's."""

_IN_PATH = ("org_id", "project_id")
_SWITCHES = ("multilingual", "decay")


class ProjectRequest(Asked):
    """The settings named in `fields`, or all of them."""

    plain: ClassVar[tuple[str, ...]] = ("fields",)

    fields: Annotated[tuple[str, ...], Listed] = ()

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`org_id` and `project_id` are named by the path."""
        given.take_all(*_IN_PATH)
        return super().read(given)


class ProjectUpdateRequest(Asked):
    """Change settings; None takes one back. What nobody here could follow is refused."""

    changes: dict[str, Any]

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`includes` and `excludes` are phrases, `custom_categories` a list of `{name: about}`."""
        given.take_all(*_IN_PATH)
        switches = {name: given.take(name) for name in _SWITCHES if name in given}
        changes = wishes(given)
        if PERSONAL in given:
            told = given.take(PERSONAL)
            changes[PERSONAL] = None if told is None else _checked_text(PERSONAL, told)
        if not changes and not switches:
            raise Invalid(f"nothing to change: give one of {', '.join((*SETTINGS, PERSONAL))}")
        for name, value in switches.items():
            if value:
                raise Invalid(f"{name} can't be switched on: nothing here does that")
        return {"changes": changes}


def wishes(given: Given) -> dict[str, Any]:
    """What promotion is asked to keep, by a project or a call; None where a wish is taken back."""
    told = {name: given.take(name) for name in SETTINGS if name in given}
    return {name: _checked(name, value) for name, value in told.items()}


def _checked(name: str, value: object) -> object:
    return None if value is None or value == "" or value == [] else _CHECKS[name](name, value)


def _checked_text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{name} must be a text")
    if text_size(name, value) > MAX_HINT_BYTES:
        raise TooLarge(f"{name} is longer than {MAX_HINT_BYTES} bytes")
    return value


def _checked_hint(name: str, value: object) -> str:
    """Phrases between commas."""
    text = _checked_text(name, value)
    if not phrases(text):
        raise Invalid(f"{name} holds no word that could be looked for")
    return text


def _checked_categories(name: str, value: object) -> list[dict[str, str]]:
    if not isinstance(value, list):
        raise Invalid(f"{name} must be a list of objects, such as {{'travel': 'trips'}}")
    if len(value) > MAX_CATEGORIES:
        raise TooLarge(f"{name} holds more than {MAX_CATEGORIES}")
    if json_size(name, value) > MAX_CATEGORIES_BYTES:
        raise TooLarge(f"{name} is larger than {MAX_CATEGORIES_BYTES} bytes as JSON")
    return [_category(entry) for entry in value]


def _category(entry: object) -> dict[str, str]:
    if not isinstance(entry, Mapping) or not all(isinstance(told, str) for told in entry.values()):
        raise Invalid("each of custom_categories must be an object of a name and a description")
    return {checked_id("a name in custom_categories", name): told for name, told in entry.items()}


_CHECKS: Mapping[str, Callable[[str, object], object]] = {
    **dict.fromkeys(INSTRUCTIONS, _checked_text),
    **dict.fromkeys(("includes", "excludes"), _checked_hint),
    "custom_categories": _checked_categories,
}
