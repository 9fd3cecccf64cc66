"""Promise 7: nothing enters the user or org layer without passing policy; secrets enter nothing."""

from __future__ import annotations

from typing import Any

import pytest
from scenarios.callers import Caller
from scenarios.dumps import everything
from scenarios.gates import GatedIndex, GatedTable
from world import ORG, World

from lamella.clock import iso
from lamella.errors import Forbidden, Invalid
from lamella.requests import OrgAddRequest
from lamella.settings import Settings

ALEX = {"user_id": "alex"}
TRIP = {"user_id": "alex", "session_id": "trip"}

AWS_KEY = "AKIA" + "IOSFODNN7EXAMPLQ"
PASSWORD = "hunter2-rosebud"
CARD = "4111 1111 1111 1111"
TOKEN = "ghp_" + "a1B2c3D4e5F6a1B2c3D4e5F6a1B2c3D4e5F6"
SECRETS = (AWS_KEY, PASSWORD, CARD, TOKEN)


def assert_no_secret(world: World) -> None:
    held = everything(world)
    assert [secret for secret in SECRETS if secret in held] == []


# --- secrets ------------------------------------------------------------------------------


@pytest.mark.parametrize("infer", [True, False])
def test_secrets_are_dropped_before_any_layer(world: World, infer: bool) -> None:
    said = [
        f"I like Oslo. My password is {PASSWORD}.",
        {"role": "user", "content": f"Use {AWS_KEY} and pay with {CARD}.", "name": TOKEN},
        {"role": "assistant", "content": [{"type": "text", "text": f"Noted: {TOKEN}"}]},
        {"role": "tool", "name": "vault", "content": f"token={TOKEN}"},
    ]
    answer = world.add(
        said,
        infer=infer,
        metadata={"note": f"key {AWS_KEY}", "deep": [{"pay": CARD}], TOKEN: "x"},
        working={"vault": {"token": TOKEN}, AWS_KEY: 1},
        attention=f"log in with {TOKEN}",
        **TRIP,
    )
    assert {"password", "AWS key", "card number", "GitHub token"} <= set(answer["dropped"])
    assert_no_secret(world)
    world.close_session(**TRIP)
    world.flush()
    assert_no_secret(world)
    assert "Oslo" in everything(world)


def test_a_key_of_metadata_tells_what_its_value_is(world: World) -> None:
    fields = {"password": PASSWORD, "nested": {"api_key": "zq81-Lk27-pp"}, "pin": 4711, "room": 12}
    answer = world.add("I like Oslo.", metadata=fields, working={"password": PASSWORD}, **TRIP)
    assert answer["dropped"]
    held = everything(world)
    assert not [word for word in (PASSWORD, "zq81-Lk27-pp", "4711") if word in held]
    assert world.session(**TRIP)["turns"][0]["memory"] == "I like Oslo."


def test_working_items_and_attention_set_alone_lose_their_secrets(world: World) -> None:
    assert world.working("login", {"note": f"key {AWS_KEY}"}, **TRIP)["dropped"] == ["AWS key"]
    assert world.working(f"key {AWS_KEY}", 1, **TRIP)["dropped"] == ["AWS key"]
    assert world.attention(f"pay with {CARD}", **TRIP)["dropped"] == ["card number"]
    assert_no_secret(world)


def test_corrections_and_org_memories_lose_their_secrets(world: World) -> None:
    id = world.remember("I like Oslo.", **ALEX)
    world.update(id, text=f"I like {AWS_KEY}.", metadata={"pay": f"with {CARD}"})
    stated = {
        "text": f"The vault opens with {TOKEN}.",
        "owner": f"ops {AWS_KEY}",
        "categories": [f"token {TOKEN}"],
        "metadata": {"pay": CARD},
    }
    world.service.govern.org_add(ORG, OrgAddRequest.parse(stated))
    world.flush()
    assert_no_secret(world)


def test_what_was_nothing_but_a_secret_leaves_its_place_marked(world: World) -> None:
    world.add(AWS_KEY, **TRIP)
    [turn] = world.session(**TRIP)["turns"]
    assert turn["memory"] == "[AWS key removed]"


