"""Promise 7: what becomes of personal data is the organization's choice, in every way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from scenarios.dumps import everything
from world import AT_ONCE, ORG, World

from lamella.errors import Conflict, Invalid, LamellaError, SetupError
from lamella.requests import OrgAddRequest, ProjectUpdateRequest
from lamella.settings import Settings

Build = Callable[..., World]

ALEX = {"user_id": "alex"}
MAIL, OTHER = "alex@example.com", "mara@example.org"
PHONE = "+49 171 2345678"


class Vault:
    """A cipher that remembers, under which context each value was sealed."""

    def __init__(self) -> None:
        self._held: list[tuple[bytes, Mapping[str, str]]] = []

    def encrypt(self, plain: bytes, context: Mapping[str, str]) -> str:
        self._held.append((plain, dict(context)))
        return f"vault-{len(self._held) - 1}"

    def decrypt(self, sealed: str, context: Mapping[str, str]) -> bytes:
        plain, known = self._held[int(sealed.removeprefix("vault-"))]
        if known != context:
            raise LamellaError("sealed under another context")
        return plain


def wish(world: World, told: str | None, org: str = ORG) -> None:
    asked = ProjectUpdateRequest.parse({"personal_data": told})
    world.service.govern.update_project(org, (org, org), asked)


def texts(world: World) -> list[str]:
    return [str(one["memory"]) for one in world.list(layers=["user"], **ALEX)]


def test_hashed_it_is_told_apart_and_not_read(build: Build) -> None:
    world = build(settings=Settings(settle=0, pii="hash"))
    for mail in (MAIL, OTHER):
        world.add(f"Anna prefers letters to {mail}.", **ALEX)
    world.add(f"Send the bill to {MAIL.upper()} from now on.", infer=False, **ALEX)
    world.flush(**ALEX)
    marks = {text[text.index("[") : text.index("]") + 1] for text in texts(world)}
    assert len(marks) == 2
    assert MAIL not in str(texts(world)).casefold()
    assert OTHER not in str(texts(world))


def test_two_organizations_hash_apart(build: Build) -> None:
    world = build(settings=Settings(settle=0, pii="hash"))
    stated = OrgAddRequest.parse({"text": f"Write to {MAIL}.", "owner": "ops"})
    one, two = (world.service.govern.org_add(org, stated)["memory"] for org in (ORG, "globex"))
    assert one != two


def test_encrypted_it_is_revealed_to_who_governs(build: Build) -> None:
    world = build(settings=Settings(settle=0, pii="redact, phone: encrypt"), cipher=Vault())
    world.add(f"Anna takes calls on {PHONE} and mail at {MAIL}.", **ALEX)
    world.flush(**ALEX)
    [memory] = world.list(layers=["user"], **ALEX)
    assert PHONE not in str(memory)
    told = world.service.govern.reveal(ORG, memory["id"])
    assert told["memory"] == f"Anna takes calls on {PHONE} and mail at [email]."
    assert list(told["values"].values()) == [PHONE]


def test_a_sealed_value_goes_with_its_owner(build: Build) -> None:
    world = build(settings=Settings(settle=0, pii="encrypt"), cipher=Vault())
    id = world.remember(f"Anna takes calls on {PHONE}.", **ALEX)
    world.update(id, text=f"Anna has mail at {MAIL}.")
    assert MAIL in world.service.govern.reveal(ORG, id)["memory"]
    assert "vault-2" in everything(world)
    world.forget(**ALEX)
    assert not [one for one in ("vault-1", "vault-2") if one in everything(world)]


def test_dropped_it_takes_the_fact_with_it_and_the_event_says_why(build: Build) -> None:
    world = build(settings=Settings(settle=0, pii="redact, phone: drop"))
    event = world.add([f"Anna takes calls on {PHONE}.", "I live in Oslo."], **ALEX)["event_id"]
    world.flush(**ALEX)
    assert texts(world) == ["I live in Oslo."]
    reasons = {one["event"]: one.get("reason") for one in world.event(event)["results"]}
    assert reasons == {"ADD": None, "NONE": "personal data"}


def test_stated_on_purpose_it_is_refused_and_nothing_changes(build: Build) -> None:
    world = build(settings=Settings(settle=0, pii="drop"))
    id = world.remember("I live in Oslo.", **ALEX)
    stated = OrgAddRequest.parse({"text": f"Write to {MAIL}.", "owner": "ops"})
    for attempt in (
        lambda: world.remember(f"Write to {MAIL}.", **ALEX),
        lambda: world.remember("Write to me.", metadata={"mail": MAIL}, **ALEX),
        lambda: world.update(id, text=f"Write to {MAIL}."),
        lambda: world.service.govern.org_add(ORG, stated),
    ):
        with pytest.raises(Invalid, match="email") as refused:
            attempt()
        assert MAIL not in refused.value.detail
    assert texts(world) == ["I live in Oslo."]


def test_metadata_is_treated_where_it_leaves_the_session(world: World) -> None:
    given: dict[str, Any] = {"from": MAIL, "tags": [PHONE, "vip"], "size": 3}
    world.add("I live in Oslo.", metadata=given, **ALEX)
    world.add("The courier is late today.", metadata=given | {"layer": "session"},
              session_id="trip", **ALEX)  # fmt: skip
    world.flush(**ALEX)
    told = {one["layer"]: one["metadata"] for one in world.list(**ALEX)}
    assert told["user"] == {"from": "[email]", "tags": ["[phone]", "vip"], "size": 3}
    assert told["session"] == given


def test_an_organizations_wish_goes_before_the_deployments(build: Build) -> None:
    world = build(settings=Settings(settle=0, pii="drop"))
    wish(world, "redact")
    world.remember(f"Write to {MAIL}.", **ALEX)
    assert texts(world) == ["Write to [email]."]
    wish(world, None)
    with pytest.raises(Invalid, match="email"):
        world.remember(f"Do write to {MAIL}.", **ALEX)


@pytest.mark.parametrize(
    ("wished", "why"),
    [("shred", "redact, hash"), ("shoe size: hash", "iban"), ("encrypt", "no key")],
)
def test_a_wish_that_cannot_be_followed_is_refused(world: World, wished: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        wish(world, wished)


@pytest.mark.parametrize(("told", "why"), [("shred", "redact"), ("phone: encrypt", "KMS_KEY")])
def test_a_deployment_that_makes_no_sense_does_not_open(build: Build, told: str, why: str) -> None:
    with pytest.raises(SetupError, match=why):
        build(settings=Settings(pii=told))


def test_without_its_key_a_sealed_value_stays_sealed(build: Build) -> None:
    world = build(settings=Settings(settle=0, pii="encrypt"), cipher=Vault())
    id = world.remember(f"Anna takes calls on {PHONE}.", **ALEX)
    keyless = World(world.table, world.index, settings=AT_ONCE, ids="k1")
    with pytest.raises(Conflict, match="sealed"):
        keyless.service.govern.reveal(ORG, id)


def test_what_was_never_sealed_reveals_itself(world: World) -> None:
    id = world.remember("I live in Oslo.", **ALEX)
    told = world.service.govern.reveal(ORG, id)
    assert told == {"id": id, "memory": "I live in Oslo.", "values": {}}
