"""The secondary calls: entities, batches, feedback and a project's settings."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import HashingEmbedder, RecordingBus
from scenarios.dumps import everything
from world import ORG, World

from lamella.access import ALL_SCOPES
from lamella.api import Api, Request
from lamella.clock import DAY
from lamella.engines.rules import Rules
from lamella.errors import Invalid, NotFound
from lamella.models import Principal
from lamella.requests import (
    BatchDeleteRequest,
    BatchUpdateRequest,
    EntitiesRequest,
    FeedbackRequest,
    ProjectRequest,
    ProjectUpdateRequest,
)
from lamella.service import Engines, Service

MINE = (ORG, ORG)


def entities(world: World, **fields: Any) -> dict[str, int]:
    """Every entity with its count, page by page."""
    found: dict[str, int] = {}
    for page in range(1, 100):
        asked = EntitiesRequest.parse({"page": page, **fields})
        answer = world.service.govern.entities(ORG, asked)
        found |= {one["id"]: one["total_memories"] for one in answer["results"]}
        if not answer["results"]:
            assert len(found) == answer["count"]
            return found
    raise AssertionError("pages without end")


def set_project(world: World, **settings: Any) -> None:
    world.service.govern.update_project(ORG, MINE, ProjectUpdateRequest.parse(settings))


# --- ping ---------------------------------------------------------------------------------


class Untouchable:
    """A store that nobody may ask anything."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


def test_ping_touches_no_store() -> None:
    nobody: Any = Untouchable()
    service = Service(Engines(nobody, nobody, HashingEmbedder(), Rules(), RecordingBus()))
    answer = Api(service).handle(Request("GET", "/v1/ping/", principal=Principal(ORG, frozenset())))
    assert (answer.status, answer.body["status"]) == (200, "ok")


# --- entities -----------------------------------------------------------------------------


def test_everyone_with_memories_is_listed_once_with_how_many(world: World) -> None:
    for n in range(12):
        world.remember(f"Fact {n}.", user_id=f"user-{n}", agent_id="helper")
    world.remember("Be brief.", agent_id="helper")
    world.remember("Blue is the colour.", app_id="shop")
    world.remember("Only here.", session_id="alone")
    world.settle()
    world.add("I live in Oslo.", user_id="waiting")
    users = {f"user:user-{n}": 1 for n in range(12)}
    others = {"agent:helper": 13, "app:shop": 1, "run:alone": 1, "user:waiting": 0}
    assert entities(world, page_size=5) == users | others


NAMES = {"user": "user_id", "agent": "agent_id", "app": "app_id", "run": "run_id"}


def test_an_entity_has_as_many_memories_as_its_list(world: World) -> None:
    trip = {"user_id": "alex", "session_id": "trip"}
    world.remember("I prefer window seats.", metadata={"layer": "user"}, **trip)
    world.remember("The code is blue.", metadata={"layer": "session"}, **trip)
    note = {"metadata": {"layer": "session"}, "session_id": "trip"}
    world.remember("The code is red.", user_id="bob", agent_id="guide", **note)
    world.remember("I live in Oslo.", user_id="bob", metadata={"layer": "user"}, session_id="old")
    world.remember("Be brief.", agent_id="helper", app_id="shop")
    world.remember("Only here.", session_id="alone")
    gone = world.remember("I sold a boat.", user_id="kim", expiration_date="1d")
    world.settle()
    found = entities(world)
    assert found == {
        **{"user:alex": 2, "user:bob": 2, "user:kim": 1, "agent:guide": 0, "agent:helper": 1},
        **{"app:shop": 1, "run:trip": 3, "run:old": 1, "run:alone": 1},
    }
    for id, count in found.items():
        type, _, name = id.partition(":")
        assert len(world.list(filters={NAMES[type]: name})) == count, id
    world.delete(gone)
    world.settle()
    assert entities(world)["user:kim"] == 0


def test_a_run_stays_listed_as_long_as_something_of_it_does(world: World) -> None:
    trip = {"user_id": "alex", "session_id": "trip"}
    world.remember("I prefer window seats.", metadata={"layer": "user"}, **trip)
    note = {"metadata": {"layer": "session"}, "session_id": "brief"}
    world.remember("The code is blue.", user_id="alex", **note)
    assert entities(world)["run:brief"] == 1
    world.settle()
    world.clock.advance(DAY)
    assert entities(world)["run:brief"] == 0
    world.clock.advance(7 * DAY)
    world.table.tidy(world.clock.now)
    assert entities(world) == {"user:alex": 1, "run:trip": 1}
    assert len(world.list(filters={"run_id": "trip"})) == 1
    [hit] = world.search("window seats", filters={"run_id": "trip"})["results"]
    assert hit["layer"] == "user"
    assert world.delete_all(session_id="trip")["deleted"] == 1


