"""Many changes in one call, each with its own outcome: one that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lamella.errors import LamellaError
from lamella.results import Wire


def carried_out(done: str, ids: Iterable[str], step: Callable[[int, str], object]) -> Wire:
    """`step(place, id)` for each id. `results` tell what became of each, in their order."""
    results = [_outcome(done, place, id, step) for place, id in enumerate(ids)]
    count = sum(result["status"] == "SUCCEEDED" for result in results)
    return {"message": f"Successfully {done} {count} memories", done: count, "results": results}


def _outcome(done: str, place: int, id: str, step: Callable[[int, str], object]) -> Wire:
    try:
        step(place, id)
    except LamellaError as error:
        told = {"error": type(error).__name__, "detail": error.detail}
        return {"memory_id": id, "status": "FAILED", **told}
    return {"memory_id": id, "status": "SUCCEEDED", "error": None, "detail": None}
