"""Many changes in one call, each with its own outcome: one that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from lamella.errors import LamellaError
from lamella.results import Wire


def carried_out(
    done: str, ids: Sequence[str], step: Callable[[int, str], object], workers: Executor
) -> Wire:
    """`step(place, id)` for each id. `results` tell what became of each, in their order.

    Memories are changed side by side, but one that is named twice in the order it is named.
    """
    places: dict[str, list[int]] = {}
    for place, id in enumerate(ids):
        places.setdefault(id, []).append(place)

    def carried(id: str) -> list[tuple[int, Wire]]:
        return [(place, _outcome(place, id, step)) for place in places[id]]

    outcomes = dict(told for several in workers.map(carried, places) for told in several)
    results = [outcomes[place] for place in range(len(ids))]
    count = sum(result["status"] == "SUCCEEDED" for result in results)
    return {"message": f"Successfully {done} {count} memories", done: count, "results": results}


def _outcome(place: int, id: str, step: Callable[[int, str], object]) -> Wire:
    try:
        step(place, id)
    except LamellaError as error:
        told = {"error": type(error).__name__, "detail": error.detail}
        return {"memory_id": id, "status": "FAILED", **told}
    return {"memory_id": id, "status": "SUCCEEDED", "error": None, "detail": None}