def test_whoever_is_forgotten_leaves_no_run_in_the_list(world: World) -> None:
    for name in ("alex", "bob"):
        world.remember(f"I am {name}.", user_id=name, session_id="both", metadata={"layer": "user"})
    world.remember("My secret trip.", user_id="alex", session_id="own")
    world.settle()
    world.forget(user_id="alex")
    world.settle()
    assert entities(world) == {"user:bob": 1, "run:both": 1}
    world.service.govern.delete_entity(ORG, "run", "both")
    world.settle()
    assert entities(world) == {"user:bob": 0}


@pytest.mark.parametrize(
    ("type", "ids"),
    [
        ("user", {"user_id": "x/1"}),
        ("agent", {"agent_id": "x/1"}),
        ("app", {"app_id": "x/1"}),
        ("run", {"session_id": "x/1"}),
    ],
)
def test_a_deleted_entity_leaves_nothing_and_no_place_in_the_list(
    world: World, type: str, ids: dict[str, str]
) -> None:
    id = world.remember("Something.", **ids)
    other = world.remember("Something else.", user_id="bob")
    world.settle()
    world.service.govern.delete_entity(ORG, type, "x/1")
    world.settle()
    with pytest.raises(NotFound):
        world.service.govern.get(ORG, id)
    assert world.service.govern.get(ORG, other)["memory"] == "Something else."
    assert entities(world) == {"user:bob": 1}


@pytest.mark.parametrize(("type", "name"), [("user", "*"), ("user", ""), ("robot", "r2")])
def test_an_entity_that_names_nobody_or_everybody_is_refused(
    world: World, type: str, name: str
) -> None:
    world.remember("Something.", user_id="alex")
    with pytest.raises(Invalid):
        world.service.govern.delete_entity(ORG, type, name)
    assert len(world.list(user_id="alex")) == 1


# --- the fields of an answer --------------------------------------------------------------


def test_an_answer_shows_the_fields_that_are_asked_for(world: World) -> None:
    id = world.remember("I like tea.", user_id="alex", metadata={"year": 2026})
    api, whose = Api(world.service), {"user_id": "alex"}
    for path, body in (
        ("/v3/memories/search/", {"query": "tea", "fields": ["memory", "score"], **whose}),
        ("/v1/context/", {"query": "tea", "fields": "memory,score", **whose}),
        ("/v3/memories/", {"fields": ["memory", "score"], **whose}),
    ):
        asked = Request("POST", path, body=body, principal=Principal(ORG, ALL_SCOPES))
        [shown] = api.handle(asked).body["results"]
        assert {**shown, "score": 1} == {"id": id, "memory": "I like tea.", "score": 1}
    strange = {"query": "tea", "fields": ["colour"], **whose}
    asked = Request("POST", "/v3/memories/search/", body=strange, principal=asked.principal)
    assert api.handle(asked).status == 400


# --- deleting by filters ------------------------------------------------------------------


def test_delete_all_takes_every_filter_that_names_whose_memories_it_means(world: World) -> None:
    kept = world.remember("I like tea.", user_id="alex", metadata={"year": 2026})
    world.remember("I like ink.", user_id="alex", metadata={"year": 2020})
    bobs = world.remember("I like rum.", user_id="bob", metadata={"year": 2020})
    world.settle()
    old = {"AND": [{"user_id": "alex"}, {"metadata": {"year": {"lt": 2026}}}]}
    assert world.delete_all(filters=old)["deleted"] == 1
    assert [one["id"] for one in world.list(user_id="alex")] == [kept]
    assert [one["id"] for one in world.list(user_id="bob")] == [bobs]


