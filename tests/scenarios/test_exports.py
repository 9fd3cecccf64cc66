"""Exports: all that is held on somebody, and memories by filters; nothing that is forgotten."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from fakes import FrozenClock
from world import ORG, World

from lamella import keys
from lamella.clock import DAY, HOUR
from lamella.errors import Invalid, NotFound
from lamella.inflight import InFlight
from lamella.portability import TYPES
from lamella.requests import ExportPageRequest, ExportRequest, FeedbackRequest
from lamella.results import MEMORY_FIELDS

Wire = dict[str, Any]
ALEX = {"user_id": "alex"}
TRIP = {"user_id": "alex", "session_id": "trip"}


def asked_for(world: World, **fields: Any) -> str:
    created = world.service.govern.create_export(ORG, ExportRequest.parse(fields))
    assert created["status"] == "PENDING"
    return str(created["id"])


def page(world: World, id: str | None, **fields: Any) -> Wire:
    return world.service.govern.export(ORG, id, ExportPageRequest.parse(fields))


def read(
    world: World, id: str, size: int = 1_000, under: str = "results"
) -> tuple[list[Wire], Wire]:
    """Every line of an export, page by page, and its receipt."""
    lines: list[Wire] = []
    cursor: str | None = None
    while True:
        told = page(world, id, page_size=size, cursor=cursor)
        lines += told[under]
        cursor = told["cursor"]
        if cursor is None:
            return lines, told["receipt"]
        assert told["status"] == "RUNNING"


def lived(world: World) -> dict[str, str]:
    """Alex leaves something in every corner; answers memory ids."""
    world.add("My sister Mara lives in Bergen.", **TRIP)
    world.flush(**ALEX)
    world.add("I live in Oslo.", **ALEX)
    world.flush(**ALEX)
    world.add("I moved to Bergen.", **ALEX)
    world.flush(**ALEX)
    note = world.remember("The code is blue.", metadata={"layer": "session"}, **TRIP)
    kept = world.remember("I keep a cat.", metadata={"of": "cat"}, **ALEX)
    world.update(kept, text="I keep two cats.")
    told = {"memory_id": kept, "feedback": "POSITIVE", "feedback_reason": "still true"}
    world.service.govern.feedback(ORG, FeedbackRequest.parse(told))
    deleted = world.remember("I sold a boat.", **ALEX)
    world.delete(deleted)
    world.working("flights", {"cheapest": 129}, **TRIP)
    world.attention("choosing a flight", **TRIP)
    world.add("Something that nobody has read yet.", **TRIP)
    return {"note": note, "kept": kept, "deleted": deleted}


def of(lines: list[Wire], type: str) -> list[Wire]:
    return [line for line in lines if line["type"] == type]


def test_an_export_of_somebody_holds_every_layer_with_provenance_and_history(world: World) -> None:
    ids = lived(world)
    lines, receipt = read(world, asked_for(world, **ALEX))
    said = {turn["content"] for turn in of(lines, "turn")}
    assert {"My sister Mara lives in Bergen.", "I live in Oslo.", "I moved to Bergen."} <= said
    memories = {one["memory"]: one for one in of(lines, "memory")}
    assert memories["I live in Oslo."]["superseded_by"]
    assert memories["I moved to Bergen."]["sources"]
    assert memories["I keep two cats."]["metadata"] == {"of": "cat"}
    assert [one["id"] for one in of(lines, "note")] == [ids["note"]]
    entries = [(one["memory_id"], one["event"]) for one in of(lines, "history")]
    assert entries.count((ids["kept"], "UPDATE")) == 1
    assert (ids["deleted"], "DELETE") in entries
    assert [one["feedback_reason"] for one in of(lines, "feedback")] == ["still true"]
    assert of(lines, "relation")
    assert [one["value"] for one in of(lines, "working")] == [{"cheapest": 129}]
    assert [one["value"] for one in of(lines, "attention")] == ["choosing a flight"]
    assert [one["session_id"] for one in of(lines, "session")] == ["trip"]
    assert [one["content"] for one in of(lines, "pending")] == [
        "Something that nobody has read yet."
    ]
    assert {line["type"] for line in lines} == TYPES - {"consent"}
    assert receipt["owner"] == "alex"
    assert receipt["lines"] == dict(Counter(line["type"] for line in lines))


def test_an_export_tells_what_somebody_agreed_to_and_what_promotion_gave_up_on(
    world: World,
) -> None:
    world.agree(evidence="form 12", **ALEX)
    world.add("Poison.", **ALEX)
    [due] = world.of_owner("u:alex", keys.IN_FLIGHT)
    world.table.write([(InFlight.from_body(due.body).park("LamellaError", world.clock()),)])
    lines, _ = read(world, asked_for(world, **ALEX))
    [agreed] = of(lines, "consent")
    assert (agreed["purpose"], agreed["granted"]) == ("memory", True)
    assert agreed["evidence"] == "form 12"
    assert [(one["content"], one["state"]) for one in of(lines, "pending")] == [
        ("Poison.", "parked")
    ]
    world.forget(**ALEX)
    assert read(world, asked_for(world, **ALEX))[0] == []


@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages_of_any_size_hold_the_same_lines_in_order(world: World, size: int) -> None:
    lived(world)
    id = asked_for(world, **ALEX)
    assert read(world, id, size)[0] == read(world, id)[0]


def test_an_export_after_forget_is_empty_also_one_that_was_asked_for_before(world: World) -> None:
    lived(world)
    before = asked_for(world, **ALEX)
    first = page(world, before, page_size=2)
    world.forget(**ALEX)
    for id in (before, asked_for(world, **ALEX)):
        lines, receipt = read(world, id)
        assert (lines, receipt["lines"]) == ([], {})
    assert page(world, before, cursor=first["cursor"])["results"] == []
    filtered, _ = read(world, asked_for(world, filters=ALEX))
    assert filtered == []


def test_an_export_holds_nothing_of_anybody_else_and_nothing_expired(world: World) -> None:
    clock = world.clock
    assert isinstance(clock, FrozenClock)
    world.remember("Bob's own.", user_id="bob")
    world.remember("Short-lived.", expiration_date="1h", **ALEX)
    world.add("A turn that fades.", **TRIP)
    clock.advance(5 * HOUR)
    lines, _ = read(world, asked_for(world, **ALEX))
    assert [one["content"] for one in of(lines, "pending")] == ["A turn that fades."]
    assert {line["type"] for line in lines} == {"pending"}


def test_a_session_that_nobody_owns_can_be_exported_by_itself(world: World) -> None:
    world.remember("Only here.", session_id="alone")
    lines, receipt = read(world, asked_for(world, session_id="alone"))
    assert [one["memory"] for one in of(lines, "note")] == ["Only here."]
    assert receipt["owner"] == "alone"


# --- by filters, as Mem0 asks -------------------------------------------------------------

ROW: Wire = {"type": "object", "properties": {"id": {}, "memory": {}}}


def test_an_export_by_filters_holds_the_memories_that_match(world: World) -> None:
    world.remember("I like tea.", metadata={"year": 2026}, **ALEX)
    world.remember("I like ink.", metadata={"year": 2020}, **ALEX)
    world.remember("I like rum.", metadata={"year": 2026}, user_id="bob")
    this_year = {"AND": [ALEX, {"metadata": {"year": {"gte": 2026}}}]}
    rows, receipt = read(world, asked_for(world, filters=this_year, schema={}))
    assert [row["memory"] for row in rows] == ["I like tea."]
    assert set(rows[0]) <= MEMORY_FIELDS
    assert receipt["lines"] == {"memory": 1}


@pytest.mark.parametrize(
    ("schema", "under"),
    [
        (ROW, "results"),
        ('{"properties": {"id": {}, "memory": {}}}', "results"),
        ({"properties": {"memories": {"type": "array", "items": ROW}}}, "memories"),
        (
            {
                "$defs": {"Row": ROW},
                "properties": {"told": {"type": "array", "items": {"$ref": "#/$defs/Row"}}},
            },
            "told",
        ),
    ],
)
def test_a_schema_chooses_the_fields_and_where_the_rows_stand(
    world: World, schema: Any, under: str
) -> None:
    id = world.remember("I like tea.", **ALEX)
    rows, _ = read(world, asked_for(world, filters=ALEX, schema=schema), under=under)
    assert rows == [{"id": id, "memory": "I like tea."}]


@pytest.mark.parametrize(
    "fields",
    [
        {"schema": {"properties": {"full_name": {"type": "string"}}}, "filters": ALEX},
        {"schema": "not a schema", "filters": ALEX},
        {"schema": {"properties": {"cursor": {"type": "array", "items": ROW}}}},
        {"schema": {"properties": {"a": {"type": "array", "items": {"properties": {"b": {}}}}}}},
        {"filters": {"no_such_field": 1}},
        {"filters": "alex"},
        TRIP,
        {},
    ],
)  # fmt: skip
def test_what_no_export_could_hold_is_refused(fields: Wire) -> None:
    with pytest.raises(Invalid):
        ExportRequest.parse(fields)


def test_the_newest_export_is_found_by_its_filters(world: World) -> None:
    world.remember("I like tea.", **ALEX)
    asked_for(world, filters=ALEX)
    newest = asked_for(world, filters={"AND": [ALEX]}, schema={})
    assert page(world, None, filters=ALEX)["id"] == newest
    assert page(world, None, user_id="alex")["id"] == newest
    with pytest.raises(NotFound):
        page(world, None, filters={"user_id": "bob"})


def test_exports_are_known_for_a_week_and_only_to_their_organization(world: World) -> None:
    id = asked_for(world, **ALEX)
    other = ExportPageRequest.parse({})
    with pytest.raises(NotFound):
        world.service.govern.export("globex", id, other)
    world.clock.advance(7 * DAY)
    with pytest.raises(NotFound):
        page(world, id)


@pytest.mark.parametrize("cursor", ["x", "W10=", "WzEsIDJd", "W1siYSIsICJiIiwgImMiXSwge31d"])
def test_a_cursor_of_another_make_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(Invalid):
        page(world, asked_for(world, **ALEX), cursor=cursor)
