"""Each row of Mem0's surface, driven by Mem0's own clients: results, and classes of errors."""

from __future__ import annotations

from typing import Any

import pytest
from clients.remote import Raised, Remote, results

ALEX = {"user_id": "alex"}
OF_ALEX = {"filters": ALEX}


def remembered(client: Remote, *texts: str, **ids: Any) -> list[str]:
    """The ids of memories added word by word."""
    return [results(client.add(text, infer=False, **(ids or ALEX)))[0]["id"] for text in texts]


def listed(client: Remote, **filters: Any) -> list[dict[str, Any]]:
    return results(client.get_all(filters=filters or ALEX))


# --- the core -----------------------------------------------------------------------------


def test_what_is_said_is_remembered_found_and_listed(client: Remote) -> None:
    said = [
        {"role": "user", "content": "I'm Alex and I prefer boutique hotels."},
        {"role": "assistant", "content": "Noted!"},
    ]
    added = client.add(said, async_mode=False, **ALEX)
    assert "ADD" in {one["event"] for one in results(added)}
    [hit, *_] = results(client.search("Any hotel preferences?", **OF_ALEX))
    assert "boutique hotels" in hit["memory"]
    assert 0 < hit["score"] <= 1
    assert any("boutique hotels" in one["memory"] for one in listed(client))


def test_an_add_that_waits_for_nothing_is_found_at_once(client: Remote) -> None:
    client.add("I live in Oslo.", **ALEX)
    assert "Oslo" in results(client.search("Where do I live?", **OF_ALEX))[0]["memory"]


def test_a_memory_is_read_changed_and_deleted_and_its_history_stays(client: Remote) -> None:
    [id] = remembered(client, "I drink tea.")
    assert client.get(id)["memory"] == "I drink tea."
    changed = client.update(id, text="I drink coffee.", metadata={"since": 2026})
    assert (changed["memory"], changed["metadata"]) == ("I drink coffee.", {"since": 2026})
    client.delete(id)
    assert [entry["event"] for entry in client.history(id)] == ["ADD", "UPDATE", "DELETE"]
    with pytest.raises(Raised) as gone:
        client.get(id)
    assert gone.value.name == "MemoryNotFoundError"


def test_pages_are_counted_and_hold_every_memory_once(client: Remote) -> None:
    added = remembered(client, *(f"Fact number {n}." for n in range(5)))
    pages = [client.get_all(filters=ALEX, page=n, page_size=2) for n in (1, 2, 3)]
    assert sorted(one["id"] for page in pages for one in page["results"]) == sorted(added)
    assert {page["count"] for page in pages} == {5}


def test_delete_all_deletes_what_it_names_and_no_more(client: Remote) -> None:
    remembered(client, "One.", "Two.")
    [kept] = remembered(client, "Three.", user_id="bob")
    assert "message" in client.delete_all(**ALEX)
    assert listed(client) == []
    assert client.get(kept)["memory"] == "Three."


# --- the rest -----------------------------------------------------------------------------


def test_users_lists_everyone_and_delete_users_deletes_one_or_all(client: Remote) -> None:
    remembered(client, "One.")
    remembered(client, "Two.", agent_id="helper")
    remembered(client, "Three.", user_id="a/b c%?")
    found = {(one["type"], one["name"]) for one in client.users()["results"]}
    assert found == {("user", "alex"), ("agent", "helper"), ("user", "a/b c%?")}
    client.delete_users(user_id="alex")
    assert listed(client) == []
    if client.old:
        client.delete_users(agent_id="helper")  # it does not encode what has a slash
        return
    client.delete_users()
    assert client.users()["results"] == []
    if not client.javascript:
        remembered(client, "Again.")
        client.reset()
        assert listed(client) == []
        with pytest.raises(Raised) as nobody:
            client.reset()
        assert nobody.value.name == "ValueError"


def test_batches_change_and_delete_many(client: Remote) -> None:
    one, two = remembered(client, "One.", "Two.")
    changes = [{"memory_id": one, "text": "Uno."}, {"memory_id": two, "text": "Dos."}]
    assert "2 memories" in client.batch_update(changes)["message"]
    assert {memory["memory"] for memory in listed(client)} == {"Uno.", "Dos."}
    assert "message" in client.delete_batch([one, two])
    assert listed(client) == []


def test_feedback_is_kept_with_the_memory(client: Remote) -> None:
    [id] = remembered(client, "I drink tea.")
    told = {"memory_id": id, "feedback": "POSITIVE", "feedback_reason": "still true"}
    if client.old:  # it fails over its own telemetry, once the call is answered
        with pytest.raises(Raised, match="capture_client_event"):
            client.feedback(**told)
    else:
        assert client.feedback(**told)["feedback"] == "POSITIVE"
    assert client.get(id)["feedback_reason"] == "still true"
    with pytest.raises(Raised) as unknown:
        client.feedback(**told | {"memory_id": "nothing"})
    assert unknown.value.name == "MemoryNotFoundError"