# --- personal data ------------------------------------------------------------------------

MAIL, PHONE = "alex.prior@example.org", "+44 20 7946 0958"
ADDRESS = "221 Baker Street"


def of_layer(world: World, layer: str, **ids: Any) -> str:
    return " ".join(m["memory"] for m in world.list(layers=[layer], **ids))


@pytest.mark.parametrize("infer", [True, False])
def test_personal_data_is_redacted_in_the_user_layer(world: World, infer: bool) -> None:
    said = [f"I live at {ADDRESS} and prefer mail to {MAIL} over calls to {PHONE}."]
    world.add(said, infer=infer, **ALEX)
    world.flush(**ALEX)
    memories = world.list(layers=["user"], **ALEX)
    assert memories
    told = str(memories)
    assert "[email]" in told
    assert not [word for word in (MAIL, PHONE, "Baker") if word in told]


def test_what_stands_beside_the_text_is_redacted_too(world: World) -> None:
    said = {"role": "user", "name": MAIL, "content": f"My sister Mara lives at {ADDRESS}."}
    world.add([said], **ALEX)
    world.add([{**said, "content": f"My brother Tom's email is {MAIL}."}], **ALEX)
    world.flush(**ALEX)
    world.service.sweep.run(overdue=0)
    world.settle()
    world.add("bye", user_id="alex", session_id="late")
    memories = world.of_owner("u:alex")
    lasting = [str(i.body) for i in memories if i.key.sk.startswith(("M#", "E#", "G#", "L#"))]
    assert lasting
    assert not [body for body in lasting if MAIL in body or "Baker" in body]


def test_the_session_keeps_personal_data_as_it_was_said(world: World) -> None:
    text = f"The courier of today is at {PHONE}."
    world.add(text, metadata={"layer": "session"}, **TRIP)
    world.flush(**ALEX)
    shown = world.session(**TRIP)
    assert [turn["memory"] for turn in shown["turns"]] == [text]
    assert [note["memory"] for note in shown["notes"]] == [text]


def test_personal_data_is_redacted_in_the_org_layer_and_in_corrections(world: World) -> None:
    stated = {"text": f"Write to {MAIL}.", "owner": "ops"}
    memory = world.service.govern.org_add(ORG, OrgAddRequest.parse(stated))
    assert memory["memory"] == "Write to [email]."
    id = world.remember("I like Oslo.", **ALEX)
    assert world.update(id, text=f"Write to {MAIL}.")["memory"] == "Write to [email]."


def test_an_episode_is_redacted(world: World) -> None:
    world.add(f"This time I need mail to {MAIL} once the hotel in Oslo is booked.", **TRIP)
    world.close_session(**TRIP)
    world.flush(**ALEX)
    episodes = world.list(kinds=["episodic"], **ALEX)
    assert episodes
    assert MAIL not in str(episodes)


# --- consent ------------------------------------------------------------------------------


@pytest.fixture
def careful(build: Any) -> World:
    return build(settings=Settings(settle=0, consent="required"))


def test_before_consent_nothing_reaches_the_user_layer(careful: World) -> None:
    careful.add("I prefer boutique hotels.", **TRIP)
    event = careful.add("I live in Oslo.", **ALEX)["event_id"]
    careful.flush(**ALEX)
    assert careful.list(layers=["user"], **ALEX) == []
    assert of_layer(careful, "session", **ALEX) == "I prefer boutique hotels."
    [result] = careful.event(event)["results"]
    assert (result["event"], result["reason"]) == ("NONE", "consent")
    careful.close_session(**TRIP)
    careful.flush(**ALEX)
    assert careful.list(**ALEX) == []


def test_before_consent_a_verbatim_memory_is_refused_and_a_note_is_not(careful: World) -> None:
    with pytest.raises(Forbidden, match="consent"):
        careful.remember("I live in Oslo.", **ALEX)
    with pytest.raises(Forbidden, match="consent"):
        careful.remember("I live in Oslo.", metadata={"layer": "user"}, **TRIP)
    careful.remember("I live in Oslo.", **TRIP)
    assert of_layer(careful, "session", **ALEX) == "I live in Oslo."
    assert careful.list(layers=["user"], **ALEX) == []


