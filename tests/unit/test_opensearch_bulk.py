"""What becomes of each change of a bulk, with OpenSearch's answers scripted."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from contract.samples import DIMENSIONS, MODEL, memory_id, record

from lamella.engines.opensearch_bulk import ATTEMPTS, Action, Bulk, actions
from lamella.engines.opensearch_index import Layout, Version
from lamella.errors import Throttled, Unavailable
from lamella.ports import Remove, Upsert

LAYOUT = Layout(MODEL, DIMENSIONS)
CURRENT = Version("memories-v1", frozenset({"memories"}), MODEL, DIMENSIONS)
NEXT = Version("memories-v2", frozenset({"memories-next"}), "newer", 96)

Answer = tuple[int, str | None]
DONE: Answer = (201, None)
OUTDATED: Answer = (409, "version_conflict_engine_exception")
BROKEN: Answer = (400, "mapper_parsing_exception")
BUSY: Answer = (429, "rejected_execution_exception")
AWAY: Answer = (503, "unavailable_shards_exception")
GONE: Answer = (404, "index_not_found_exception")


class ScriptedClient:
    """Answers each bulk from the script, and keeps the documents' ids that were in it."""

    def __init__(self, *script: list[Answer]) -> None:
        self.script = list(script)
        self.asked: list[int] = []

    def bulk(self, body: bytes, refresh: str) -> dict[str, Any]:
        answers = self.script.pop(0)
        self.asked.append(body.count(b'"_id"'))
        return {"items": [{"index": _item(*answer)} for answer in answers]}


def _item(status: int, error: str | None) -> dict[str, Any]:
    return {"status": status} | ({"error": {"type": error, "reason": "secret"}} if error else {})


def sent(client: ScriptedClient, made: list[Action], pauses: list[float]) -> dict[int, str]:
    return Bulk(client, pauses.append, Random(1)).send(made)  # type: ignore[arg-type]


def upserts(count: int, *targets: Version) -> list[Action]:
    changes = [Upsert("org", record(n)) for n in range(count)]
    aliases = {alias: one for one in targets or (CURRENT,) for alias in one.aliases}
    made, refused = actions(changes, aliases, LAYOUT, "memories")
    assert refused == {}
    return made


def test_only_what_was_rejected_for_now_is_sent_again() -> None:
    client = ScriptedClient([DONE, BUSY, BROKEN, OUTDATED, AWAY], [DONE, BUSY], [DONE])
    pauses: list[float] = []
    refused = sent(client, upserts(5), pauses)
    assert refused == {2: "OpenSearch refused the document (mapper_parsing_exception)"}
    assert client.asked == [5, 2, 1]
    assert len(pauses) == 2
    assert pauses[0] < pauses[1] < 1


@pytest.mark.parametrize(("answer", "raised"), [(BUSY, Throttled), (AWAY, Unavailable)])
def test_what_is_rejected_every_time_is_told_by_its_kind(
    answer: Answer, raised: type[Exception]
) -> None:
    client = ScriptedClient(*[[answer]] * ATTEMPTS)
    pauses: list[float] = []
    with pytest.raises(raised) as told:
        sent(client, upserts(1), pauses)
    assert "secret" not in str(told.value)
    assert (len(client.asked), len(pauses)) == (ATTEMPTS, ATTEMPTS - 1)


def test_a_next_version_that_was_just_switched_to_is_not_missed() -> None:
    assert sent(ScriptedClient([DONE, GONE]), upserts(1, CURRENT, NEXT), []) == {}


def test_a_current_index_that_is_gone_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="lamella reindex"):
        sent(ScriptedClient([GONE, DONE]), upserts(1, CURRENT, NEXT), [])


def test_a_version_of_another_model_gets_the_memory_without_its_vector_and_marked() -> None:
    current, upcoming = upserts(1, CURRENT, NEXT)
    assert current.source is not None
    assert upcoming.source is not None
    assert "unsettled" not in current.source
    assert upcoming.source == {**current.source, "unsettled": True}
    assert upcoming.meta["_index"] == "memories-next"


def test_a_removal_names_the_index_and_never_an_alias_that_may_be_gone() -> None:
    gone = Remove("org", "u:ann", memory_id(1), version=3)
    made, _ = actions([gone], {"memories": CURRENT, "memories-next": NEXT}, LAYOUT, "memories")
    assert [one.meta["_index"] for one in made] == ["memories-v1", "memories-v2"]
    assert all(one.meta["version_type"] == "external" for one in made)
