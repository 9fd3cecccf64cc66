"""Memories come from elsewhere with all they had, once, and by the rules of this house."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from scenarios.conftest import Build
from world import AT_ONCE, ORG, World

from lamella import keys
from lamella.clock import iso
from lamella.errors import Invalid, NotFound
from lamella.ports import Item, Query
from lamella.requests import ImportRequest
from lamella.settings import Settings

CREATED, UPDATED = "2024-07-25T23:57:00.108-07:00", "2025-01-02T03:04:05Z"
HOTELS: dict[str, Any] = {
    "id": "892db2ae-06d9-49e5-8b3e-585ef9b85b8e",
    "memory": "I prefer boutique hotels in Lisbon.",
    "user_id": "alex",
    "metadata": {"tier": "gold"},
    "categories": ["travel"],
    "created_at": CREATED,
    "updated_at": UPDATED,
    "history": [
        {
            "id": "h2",
            "event": "UPDATE",
            "old_memory": "I prefer hotels.",
            "new_memory": "I prefer boutique hotels in Lisbon.",
            "created_at": UPDATED,
        },
        {"id": "h1", "event": "ADD", "new_memory": "I prefer hotels.", "created_at": CREATED},
    ],
}


def directory(world: World) -> list[Item]:
    """Everyone who is listed as having memories."""
    pages = world.table.read([Query(pk) for pk in keys.directory_pks(ORG)])
    return [item for page in pages for item in page.items]


def imported(world: World, *memories: dict[str, Any]) -> list[dict[str, Any]]:
    asked = ImportRequest.parse({"memories": list(memories)})
    return list(world.service.govern.take_over(ORG, asked)["results"])


def reasons(world: World, *memories: dict[str, Any]) -> list[str | None]:
    return [one.get("reason") for one in imported(world, *memories)]


def test_an_imported_memory_has_its_id_times_metadata_and_history(world: World) -> None:
    assert imported(world, HOTELS) == [{"id": HOTELS["id"], "event": "ADD", "layer": "user"}]
    [memory] = world.list(user_id="alex")
    assert memory["id"] == HOTELS["id"]
    assert (memory["memory"], memory["metadata"]) == (HOTELS["memory"], HOTELS["metadata"])
    assert memory["created_at"] == memory["timestamp"] == "2024-07-26T06:57:00.108Z"
    assert (memory["updated_at"], memory["categories"]) == ("2025-01-02T03:04:05.000Z", ["travel"])
    told = [
        (one["id"], one["event"], one["old_memory"], one["created_at"], one["user_id"])
        for one in world.history(HOTELS["id"])
    ]
    assert told == [
        ("h1", "ADD", None, "2024-07-26T06:57:00.108Z", "alex"),
        ("h2", "UPDATE", "I prefer hotels.", "2025-01-02T03:04:05.000Z", "alex"),
    ]


def test_it_is_found_at_once_and_after_promotion(world: World) -> None:
    imported(world, HOTELS)
    for _ in range(2):
        [hit] = world.search("boutique hotels", user_id="alex")["results"]
        assert hit["id"] == HOTELS["id"]
        world.settle()


def test_the_same_import_again_changes_nothing(world: World) -> None:
    imported(world, HOTELS)
    world.update(HOTELS["id"], text="I prefer small hotels in Porto.")
    before = world.list(user_id="alex"), world.history(HOTELS["id"])
    assert reasons(world, HOTELS) == ["known"]
    assert (world.list(user_id="alex"), world.history(HOTELS["id"])) == before
    world.delete(HOTELS["id"])
    assert reasons(world, HOTELS) == ["known"]
    assert world.list(user_id="alex") == []
    assert world.restore(HOTELS["id"])["memory"] == "I prefer small hotels in Porto."


def test_a_content_and_an_id_are_given_once(world: World) -> None:
    held = world.remember("I live in Oslo.", user_id="ann")
    own, doubled = {"id": "m1", "memory": "I live in oslo", "user_id": "ann"}, HOTELS | {"id": "m2"}
    results = imported(world, own, HOTELS, doubled, HOTELS | {"user_id": "eve"}, HOTELS)
    assert [one.get("reason") for one in results] == [
        "duplicate",
        None,
        "duplicate",
        "taken",
        "known",
    ]
    assert (results[0]["holder"], results[2]["holder"]) == (held, HOTELS["id"])
    assert world.list(user_id="eve") == []


def test_a_content_whose_holder_has_gone_is_free_again(world: World) -> None:
    note = {"user_id": "ann", "session_id": "trip", "metadata": {"layer": "session"}}
    world.remember("I sit at the window.", **note)
    world.close_session(promote=False, user_id="ann", session_id="trip")
    arriving = {"id": "m1", "memory": "I sit at the window.", "user_id": "ann"}
    assert reasons(world, arriving | {"session_id": "trip", "layer": "session"}) == [None]
    [listed] = world.list(user_id="ann", session_id="trip")
    assert (listed["layer"], listed["kind"]) == ("session", "note")


def test_agents_may_say_the_same_of_one_user(world: World) -> None:
    plain = {"memory": "I like tea.", "user_id": "ann"}
    assert reasons(world, plain | {"id": "1"}, plain | {"id": "2", "agent_id": "chef"}) == [
        None,
        None,
    ]


def test_what_may_not_come_in_is_told_with_its_reason(world: World) -> None:
    now = world.clock()
    plain = {"memory": "I like tea.", "user_id": "ann"}
    told = imported(
        world,
        plain,
        plain | {"id": "x" * 300},
        plain | {"id": "1", "memory": " "},
        {"id": "2", "memory": "Nobody's."},
        plain | {"id": "3", "created_at": iso(now + 3_600_000)},
        plain | {"id": "4", "colour": "red"},
        plain | {"id": "5", "expiration_date": "2020-01-01"},
        plain | {"id": "6", "memory": "My password is hunter2-Blue!"},
        plain | {"id": "7", "history": "none"},
        plain | {"id": "8", "metadata": {"k": "x" * 9_000}},
    )
    assert [one["reason"] for one in told] == [
        *["invalid"] * 6,
        "expired",
        "secret",
        *["invalid"] * 2,
    ]
    assert "hunter2" not in str(told)
    assert world.list(user_id="ann") == []


def test_secrets_leave_what_stands_beside_the_text_and_its_history(world: World) -> None:
    was = {"id": "h", "event": "ADD", "new_memory": "My password is hunter2-Blue!"}
    beside = {"metadata": {"password": "hunter2-Blue!"}, "history": [was | {"created_at": CREATED}]}
    [told] = imported(world, {"id": "m", "memory": "I like tea.", "user_id": "ann"} | beside)
    assert (told["event"], told["dropped"]) == ("ADD", ["password"])
    assert "hunter2" not in str(world.list(user_id="ann")) + str(world.history("m"))


def test_personal_data_stays_in_the_session(world: World) -> None:
    mail = {"memory": "Write to ann@example.com please.", "user_id": "ann", "session_id": "trip"}
    imported(world, mail | {"id": "1"}, mail | {"id": "2", "layer": "session"})
    texts = {one["id"]: one["memory"] for one in world.list(user_id="ann", session_id="trip")}
    assert texts == {"1": "Write to [email] please.", "2": mail["memory"]}


def test_what_was_forgotten_does_not_come_back(world: World) -> None:
    imported(world, HOTELS)
    world.forget(user_id="alex")
    assert reasons(world, HOTELS) == ["forgotten"]
    assert not any("alex" in str(item.body) for item in directory(world))
    later = HOTELS | {"created_at": iso(world.clock.advance(1_000)), "history": None}
    assert reasons(world, later) == [None]


def test_a_history_older_than_a_forgetting_stays_hidden_and_its_memory_stays(world: World) -> None:
    world.remember("I live in Oslo.", user_id="alex")
    world.forget(user_id="alex")
    now = iso(world.clock.advance(1_000))
    assert reasons(world, HOTELS | {"created_at": now, "updated_at": now}) == [None]
    world.settle()
    with pytest.raises(NotFound, match="no history"):
        world.history(HOTELS["id"])
    assert reasons(world, HOTELS | {"created_at": now}) == ["known"]
    assert world.forget(user_id="alex")["receipt"]["erased"]["history entries"] == 2
    assert world.of_owner("u:alex", "E#") == []


def test_kinds_fit_their_layers(world: World) -> None:
    whose = {"user_id": "ann", "session_id": "trip"}
    imported(
        world,
        whose | {"id": "1", "memory": "We met in Rome.", "kind": "episodic"},
        whose | {"id": "2", "memory": "Gate 12.", "kind": "note", "layer": "user"},
        whose | {"id": "3", "memory": "Seat 4.", "kind": "factual", "layer": "session"},
    )
    kinds = {one["id"]: one["kind"] for one in world.list(**whose)}
    assert kinds == {"1": "episodic", "2": "factual", "3": "note"}


def test_a_memory_may_be_as_old_as_time(world: World) -> None:
    imported(world, HOTELS | {"created_at": 0, "updated_at": 0})
    assert world.list(user_id="alex")[0]["updated_at"] == "1970-01-01T00:00:00.000Z"


def test_consent_is_asked_for_where_it_is_required(build: Build) -> None:
    world = build(settings=Settings(settle=0, consent="required"))
    assert reasons(world, HOTELS) == ["consent"]
    world.agree(user_id="alex")
    assert reasons(world, HOTELS) == [None]


def test_an_immutable_and_an_ending_memory_stay_so(world: World) -> None:
    fixed = {"id": "m", "memory": "I like tea.", "user_id": "ann", "immutable": True}
    imported(world, fixed | {"expiration_date": "2999-12-31"})
    [memory] = world.list(user_id="ann")
    assert memory["immutable"]
    assert memory["expiration_date"] == "3000-01-01T00:00:00.000Z"


def test_a_hundred_fit_into_a_call(world: World) -> None:
    many = [{"id": f"m{n}", "memory": f"I own {n} books.", "user_id": "ann"} for n in range(100)]
    assert reasons(world, *many) == [None] * 100
    assert len(world.list(user_id="ann")) == 100
    with pytest.raises(Invalid, match="more than 100"):
        imported(world, *many, HOTELS)


def test_two_imports_at_once_bring_each_memory_in_once(world: World) -> None:
    many = [{"id": f"m{n}", "memory": f"I own {n} books.", "user_id": "ann"} for n in range(30)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: reasons(world, *many), range(4)))
    for outcomes in zip(*answers, strict=True):
        assert sorted(map(str, outcomes)) == ["None", "known", "known", "known"]
    assert len(world.list(user_id="ann")) == 30


def test_a_history_too_long_for_a_commit_is_refused_alone(world: World) -> None:
    entry = {"id": "h", "event": "ADD", "new_memory": "x" * 200_000, "created_at": CREATED}
    heavy = {"id": "m", "memory": "I like tea.", "user_id": "ann", "history": [entry] * 30}
    assert reasons(world, heavy, HOTELS) == ["invalid", None]
    with pytest.raises(NotFound):
        world.history("m")


def test_a_memory_of_a_session_alone_is_its_note(build: Build) -> None:
    world = build(settings=AT_ONCE)
    assert (
        imported(world, {"id": "m", "memory": "Gate 12.", "run_id": "trip"})[0]["layer"]
        == "session"
    )
    assert [one["memory"] for one in world.list(session_id="trip")] == ["Gate 12."]
    world.close_session(promote=False, session_id="trip")
    assert reasons(world, {"id": "m", "memory": "Gate 12.", "run_id": "trip"}) == ["known"]
    assert world.list(session_id="trip") == world.sessions(session_id="trip") == []