def test_with_consent_it_does(careful: World) -> None:
    careful.agree(**ALEX)
    careful.add("I prefer boutique hotels.", **TRIP)
    careful.flush(**ALEX)
    careful.remember("I live in Oslo.", **ALEX)
    assert of_layer(careful, "user", **ALEX) == "I live in Oslo. I prefer boutique hotels."


def test_consent_taken_back_stops_what_is_still_on_its_way(careful: World) -> None:
    careful.agree(**ALEX)
    careful.add("I prefer boutique hotels.", **ALEX)
    careful.agree(False, **ALEX)
    careful.flush(**ALEX)
    assert careful.list(**ALEX) == []
    assert careful.due() == []


def test_consent_taken_back_stops_a_plan_too(build: Any) -> None:
    behind = build()
    settings = Settings(settle=0, consent="required")
    world = World(GatedTable(behind.table), GatedIndex(behind.index), settings=settings)
    world.agree(**ALEX)
    world.add("I prefer boutique hotels.", **ALEX)
    assert isinstance(world.table, GatedTable)
    world.table.closed_to = ("M#",)
    world.flush(**ALEX)
    world.table.closed_to = ()
    assert world.of_owner("u:alex", "PLAN#")
    world.agree(False, **ALEX)
    world.recover()
    assert world.list(**ALEX) == []
    assert world.of_owner("u:alex", "PLAN#") == []
    assert world.due() == []


def test_where_consent_is_assumed_a_no_is_a_no(world: World) -> None:
    world.agree(False, **ALEX)
    world.add("I prefer boutique hotels.", **ALEX)
    world.flush(**ALEX)
    with pytest.raises(Forbidden, match="consent"):
        world.remember("I live in Oslo.", **ALEX)
    assert world.list(**ALEX) == []
    world.agree(True, **ALEX)
    world.remember("I live in Oslo.", **ALEX)
    assert of_layer(world, "user", **ALEX) == "I live in Oslo."


def test_what_is_remembered_stays_when_consent_is_taken_back_until_it_is_forgotten(
    careful: World,
) -> None:
    careful.agree(**ALEX)
    careful.remember("I live in Oslo.", **ALEX)
    careful.agree(False, **ALEX)
    assert of_layer(careful, "user", **ALEX) == "I live in Oslo."
    careful.forget(**ALEX)
    assert careful.list(**ALEX) == []
    assert not careful.consent(**ALEX)["remembered"]


def test_consent_tells_who_said_what_when_and_how_it_is_known(careful: World) -> None:
    silent = careful.consent(**ALEX)
    assert (silent["remembered"], silent["answers"]) == (False, [])
    first = careful.clock.now
    careful.agree(True, f"form 12, signed with {TOKEN}", **ALEX)
    careful.clock.advance(60_000)
    told = careful.agree(False, **ALEX)
    assert told == careful.consent(**ALEX)
    assert told["remembered"] is False
    assert [(one["granted"], one["by"]) for one in told["answers"]] == [(False, "k1"), (True, "k1")]
    assert told["answers"][1]["at"] == iso(first)
    assert told["answers"][1]["evidence"].startswith("form 12")
    assert TOKEN not in str(told)


def test_consent_remembers_its_last_twenty_answers(careful: World) -> None:
    for place in range(25):
        careful.clock.advance(1)
        careful.agree(place % 2 == 0, f"call {place}", **ALEX)
    answers = careful.consent(**ALEX)["answers"]
    assert [one["evidence"] for one in answers] == [f"call {n}" for n in range(24, 3, -1)]


# --- provenance ---------------------------------------------------------------------------


