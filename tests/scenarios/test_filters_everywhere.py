"""A filter means the same to search, list, export and delete_all: what the evaluator says."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from contract.test_filters_agree import IDS, PATHS, TEXTS, some_filter, some_json
from scenarios.conftest import Build
from world import ORG, World

from lamella import filters
from lamella.models import Record
from lamella.requests import ExportPageRequest, ExportRequest

NOBODY_ELSE = {"user_id": "alex"}


def lived(world: World, dice: Random) -> None:
    """Ten memories of Alex's, and one of another's that matches as much."""
    for number in range(11):
        world.remember(
            f"common {number} {dice.choice(TEXTS)}",
            user_id="alex" if number < 10 else "bob",
            agent_id=dice.choice([None, *IDS[:3]]),
            app_id=dice.choice([None, *IDS[:3]]),
            session_id=dice.choice([None, "b#b%"]),
            immutable=dice.choice([True, False]),
            metadata={dice.choice(PATHS): some_json(dice, 2) for _ in range(dice.randrange(3))}
            | {"layer": "user"},
        )


def of_alex(world: World) -> list[Record]:
    return world.service.govern._memories.of_owner(ORG, "u:alex", world.clock())


def exported(world: World, where: dict[str, Any]) -> set[str]:
    govern = world.service.govern
    id = govern.create_export(ORG, ExportRequest.parse({"filters": where}))["id"]
    return ids(govern.export(ORG, id, ExportPageRequest.parse({}))["results"])


def ids(results: list[dict[str, Any]]) -> set[str]:
    return {one["id"] for one in results}


@pytest.mark.parametrize("seed", range(6))
def test_a_filter_means_the_same_to_every_call(build: Build, seed: int) -> None:
    dice, world = Random(seed), build()
    lived(world, dice)
    world.settle()
    for raw in [some_filter(dice) for _ in range(6)]:
        where = {"AND": [NOBODY_ELSE, raw]}
        tree = filters.parse(where)
        matching = {one.id for one in of_alex(world) if filters.matches(tree, one)}
        assert ids(world.list(filters=where)) == matching, raw
        assert exported(world, where) == matching, raw
        asked = {"threshold": 0, "top_k": 100}
        assert ids(world.search("common", filters=where, **asked)["results"]) == matching, raw
    before = {one.id for one in of_alex(world)}
    assert world.delete_all(filters=where)["deleted"] == len(matching), raw
    assert {one.id for one in of_alex(world)} == before - matching, raw
    assert len(world.list(user_id="bob")) == 1
