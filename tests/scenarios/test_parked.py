"""Work that can't be done is set aside: it stops nothing else, is seen, and can be tried again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from world import ORG, World

from lamella.engines.rules import Rules
from lamella.errors import Invalid, NotFound
from lamella.guidance import NOTHING_ASKED, Guidance
from lamella.models import Fact, Turn
from lamella.requests import RedriveRequest
from lamella.results import Wire

ALEX = {"user_id": "alex"}


class Choking(Rules):
    """An extractor that can't read some words, until it is mended."""

    def __init__(self) -> None:
        self.mended = False

    def extract(
        self,
        turns: Sequence[Turn],
        earlier: Sequence[Turn] = (),
        org: str = "",
        guidance: Guidance = NOTHING_ASKED,
    ) -> list[Fact]:
        if not self.mended and any("poison" in turn.text for turn in turns):
            raise ValueError("these words can't be read")
        return super().extract(turns, earlier, org, guidance)


@pytest.fixture
def extractor() -> Choking:
    return Choking()


@pytest.fixture
def world(build, extractor: Choking) -> World:
    return build(extractor=extractor)


def parked(world: World) -> list[Wire]:
    return list(world.service.govern.parked(ORG)["results"])


def redrive(world: World, **asked: object) -> Wire:
    return world.service.govern.redrive(ORG, RedriveRequest.parse(asked))


def swallow(world: World, text: str = "I like poison ivy.") -> str:
    """Capture what can't be read, and let promotion fail on it until it gives up."""
    event = str(world.add(text, **ALEX)["event_id"])
    for _ in range(6):
        world.recover()
    return event


def test_it_is_set_aside_and_told_without_its_text(world: World) -> None:
    event = swallow(world)
    [told] = parked(world)
    assert (told["owner"], told["work"], told["event_id"]) == ("alex", "call", event)
    assert told["reason"] == "ValueError"
    assert "ivy" not in str(told)
    assert world.event(event)["status"] == "FAILED"
    assert world.due() == []


def test_it_stops_nobody_and_stays_in_sight(world: World) -> None:
    swallow(world)
    world.add("I live in Oslo.", **ALEX)
    world.recover()
    assert [one["memory"] for one in world.list(**ALEX)] == ["I live in Oslo."]
    found = world.search("Which plants?", **ALEX)["results"]
    assert "I like poison ivy." in [one["memory"] for one in found]


def test_once_mended_it_becomes_a_memory(world: World, extractor: Choking) -> None:
    event = swallow(world)
    extractor.mended = True
    assert redrive(world, ids=[parked(world)[0]["id"]])["redriven"] == 1
    assert world.event(event)["status"] == "PENDING"
    world.deliver()
    assert [one["memory"] for one in world.list(**ALEX)] == ["I like poison ivy."]
    assert world.event(event)["status"] == "SUCCEEDED"
    assert parked(world) == []


def test_sent_again_before_it_is_mended_it_is_set_aside_again(world: World) -> None:
    swallow(world)
    redrive(world, all=True)
    assert parked(world) == []
    for _ in range(6):
        world.recover()
    assert len(parked(world)) == 1


def test_another_organization_neither_sees_nor_sends_it(world: World) -> None:
    swallow(world)
    assert world.service.govern.parked("globex") == {"results": [], "more": False}
    everything = RedriveRequest(all=True)
    assert world.service.govern.redrive("globex", everything)["redriven"] == 0
    assert len(parked(world)) == 1


def test_an_unknown_id_changes_nothing(world: World) -> None:
    swallow(world)
    known = parked(world)[0]["id"]
    with pytest.raises(NotFound, match="nope"):
        redrive(world, ids=[known, "nope"])
    assert len(parked(world)) == 1


@pytest.mark.parametrize("asked", [{}, {"ids": []}, {"ids": ["a"], "all": True}, {"all": False}])
def test_which_ones_must_be_said(world: World, asked: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="which"):
        redrive(world, **asked)


def test_forgetting_reaches_what_was_set_aside(world: World) -> None:
    swallow(world)
    world.forget(**ALEX)
    assert parked(world) == []
    assert world.of_owner("u:alex", "~1#") == []
