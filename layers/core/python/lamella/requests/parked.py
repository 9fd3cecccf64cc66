"""What can be asked of parked work."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, StrictBool, model_validator

from lamella.errors import Invalid, TooLarge
from lamella.requests.base import Asked, Listed
from lamella.scopes import checked_id

MAX_IDS = 1_000


def _checked_ids(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) > MAX_IDS:
        raise TooLarge(f"ids holds more than {MAX_IDS}")
    return tuple(checked_id("one of ids", id) for id in value)


class RedriveRequest(Asked):
    """Send parked work on its way again: the items in `ids`, or `all`."""

    plain: ClassVar[tuple[str, ...]] = ("ids", "all")

    ids: Annotated[tuple[str, ...], Listed, AfterValidator(_checked_ids)] = ()
    all: StrictBool = False

    @model_validator(mode="after")
    def _names_some(self) -> Self:
        if bool(self.ids) == self.all:
            raise Invalid("say which: ids of parked items, or all (true)")
        return self
