"""Garbage is looked for after the first answer, and as ever where no function runs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from aws_events import ARN, Context

from lamella.functions import garbage
from lamella.functions.observed import Observed


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


def test_a_function_collects_from_its_first_answer_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(garbage.FUNCTION_NAME, "lamella-retrieve")
    garbage.put_off()
    collecting: list[bool] = []

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        collecting.append(gc.isenabled())
        return {}

    handler = Observed("retrieve").around(handle)
    for _ in range(2):
        handler({}, Context(invoked_function_arn=f"{ARN}:api"))
    assert collecting == [False, True]
    assert gc.get_freeze_count() > 0


def test_a_first_call_that_fails_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(garbage.FUNCTION_NAME, "lamella-retrieve")
    garbage.put_off()

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Observed("retrieve").around(handle)({}, Context(invoked_function_arn=f"{ARN}:api"))
    assert gc.isenabled()


def test_elsewhere_it_is_collected_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(garbage.FUNCTION_NAME, raising=False)
    garbage.put_off()
    assert gc.isenabled()
    garbage.begin()
    assert gc.get_freeze_count() == 0
