"""A whole function: what only it is sent, then calls through the gateway or by invocation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lamella.functions import snapshot
from lamella.functions.door import Door, OpenService, open_service
from lamella.functions.measures import outcome, told_by
from lamella.functions.observed import Handler, Observed
from lamella.routes import Function
from lamella.tallies import tally

Own = Callable[[dict[str, Any], LambdaContext], dict[str, Any] | None]
"""Answers events that only this function is sent, None for all others."""


def answering(door: Door, observed: Observed, own: Own = lambda event, context: None) -> Handler:
    """The handler of one function."""

    def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        told = own(event, context)
        return told if told is not None else answered(door, event, context)

    snapshot.prepare(door, door.function)
    return observed.around(handle)


def answered(door: Door, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The answer to a call, counted by its outcome."""
    answer = door.answer(event, context.invoked_function_arn)
    tally(outcome(answer))
    for (name, layer), number in told_by(answer).items():
        tally(name, layer, number)
    return answer.told


def build(
    function: Function, opened: OpenService = open_service, serves: Sequence[str] | None = None
) -> Handler:
    """A function that is sent nothing but calls."""
    return answering(Door(function, opened, serves), Observed(function))