def test_a_projects_settings_are_changed_or_plainly_refused(client: Remote) -> None:
    drinks = [{"drinks": "tea and coffee"}]
    assert "message" in client.set_project(custom_categories=drinks)
    assert client.project(["custom_categories"])["custom_categories"] == drinks
    client.add("I love green tea.", async_mode=False, **ALEX)
    assert [memory["categories"] for memory in listed(client)] == [["drinks"]]
    with pytest.raises(Raised) as refused:
        client.set_project(custom_instructions="Only keep what matters.")
    assert refused.value.name == "ValidationError"


def test_a_call_says_for_itself_what_to_keep_and_how_to_sort_it(client: Remote) -> None:
    said = "I love green tea. I live in Oslo."
    wishes: dict[str, Any] = {"custom_categories": [{"drinks": "tea"}], "excludes": "Oslo"}
    client.add(said, async_mode=False, **wishes, **ALEX)
    kept = {memory["memory"]: memory["categories"] for memory in listed(client)}
    assert kept == {"I love green tea.": ["drinks"]}


def test_runs_are_listed_with_their_memories_and_deleted_by_name(client: Remote) -> None:
    [id] = remembered(client, "The code is blue.", user_id="alex", run_id="trip/1")
    found = {(one["type"], one["name"]): one for one in client.users()["results"]}
    assert set(found) == {("user", "alex"), ("run", "trip/1")}
    if client.javascript:
        client.delete_user(entity_type="run", entity_id="trip/1")  # deprecated, and on an old path
    elif client.old:
        client.delete_all(run_id="trip/1")
    else:
        client.delete_users(run_id="trip/1")
    with pytest.raises(Raised) as gone:
        client.get(id)
    assert gone.value.name == "MemoryNotFoundError"


ROWS = {"type": "object", "properties": {"id": {}, "memory": {}}}


def test_an_export_is_asked_for_and_read_by_its_id_or_by_its_filters(client: Remote) -> None:
    added = remembered(client, "One.", "Two.")
    remembered(client, "Three.", user_id="bob")
    listed_rows: dict[str, Any] = {"properties": {"facts": {"type": "array", "items": ROWS}}}
    created = client.create_memory_export(schema=listed_rows, filters=ALEX)
    for which in ({"memory_export_id": created["id"]}, {"filters": ALEX}):
        told = client.get_memory_export(**which)
        assert sorted(row["id"] for row in told["facts"]) == sorted(added)
        assert told["receipt"]["lines"] == {"memory": 2}
    with pytest.raises(Raised) as refused:
        client.create_memory_export(schema={"properties": {"full_name": {}}}, filters=ALEX)
    assert refused.value.name == "ValidationError"
    with pytest.raises(Raised) as unknown:
        client.get_memory_export(memory_export_id="nothing")
    assert unknown.value.name == "MemoryNotFoundError"


OF_BOTH: dict[str, tuple[str, dict[str, Any]]] = {
    "get_webhooks": ("webhooks", {"project_id": "p"}),
    "create_webhook": (
        "webhooks",
        {"url": "http://x.test", "name": "n", "project_id": "p", "event_types": ["memory_add"]},
    ),
    "update_webhook": ("webhooks", {"webhook_id": 1, "name": "n"}),
    "delete_webhook": ("webhooks", {"webhook_id": 1}),
}
OF_PYTHON: dict[str, tuple[str, dict[str, Any]]] = {
    "get_summary": ("get_summary", {"filters": {"user_id": "alex"}}),
    "project.create": ("project.create", {"name": "other"}),
    "project.delete": ("project.delete", {}),
    "project.get_members": ("project members", {}),
    "project.add_member": ("project members", {"email": "kim@example.com"}),
    "project.update_member": ("project members", {"email": "kim@example.com", "role": "OWNER"}),
    "project.remove_member": ("project members", {"email": "kim@example.com"}),
}
OF_THE_NEW: dict[str, tuple[str, dict[str, Any]]] = {
    "get_profile": ("get_profile", {"entity_id": "a/b"}),
    "generate_profile": ("generate_profile", {"entity_id": "alex"}),
    "sample_profiles": ("sample_profiles", {}),
    "get_profile_job": ("get_profile_job", {"job_id_or_status_url": "1"}),
    "get_profile_settings": ("profile settings", {}),
    "update_profile_settings": ("profile settings", {"enabled": True}),
}


