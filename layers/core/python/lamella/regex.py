"""Regular expressions that are compiled when they are first used.

A function holds some two hundred of them, a call needs few, and compiling one takes longer than
loading the module it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, cast


def regex(pattern: str) -> re.Pattern[str]:
    """What `re.compile(pattern)` gives, compiled by the first use of any of its methods.

    A pattern that is wrong is told then, and no longer by the import of its module.
    """
    return cast("re.Pattern[str]", _Uncompiled(pattern))


def mentions(pattern: str) -> Callable[[str], bool]:
    """Tells whether a text holds `pattern`, written in lower case, however the text is written.

    To search a text in lower case takes a third of the time that it takes to ignore case, and the
    rules ask the same of one sentence from several sides: the last answers are kept.
    """
    lowered = regex(pattern)

    @lru_cache(maxsize=64)
    def mentioned(text: str) -> bool:
        return lowered.search(text.lower()) is not None

    return mentioned


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