@pytest.mark.parametrize(
    "filters",
    [
        {"NOT": {"user_id": "bob"}},
        {"OR": [{"user_id": "alex"}, {"user_id": "bob"}]},
        {"user_id": {"ne": "bob"}},
        {"metadata": {"year": {"gt": 1}}},
        {"created_at": {"gt": "2020-01-01"}},
    ],
)
def test_filters_that_name_nobody_for_certain_delete_nothing(
    world: World, filters: dict[str, Any]
) -> None:
    world.remember("I like tea.", user_id="alex", metadata={"year": 2026})
    with pytest.raises(Invalid):
        world.delete_all(filters=filters)
    assert len(world.list(user_id="alex")) == 1


# --- batches ------------------------------------------------------------------------------


def test_a_batch_tells_what_became_of_each_and_one_failure_stops_no_other(world: World) -> None:
    first, second = (world.remember(text, user_id="alex") for text in ("One.", "Two."))
    changes = [
        {"memory_id": first, "text": "Uno.", "metadata": {"lang": "es"}},
        {"memory_id": "nothing", "text": "Nada."},
        {"memory_id": second, "text": "Dos."},
    ]
    updated = world.service.govern.batch_update(
        ORG, BatchUpdateRequest.parse({"memories": changes})
    )
    assert updated["message"] == "Successfully updated 2 memories"
    assert [one["status"] for one in updated["results"]] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    assert updated["results"][1]["error"] == "NotFound"
    assert {one["memory"] for one in world.list(user_id="alex")} == {"Uno.", "Dos."}
    doomed = [{"memory_id": first}, {"memory_id": first}, {"memory_id": second}]
    deleted = world.service.govern.batch_delete(ORG, BatchDeleteRequest.parse({"memories": doomed}))
    assert (deleted["deleted"], world.list(user_id="alex")) == (2, [])


def test_a_thousand_are_changed_each_as_it_is_told_and_twins_in_their_order(world: World) -> None:
    ids: list[str] = []
    for start in range(0, 999, 111):
        said = [f"Fact {start + n}." for n in range(111)]
        added = world.add(said, user_id="alex", infer=False)
        ids += [one["id"] for one in added["results"]]
    changes = [{"memory_id": id, "metadata": {"n": n}} for n, id in enumerate(ids)]
    changes.append({"memory_id": ids[0], "metadata": {"n": -1}})
    told = world.service.govern.batch_update(ORG, BatchUpdateRequest.parse({"memories": changes}))
    assert [one["memory_id"] for one in told["results"]] == [*ids, ids[0]]
    assert told["updated"] == 1_000
    found = {one["id"]: one["metadata"]["n"] for one in world.list(user_id="alex")}
    assert found == {id: n or -1 for n, id in enumerate(ids)}


# --- feedback -----------------------------------------------------------------------------


def feedback(world: World, id: str, **fields: Any) -> dict[str, Any]:
    asked = FeedbackRequest.parse({"memory_id": id, **fields})
    return world.service.govern.feedback(ORG, asked)


def test_feedback_shows_in_get_and_in_an_explained_search_until_taken_back(world: World) -> None:
    id = world.remember("I like tea.", user_id="alex")
    feedback(world, id, feedback="negative", feedback_reason="It is coffee now.")
    told = {"feedback": "NEGATIVE", "feedback_reason": "It is coffee now."}
    assert world.service.govern.get(ORG, id).items() >= told.items()
    [hit] = world.search("tea", user_id="alex", explain=True)["results"]
    assert hit.items() >= told.items()
    [plain] = world.search("tea", user_id="alex")["results"]
    assert "feedback" not in plain
    feedback(world, id, feedback=None)
    assert world.service.govern.get(ORG, id)["feedback"] is None


def test_feedback_holds_no_secret_and_goes_with_its_owner(world: World) -> None:
    id = world.remember("I like tea.", user_id="alex")
    reason = "My mail is alex@example.com"
    feedback(world, id, feedback="POSITIVE", feedback_reason=reason)
    assert "example.com" not in world.service.govern.get(ORG, id)["feedback_reason"]
    world.forget(user_id="alex")
    assert world.of_owner("u:alex", "F#") == []
    with pytest.raises(NotFound):
        feedback(world, id, feedback="POSITIVE")


# --- the project --------------------------------------------------------------------------


def test_promotion_keeps_what_is_included_and_leaves_out_what_is_excluded(world: World) -> None:
    set_project(world, includes="live, work", excludes="hospital")
    said = ["I live in Oslo.", "I work at a hospital.", "I love green tea."]
    event = world.add(said, user_id="alex")["event_id"]
    world.settle()
    assert [one["memory"] for one in world.list(user_id="alex")] == ["I live in Oslo."]
    reasons = [one.get("reason") for one in world.event(event)["results"]]
    assert reasons.count("excluded") == 2
    set_project(world, includes=None, excludes=None)
    world.add("I love black tea.", user_id="alex")
    world.settle()
    assert len(world.list(user_id="alex")) == 2


