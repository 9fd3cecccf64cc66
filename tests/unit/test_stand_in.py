"""A library imported without a package that it names and nobody reaches."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lamella.engines.stand_in import stand_in


def test_classes_can_be_derived_from_and_the_package_is_gone_afterwards() -> None:
    with stand_in("no_such_package", "auth.Base", "Plain"):
        import no_such_package  # type: ignore[import-not-found]

        derived = type("Derived", (no_such_package.auth.Base, no_such_package.Plain), {})
    assert derived.__mro__[1].__name__ == "Base"
    assert "no_such_package" not in sys.modules


def test_it_is_gone_after_a_failure_too() -> None:
    with pytest.raises(LookupError), stand_in("no_such_package"):
        raise LookupError
    assert "no_such_package" not in sys.modules


def test_a_package_that_is_there_stays() -> None:
    there = sys.modules["json"]
    with stand_in("json", "Anything"):
        assert sys.modules["json"] is there
    assert not hasattr(there, "Anything")


def test_opensearch_signs_without_what_can_be_imported_later() -> None:
    program = (
        "import sys\n"
        "from lamella.engines.opensearch_client import client\n"
        "assert not {'requests', 'asyncio'} & set(sys.modules)\n"
        "client('http://127.0.0.1:1').close()\n"
        "import asyncio, requests\n"
        "print(requests.Session.__module__, asyncio.CancelledError.__module__)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent,
    )
    assert shown.stdout == "requests.sessions asyncio.exceptions\n"
