"""Patterns that are compiled at their first use."""

from __future__ import annotations

import gc
import pkgutil
from importlib import import_module

import pytest

import lamella.engines
from lamella.regex import _Uncompiled, mentions, regex


def test_it_does_what_a_compiled_pattern_does() -> None:
    told = regex(r"(?P<name>\w+) is here")
    match = told.search("Mara is here")
    assert match
    assert match["name"] == "Mara"
    assert told.sub("nobody", "Mara is here") == "nobody"
    assert told.groupindex == {"name": 1}


def test_what_was_asked_once_is_at_hand() -> None:
    told = regex("a+")
    assert told.match("aa")
    assert told.match is told.match
    assert "match" in vars(told)


def test_what_is_mentioned_is_found_in_any_case() -> None:
    joking = mentions(r"\b(?:kidding|only joking)\b")
    assert joking("KIDDING!")
    assert joking("I was only Joking")
    assert not joking("kidded")


def test_a_wrong_pattern_is_told_by_its_first_use() -> None:
    told = regex("(")
    with pytest.raises(Exception, match="unterminated subpattern"):
        told.search("a")


def test_every_pattern_of_the_library_can_be_compiled() -> None:
    for package in (lamella, lamella.engines):
        for found in pkgutil.iter_modules(package.__path__):
            if not found.ispkg:
                import_module(f"{package.__name__}.{found.name}")
    waiting = [one for one in gc.get_objects() if isinstance(one, _Uncompiled)]
    assert len(waiting) > 100
    for one in waiting:
        if one._text != "(":
            assert one._compiled.pattern == one._text