def test_every_memory_tells_the_turns_it_came_from(world: World) -> None:
    events = [
        world.add(["I prefer boutique hotels.", "I live in Oslo."], **TRIP)["event_id"],
        world.add("I am allergic to peanuts.", infer=False, **ALEX)["event_id"],
        world.add(["hm", "The room of today is nine."], metadata={"layer": "session"}, **TRIP)[
            "event_id"
        ],
    ]
    world.flush(**ALEX)
    memories = world.list(**ALEX)
    sources = {memory["memory"]: memory["sources"] for memory in memories}
    assert sources["I prefer boutique hotels."] == [f"{events[0]}-0"]
    assert sources["I live in Oslo."] == [f"{events[0]}-1"]
    assert sources["I am allergic to peanuts."] == [f"{events[1]}-0"]
    assert sources["The room of today is nine."] == [f"{events[2]}-1"]
    world.close_session(**TRIP)
    world.flush(**ALEX)
    for episode in world.list(kinds=["episodic"], **ALEX):
        assert set(episode["sources"]) <= {f"{events[0]}-0", f"{events[0]}-1"}
        assert episode["sources"]


# --- the org layer ------------------------------------------------------------------------


def test_the_org_layer_is_written_by_its_own_path_only(world: World) -> None:
    for infer in (True, False):
        with pytest.raises(Invalid, match="/v1/org/memories/"):
            world.add("We sell fish.", infer=infer, metadata={"layer": "org"}, **ALEX)
    assert "We sell fish" not in everything(world)


@pytest.mark.parametrize("layer", ["conversation", "team", "", 3, None, ["user"], {"a": 1}])
def test_an_unknown_layer_is_refused(world: World, layer: Any) -> None:
    if layer is None:
        assert world.add("I like fish.", metadata={"layer": layer}, **ALEX)["status"] == "PENDING"
        return
    with pytest.raises(Invalid, match=r"metadata\.layer"):
        world.add("I like fish.", metadata={"layer": layer}, **ALEX)


def test_org_writes_need_their_scope(world: World) -> None:
    writer = Caller(world, ORG, ("read", "write", "govern"))
    steward = Caller(world, ORG, ("read", "org:write"))
    stated = {"text": "Checkout is at eleven.", "owner": "ops"}
    assert writer.call("POST", "/v1/org/memories/", stated).status == 403
    id = steward.call("POST", "/v1/org/memories/", stated).body["id"]
    for method in ("PUT", "DELETE"):
        assert writer.call(method, f"/v1/org/memories/{id}/", {"text": "At ten."}).status == 403
        body = {"text": "At ten."} if method == "PUT" else None
        answer = writer.call(method, f"/v1/memories/{id}/", body)
        assert answer.status == 403
        assert f"/v1/org/memories/{id}/" in answer.body["detail"]
    assert writer.call("POST", f"/v1/memories/{id}/restore/").status == 403
    assert writer.call("GET", f"/v1/memories/{id}/").body["memory"] == "Checkout is at eleven."
    assert steward.call("DELETE", f"/v1/org/memories/{id}/").status == 200
    assert writer.call("POST", f"/v1/org/memories/{id}/restore/").status == 403
    assert steward.call("POST", f"/v1/org/memories/{id}/restore/").status == 200
    found = world.search("checkout", threshold=0, **ALEX)["results"]
    assert [hit["memory"] for hit in found] == ["Checkout is at eleven."]


def test_every_org_memory_has_an_owner_and_a_review_date(world: World) -> None:
    steward = Caller(world, ORG)
    nobody = steward.call("POST", "/v1/org/memories/", {"text": "Checkout is at eleven."})
    assert nobody.status == 400
    assert "owner" in nobody.body["detail"]
    stated = {"text": "Checkout is at eleven.", "owner": "ops"}
    memory = steward.call("POST", "/v1/org/memories/", stated).body
    assert memory["owner"] == "ops"
    assert memory["review_by"] > memory["created_at"]
    assert memory["review_due"] is False
    world.clock.advance(181 * 24 * 60 * 60 * 1000)
    assert steward.call("GET", f"/v1/memories/{memory['id']}/").body["review_due"] is True


def test_an_org_memory_may_be_for_some_agents_only(world: World) -> None:
    stated = {"text": "Discounts end at ten percent.", "owner": "ops", "audience": ["sales"]}
    world.service.govern.org_add(ORG, OrgAddRequest.parse(stated))
    asked = {"query": "discounts", "threshold": 0}
    assert world.search(**asked, **ALEX)["results"] == []
    assert world.search(**asked, agent_id="support", **ALEX)["results"] == []
    assert len(world.search(**asked, agent_id="sales", **ALEX)["results"]) == 1