def test_memories_are_sorted_into_the_projects_categories(world: World) -> None:
    about = [{"home_life": "where somebody lives: Oslo, Bergen"}, {"drinks": "tea and coffee"}]
    set_project(world, custom_categories=about)
    world.add(["I live in Oslo.", "I love green tea."], user_id="alex")
    world.settle()
    sorted_ = {one["memory"]: one["categories"] for one in world.list(user_id="alex")}
    assert sorted_ == {"I live in Oslo.": ["home_life"], "I love green tea.": ["drinks"]}
    assert len(world.list(user_id="alex", categories=["drinks"])) == 1


def test_a_project_shows_what_is_asked_for_and_only_to_its_own(world: World) -> None:
    set_project(world, excludes="hospital")
    asked = ProjectRequest.parse({"fields": ["excludes", "custom_instructions"]})
    shown = world.service.govern.project(ORG, MINE, asked)
    assert shown == {"excludes": "hospital", "custom_instructions": None}
    with pytest.raises(NotFound):
        world.service.govern.project(ORG, ("globex", ORG), asked)
    world.add("I work at a hospital.", user_id="alex")
    world.settle()
    assert world.list(user_id="alex") == []


@pytest.mark.parametrize("name", ["custom_instructions", "agent_custom_instructions"])
def test_instructions_are_refused_where_no_model_would_read_them(world: World, name: str) -> None:
    with pytest.raises(Invalid, match="no model"):
        set_project(world, **{name: "Only keep what matters."})
    set_project(world, **{name: None})


def test_a_call_asks_for_itself_in_place_of_its_project(world: World) -> None:
    set_project(world, includes="live", custom_categories=[{"home": "where somebody lives"}])
    said = ["I live in Oslo.", "I love green tea."]
    drinks = [{"drinks": "tea and coffee"}]
    world.add(said, user_id="alex")
    world.add(said, user_id="bob", includes="tea", custom_categories=drinks)
    world.add(said, user_id="kim", includes="live, tea", excludes="Oslo")
    world.settle()
    kept = {
        name: {one["memory"]: one["categories"] for one in world.list(user_id=name)}
        for name in ("alex", "bob", "kim")
    }
    assert kept == {
        "alex": {"I live in Oslo.": ["home"]},
        "bob": {"I love green tea.": ["drinks"]},
        "kim": {"I love green tea.": []},
    }


def test_calls_of_one_session_that_ask_for_other_things_each_get_theirs(world: World) -> None:
    trip = {"user_id": "alex", "session_id": "trip"}
    world.add("I love green tea.", excludes="tea", **trip)
    world.add("I love black tea.", **trip)
    world.settle()
    assert [one["memory"] for one in world.list(user_id="alex")] == ["I love black tea."]


@pytest.mark.parametrize(
    ("fields", "unfollowed"),
    [
        ({"custom_instructions": "Be brief."}, ["custom_instructions"]),
        ({"includes": "tea", "excludes": "rum"}, []),
        ({"includes": "tea", "infer": False}, ["includes"]),
        ({"includes": None, "custom_instructions": ""}, []),
    ],
)
def test_a_call_is_told_what_nobody_here_follows(
    world: World, fields: dict[str, Any], unfollowed: list[str]
) -> None:
    warnings = world.add("I love tea.", user_id="alex", **fields)["warnings"]
    assert [warning.split()[0] for warning in warnings] == unfollowed


def test_a_secret_in_what_a_call_asks_for_is_kept_nowhere(world: World) -> None:
    secret = "AKIAIOSFODNN7EXAMPLE"
    told = world.add("I love tea.", user_id="alex", excludes=f"the key {secret}")
    assert told["dropped"]
    assert secret not in everything(world)


@pytest.mark.parametrize(
    "settings",
    [
        {"custom_instructions": 3},
        {"decay": True},
        {"multilingual": True},
        {"includes": " , !"},
        {"custom_categories": "travel"},
        {"custom_categories": [{"travel": 3}]},
        {},
    ],
)
def test_settings_that_nothing_could_follow_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        ProjectUpdateRequest.parse(settings)
