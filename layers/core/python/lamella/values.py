"""Frozen dataclasses with slots that are cheap to define.

The standard library compiles seven methods for each when its module is imported, which takes half
a millisecond, and a function loads a hundred of them. Here the methods that make an object are
compiled when the first one is made, and the others need no compiling.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: Literal[True], slots: Literal[True]) -> Callable[[type], type]:
        """What `dataclasses.dataclass(frozen=True, slots=True)` is, for classes without heirs."""
        return _slotted


__all__ = ["dataclass"]

_NOT_TAKEN_OVER = ("__dict__", "__weakref__")
_finishing = threading.RLock()


def _slotted(plain: type) -> type:
    """A class with slots in place of `plain`, which is kept for `dataclasses` to work on."""
    names = tuple(plain.__annotations__)
    own = {k: v for k, v in vars(plain).items() if k not in names and k not in _NOT_TAKEN_OVER}
    given = {"__slots__": names, "__match_args__": names, "__qualname__": plain.__qualname__}
    made = type(plain.__name__, plain.__bases__, _methods(names) | own | given)
    unfinished: Any = made
    unfinished.__dataclass_fields__ = _Fields(plain)
    return made


def _finish(made: Any, plain: Any) -> None:
    """Once: the constructor and the fields, as the standard library makes them."""
    with _finishing:
        if isinstance(vars(made)["__dataclass_fields__"], _Fields):
            dataclasses.dataclass(frozen=True, eq=False, repr=False, match_args=False)(plain)
            made.__init__ = plain.__init__
            made.__dataclass_params__ = plain.__dataclass_params__
            made.__dataclass_fields__ = plain.__dataclass_fields__


class _Fields:
    """The fields of a class that isn't finished, as far as `dataclasses` knows."""

    def __init__(self, plain: type) -> None:
        self.plain = plain

    def __get__(self, one: object, made: Any) -> Any:
        _finish(made, self.plain)
        return made.__dataclass_fields__


def _first(self: Any, *given: Any, **named: Any) -> None:
    """Makes the first object of a class."""
    made = type(self)
    _ = made.__dataclass_fields__
    made.__init__(self, *given, **named)


def _frozen(self: object, name: str, *_: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _methods(names: tuple[str, ...]) -> dict[str, Any]:
    """Those that every class has, over fields with these names."""
    values = attrgetter(*(names or ("__class__",)))

    def __eq__(self: object, other: object) -> Any:
        return values(self) == values(other) if type(self) is type(other) else NotImplemented

    def __hash__(self: object) -> int:
        return hash(values(self))

    def __repr__(self: object) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({shown})"

    def __reduce__(self: object) -> tuple[type, tuple[Any, ...]]:
        return type(self), tuple(getattr(self, name) for name in names)

    return {
        "__init__": _first,
        "__eq__": __eq__,
        "__hash__": __hash__,
        "__repr__": __repr__,
        "__reduce__": __reduce__,
        "__setattr__": _frozen,
        "__delattr__": _frozen,
    }
