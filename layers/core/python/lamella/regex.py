"""Regular expressions that are compiled when they are first used.

A function holds some two hundred of them, a call needs few, and compiling one takes longer than
loading the module it stands in.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, cast


def regex(pattern: str) -> re.Pattern[str]:
    """What `re.compile(pattern)` gives, compiled by the first use of any of its methods.

    A pattern that is wrong is told then, and no longer by the import of its module.
    """
    return cast("re.Pattern[str]", _Uncompiled(pattern))


class _Uncompiled:
    """Stands for a pattern. What was once asked of it lies in its own attributes: as fast again."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._text)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._compiled, name)
        setattr(self, name, value)
        return value
