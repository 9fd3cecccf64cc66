"""A property that is made when it is first asked for, and only once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Made = TypeVar("Made")


class once(Generic[Made]):
    """A property made at its first use, by one thread only, and kept."""

    _making = threading.RLock()

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> once[Made]: ...
    @overload
    def __get__(self, owner: object, kind: type) -> Made: ...
    def __get__(self, owner: object | None, kind: type) -> once[Made] | Made:
        if owner is None:
            return self
        kept = owner.__dict__
        with self._making:
            if self._name not in kept:
                kept[self._name] = self._make(owner)
        made: Made = kept[self._name]
        return made