@pytest.mark.parametrize("call", [*OF_BOTH, *OF_PYTHON, *OF_THE_NEW])
def test_what_has_no_answer_is_named(client: Remote, call: str) -> None:
    called, fields = {**OF_BOTH, **OF_PYTHON, **OF_THE_NEW}[call]
    if (call in OF_PYTHON and client.javascript) or (call in OF_THE_NEW and client.old):
        with pytest.raises(Raised, match=r"attribute|not a function"):
            client.call(call, **fields)
        return
    told = [fields["job_id_or_status_url"]] if call == "get_profile_job" else []
    with pytest.raises(Raised, match=called) as refused:
        client.call(call, *told, **({} if told else fields))
    assert refused.value.name == "MemoryError"


# --- by name ------------------------------------------------------------------------------


def test_delete_all_by_filters_deletes_what_they_name_or_nothing(client: Remote) -> None:
    remembered(client, "One.")
    [kept] = remembered(client, "Two.", user_id="bob")
    if client.javascript:  # it sends filters=[object Object]
        with pytest.raises(Raised) as unreadable:
            client.delete_all(filters=ALEX)
        assert unreadable.value.name == "ValidationError"
        assert len(listed(client)) == 1
    else:  # it sends filters={'user_id': 'alex'}, which is Python's
        client.delete_all(filters=ALEX)
        assert listed(client) == []
    assert client.get(kept)["memory"] == "Two."


def test_delete_all_without_a_scope_deletes_nothing(client: Remote) -> None:
    remembered(client, "One.")
    with pytest.raises(Raised) as refused:
        client.delete_all()
    assert refused.value.name == "ValidationError"
    assert len(listed(client)) == 1


def test_delete_all_of_every_user_leaves_the_agents(client: Remote) -> None:
    remembered(client, "One.")
    remembered(client, "Two.", user_id="bob")
    [kept] = remembered(client, "Three.", agent_id="helper")
    client.delete_all(user_id="*")
    assert {one["name"] for one in client.users()["results"]} == {"helper"}
    assert client.get(kept)["memory"] == "Three."


@pytest.mark.parametrize("odd", ["a/b", "a?b=c", "50%", "a b", "größe", "a%2Fb", "a//b", "a#b"])
def test_odd_ids_name_exactly_themselves(client: Remote, odd: str) -> None:
    [id] = remembered(client, "Mine.", user_id=odd)
    remembered(client, "Not mine.", user_id="other")
    assert [one["id"] for one in listed(client, user_id=odd)] == [id]
    if not client.old:  # 1.0.11 puts ids into paths as they are
        with pytest.raises(Raised) as unknown:
            client.get(odd)
        assert unknown.value.name == "MemoryNotFoundError"
        client.delete_users(user_id=odd)
    else:
        client.delete_all(user_id=odd)
    assert listed(client, user_id=odd) == []
    assert len(listed(client, user_id="other")) == 1


@pytest.mark.parametrize(
    ("filters", "name"),
    [({"user_id": "alex", "colour": "blue"}, "ValidationError"), ({}, "ValidationError")],
)
def test_what_makes_no_sense_is_a_validation_error(
    client: Remote, filters: dict[str, Any], name: str
) -> None:
    with pytest.raises(Raised) as refused:
        client.search("hotels", filters=filters)
    assert refused.value.name == name


def test_ids_beside_the_query_are_answered_where_the_client_lets_them_through(
    client: Remote,
) -> None:
    [id] = remembered(client, "I drink tea.")
    if client.old:
        assert [one["id"] for one in results(client.search("tea", **ALEX))] == [id]
        assert [one["id"] for one in results(client.get_all(**ALEX))] == [id]
    else:
        with pytest.raises(Raised) as refused:
            client.search("tea", **ALEX)
        assert refused.value.name in ("ValueError", "Error")


def test_a_wrong_key_is_told_by_its_detail(client: Remote, served: Any) -> None:
    if client.javascript:  # it only logs a failed ping
        client.connect(host=served.host, api_key="lm_wrong_key")
        with pytest.raises(Raised) as refused:
            client.search("hotels", **OF_ALEX)
        assert refused.value.name == "AuthenticationError"
    else:
        with pytest.raises(Raised, match="key") as refused:
            client.connect(host=served.host, api_key="lm_wrong_key")
        assert refused.value.name == "ValueError"


def test_a_host_with_a_slash_or_a_path_too_many_still_works(client: Remote, served: Any) -> None:
    client.connect(host=f"{served.host}/", api_key=served.key())
    [id] = remembered(client, "One.")
    assert client.get(id)["memory"] == "One."
