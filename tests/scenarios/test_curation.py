"""The clients' calls that go on until there is no more: `export` and `reset`."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from world import ORG, World

from lamella import AsyncMemory, Memory
from lamella.access import ALL_SCOPES
from lamella.api import Api
from lamella.client import InProcess, InThread
from lamella.client.walking import Everybody
from lamella.errors import Conflict
from lamella.models import Principal


def inside(world: World) -> InProcess:
    return InProcess(Api(world.service), Principal(ORG, ALL_SCOPES))


def filled(world: World) -> None:
    for n in range(3):
        world.remember(f"Fact {n}.", user_id=f"user-{n}", agent_id="helper")
    world.remember("Be brief.", agent_id="helper")
    world.remember("Only here.", session_id="alone")


def test_an_export_is_walked_to_its_end(world: World) -> None:
    filled(world)
    world.settle()
    with Memory(transport=inside(world)) as memory:
        lines = list(memory.export(user_id="user-1"))
        assert [one["memory"] for one in lines if one["type"] == "memory"] == ["Fact 1."]
        rows = list(memory.export(filters={"agent_id": "helper"}))
        assert len(rows) == 4

    async def awaited() -> list[dict[str, Any]]:
        memory = AsyncMemory(transport=InThread(lambda: inside(world)))
        return [line async for line in memory.export(user_id="user-1")]

    assert asyncio.run(awaited()) == lines


@pytest.mark.parametrize("client", [Memory, AsyncMemory])
def test_a_reset_deletes_everybody_and_leaves_what_the_organization_states(
    world: World, client: type
) -> None:
    filled(world)
    memory = Memory(transport=inside(world))
    memory.org_add("Refunds take five days.", owner="support")
    if client is Memory:
        told = memory.reset()
    else:
        told = asyncio.run(AsyncMemory(transport=InThread(lambda: inside(world))).reset())
    assert told["deleted"] == 5
    assert memory.users()["results"] == []
    assert world.list(filters={"OR": [{"user_id": "*"}, {"agent_id": "*"}]}) == []
    assert memory.org_list()["count"] == 1


def test_a_reset_that_never_gets_done_says_who_keeps_it_from_it() -> None:
    everybody = Everybody()
    page = {"results": [{"type": "user", "name": "alex"}]}
    assert everybody.of(page) == [("user", "alex")]
    with pytest.raises(Conflict, match="user alex"):
        everybody.of(page)
