from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from contract.samples import NOW, axis, embedded, memory_id, record

from lamella import filters
from lamella.models import Record
from lamella.ports import Answer, Index, Listed, Listing, Remove, Search, Upsert

EAST, NORTH = axis(1.0), axis(0.0, 1.0)


def put(index: Index, org: str, *records: Record) -> None:
    assert index.apply([Upsert(org, one) for one in records]) == [None] * len(records)


def search(index: Index, org: str, *words: str, **changes: Any) -> Answer:
    """A search of Ann's memories, unless told otherwise."""
    query = Search(org=org, owners=("u:ann",), words=words, vector=None, now=NOW)
    return index.search(replace(query, **changes))


def listed(index: Index, org: str, **changes: Any) -> Listed:
    return index.list(replace(Listing(org=org, owners=("u:ann",), now=NOW), **changes))


def ids(answer: Answer) -> set[str]:
    found = [one.record.id for one in answer.found]
    assert len(found) == len(set(found)), "nothing is found twice"
    return set(found)


def numbers(answer: Answer) -> set[int]:
    return {int(id[2:]) for id in ids(answer)}


# --- records ------------------------------------------------------------------------------


def test_a_record_comes_back_as_it_was_but_for_its_embedding(index: Index, org: str) -> None:
    full = embedded(
        1,
        EAST,
        'Ann "lives" in Zürich ☃ 𝄞',
        user_id="ann",
        agent_id="planner",
        app_id="web",
        session_id="s#1",
        metadata={"a": {"b": [1, 2.5, "x", None, True]}, "empty": {}, "é": "ü"},
        categories=("Travel", "food"),
        entities=("Zürich",),
        speaker="Ann",
        sources=("e-0", "e-1"),
        captured_at=NOW - 5,
        expires_at=NOW + 5,
        slot="home",
        subject="ann",
        immutable=True,
        steward="bob",
        review_by=NOW + 9,
        audience=("planner",),
        version=7,
    )
    put(index, org, full)
    [found] = search(index, org, "zurich", "ann", vector=EAST).found
    assert found.record == replace(full, embedding=None)
    assert found.record.model == full.model
    [shown] = listed(index, org).records
    assert replace(shown, embedding=None) == replace(full, embedding=None)


def test_an_empty_index_answers_nothing(index: Index, org: str) -> None:
    answer = search(index, org, "hotel", vector=EAST)
    assert answer == Answer()
    assert listed(index, org) == Listed((), 0)
    assert index.apply([]) == []


def test_a_question_without_words_and_vector_finds_nothing(index: Index, org: str) -> None:
    put(index, org, embedded(1, EAST, "hotel"))
    assert search(index, org).found == ()


# --- search by vector ---------------------------------------------------------------------


def test_the_nearest_by_cosine_are_found(index: Index, org: str) -> None:
    put(
        index,
        org,
        embedded(1, axis(1.0, 0.1)),
        embedded(2, axis(1.0, 1.0)),
        embedded(3, axis(-1.0)),
        embedded(4, NORTH),
        record(5),
    )
    near = search(index, org, vector=EAST, limit=2)
    assert numbers(near) == {1, 2}
    assert numbers(search(index, org, vector=EAST)) == {1, 2, 3, 4}
    cosines = {one.record.id: one.cosine for one in search(index, org, vector=EAST).found}
    expected = {1: 0.995, 2: 0.7071, 3: -1.0, 4: 0.0}
    assert cosines == {memory_id(n): pytest.approx(c, abs=2e-3) for n, c in expected.items()}


def test_a_filter_narrows_before_the_nearest_are_chosen(index: Index, org: str) -> None:
    """Mem0's own OpenSearch engine filters after k-NN, and so answers almost nothing."""
    crowd = [embedded(n, axis(1.0, n / 1000), kind="semantic") for n in range(1, 40)]
    put(index, org, *crowd, embedded(90, NORTH), embedded(91, axis(-1.0)))
    found = search(index, org, vector=EAST, limit=2, where=filters.equals("kind", "factual"))
    assert numbers(found) == {90, 91}


def test_other_owners_do_not_take_seats_among_the_nearest(index: Index, org: str) -> None:
    crowd = [embedded(n, EAST, owner=f"u:{n}") for n in range(1, 40)]
    put(index, org, *crowd, embedded(90, NORTH), embedded(91, axis(-1.0)))
    assert numbers(search(index, org, vector=EAST, limit=2)) == {90, 91}


def test_what_words_find_gets_its_cosine_too(index: Index, org: str) -> None:
    near = [embedded(n, EAST) for n in range(1, 4)]
    put(index, org, *near, embedded(8, NORTH, "hotel"), record(9, "hotel"))
    found = {
        one.record.id: one.cosine for one in search(index, org, "hotel", vector=EAST, limit=3).found
    }
    assert found[memory_id(8)] == pytest.approx(0.0, abs=2e-3)
    assert found[memory_id(9)] is None


def test_without_a_vector_there_is_no_cosine(index: Index, org: str) -> None:
    put(index, org, embedded(1, EAST, "hotel"))
    [found] = search(index, org, "hotel").found
    assert found.cosine is None


# --- search by words ----------------------------------------------------------------------


def test_more_different_words_win_and_ties_go_to_the_newest(index: Index, org: str) -> None:
    put(
        index,
        org,
        record(1, "hotel berlin"),
        record(2, "hotel hotel hotel"),
        record(3, "berlin"),
        record(4, "train"),
    )
    words = ("hotel", "berlin", "hotel")
    assert numbers(search(index, org, *words)) == {1, 2, 3}
    assert numbers(search(index, org, *words, limit=1)) == {1}
    assert numbers(search(index, org, *words, limit=2)) == {1, 3}


@pytest.mark.parametrize(
    "word", ['"', "hotel*", "-hotel", "OR", "a:b", "'", "(", "text:hotel", "NEAR", "ho"]
)
def test_a_word_is_no_syntax_and_no_part_of_a_word(index: Index, org: str, word: str) -> None:
    put(index, org, record(1, "hotel"), record(2, words=(word,)))
    assert numbers(search(index, org, word)) == {2}


def test_words_are_found_in_every_script(index: Index, org: str) -> None:
    texts = ["Zürich", "東京に住んでいます", "Москва", "naïve café"]
    made = [record(n, text) for n, text in enumerate(texts)]
    put(index, org, *made)
    for one in made:
        assert one.id in ids(search(index, org, one.words[0]))


# --- statistics ---------------------------------------------------------------------------


def test_statistics_count_current_memories_of_the_searched_owners(index: Index, org: str) -> None:
    put(
        index,
        org,
        record(1, words=("hotel", "hotel", "berlin")),
        record(2, words=("hotel",)),
        record(3, words=()),
        record(4, words=("hotel",), expires_at=NOW),
        record(5, words=("hotel",), valid_to=NOW - 1, superseded_by=memory_id(2)),
        record(6, words=("hotel",) * 9, owner="u:bob"),
    )
    statistics = search(index, org, "hotel", "train").statistics
    assert (statistics.documents, statistics.words) == (3, 4)
    assert statistics.frequency.get("hotel") == 2
    assert statistics.frequency.get("train", 0) == 0
    assert "berlin" not in statistics.frequency
    both = search(index, org, "hotel", owners=("u:ann", "u:bob")).statistics
    assert (both.documents, both.words, both.frequency.get("hotel")) == (4, 13, 3)


def test_a_filter_does_not_change_the_statistics(index: Index, org: str) -> None:
    put(index, org, record(1, "hotel"), record(2, "hotel", kind="semantic"))
    plain = search(index, org, "hotel")
    narrow = search(index, org, "hotel", where=filters.equals("kind", "factual"), superseded=True)
    assert narrow.statistics == plain.statistics
    assert numbers(narrow) == {1}


def test_statistics_follow_updates_and_removals(index: Index, org: str) -> None:
    put(index, org, record(1, words=("hotel", "berlin")), record(2, words=("hotel",)))
    put(index, org, record(1, words=("train",), version=2))
    index.apply([Remove(org, "u:ann", memory_id(2), version=2)])
    statistics = search(index, org, "hotel", "train").statistics
    assert (statistics.documents, statistics.words) == (1, 1)
    assert dict(statistics.frequency).get("hotel", 0) == 0
    assert statistics.frequency.get("train") == 1


# --- isolation ----------------------------------------------------------------------------


def test_another_organization_is_neither_seen_nor_felt(
    index: Index, org: str, fresh: Callable[[str], str]
) -> None:
    other = fresh("other")
    put(index, org, embedded(1, NORTH, "hotel"))
    alone = search(index, org, "hotel", vector=EAST)
    put(index, other, *[embedded(n, EAST, "hotel hotel") for n in range(1, 30)])
    assert search(index, org, "hotel", vector=EAST) == alone
    assert search(index, org, "hotel", vector=EAST, owners=None) == alone
    assert listed(index, org, owners=None).count == 1
    index.apply([Remove(other, "u:ann", memory_id(1), version=9)])
    assert search(index, org, "hotel", vector=EAST) == alone


def test_another_owner_is_neither_seen_nor_felt(index: Index, org: str) -> None:
    put(index, org, embedded(1, NORTH, "hotel"))
    alone = search(index, org, "hotel", vector=EAST)
    others = ("u:ann2", "u:an", "u:ANN", "a:ann", "u:ann#", "u:bob")
    put(index, org, *[embedded(n, EAST, "hotel", owner=o) for n, o in enumerate(others, 10)])
    assert search(index, org, "hotel", vector=EAST) == alone
    assert [one.id for one in listed(index, org).records] == [memory_id(1)]


def test_no_owner_named_means_everyone_of_the_organization(index: Index, org: str) -> None:
    put(index, org, record(1, "hotel"), record(2, "hotel", owner="u:bob"))
    everyone = search(index, org, "hotel", owners=None)
    assert numbers(everyone) == {1, 2}
    assert everyone.statistics.documents == 2
    assert numbers(search(index, org, "hotel", owners=("u:bob",))) == {2}
    assert numbers(search(index, org, "hotel", owners=())) == set()


def test_names_with_separators_stay_apart(index: Index, fresh: Callable[[str], str]) -> None:
    left, right = fresh("a"), fresh("b")
    put(index, left, record(1, "hotel", owner=f"{right}#u:ann"))
    put(index, f"{left}#{right}", record(2, "hotel", owner="u:ann"))
    assert numbers(search(index, left, "hotel", owners=(f"{right}#u:ann",))) == {1}
    assert numbers(search(index, f"{left}#{right}", "hotel")) == {2}
    assert numbers(search(index, left, "hotel")) == set()


# --- visibility ---------------------------------------------------------------------------


def test_what_has_expired_is_hidden_at_once(index: Index, org: str) -> None:
    put(
        index,
        org,
        embedded(1, EAST, "hotel", expires_at=NOW),
        embedded(2, EAST, "hotel", expires_at=NOW + 1),
        embedded(3, EAST, "hotel"),
    )
    assert numbers(search(index, org, "hotel", vector=EAST)) == {2, 3}
    assert numbers(search(index, org, "hotel", vector=EAST, superseded=True)) == {2, 3}
    assert numbers(search(index, org, "hotel", vector=EAST, now=NOW + 1)) == {3}
    assert listed(index, org).count == 2
    assert listed(index, org, expired=True).count == 3


def test_what_is_superseded_is_hidden_unless_asked_for(index: Index, org: str) -> None:
    put(
        index,
        org,
        embedded(1, EAST, "hotel", valid_to=NOW - 1, superseded_by=memory_id(2)),
        embedded(2, EAST, "hotel"),
    )
    assert numbers(search(index, org, "hotel", vector=EAST)) == {2}
    assert numbers(search(index, org, "hotel", vector=EAST, superseded=True)) == {1, 2}
    assert listed(index, org).count == 1
    assert listed(index, org, superseded=True).count == 2


def test_the_hidden_take_no_seats(index: Index, org: str) -> None:
    gone = [embedded(n, EAST, "hotel", expires_at=NOW - 1) for n in range(50, 90)]
    old = [embedded(n, EAST, "hotel", valid_to=NOW - 1) for n in range(10, 50)]
    put(index, org, *gone, *old, embedded(1, NORTH), record(2, "hotel"))
    assert numbers(search(index, org, "hotel", vector=EAST, limit=1)) == {1, 2}


# --- versions -----------------------------------------------------------------------------


def test_an_older_upsert_that_comes_late_is_ignored(index: Index, org: str) -> None:
    put(index, org, record(1, "new hotel", version=5))
    put(index, org, record(1, "old train", version=4))
    assert [one.text for one in listed(index, org).records] == ["new hotel"]
    assert numbers(search(index, org, "train")) == set()
    put(index, org, record(1, "newest boat", version=6))
    assert numbers(search(index, org, "hotel")) == set()
    assert numbers(search(index, org, "boat")) == {1}


def test_what_was_removed_stays_removed_however_late_an_upsert_comes(
    index: Index, org: str
) -> None:
    put(index, org, embedded(1, EAST, "hotel", version=4))
    assert index.apply([Remove(org, "u:ann", memory_id(1), version=5)]) == [None]
    put(index, org, embedded(1, EAST, "hotel", version=4))
    put(index, org, embedded(1, EAST, "hotel", version=5))
    assert numbers(search(index, org, "hotel", vector=EAST)) == set()
    assert listed(index, org).count == 0
    put(index, org, embedded(1, EAST, "hotel again", version=6))
    assert numbers(search(index, org, "again")) == {1}


def test_a_removal_before_the_first_upsert_holds(index: Index, org: str) -> None:
    index.apply([Remove(org, "u:ann", memory_id(1), version=5)])
    put(index, org, record(1, "hotel", version=5))
    assert listed(index, org).count == 0


def test_an_older_removal_that_comes_late_is_ignored(index: Index, org: str) -> None:
    put(index, org, record(1, "hotel", version=5))
    assert index.apply([Remove(org, "u:ann", memory_id(1), version=4)]) == [None]
    assert listed(index, org).count == 1


def test_changes_of_one_bulk_apply_in_their_order(index: Index, org: str) -> None:
    index.apply(
        [
            Upsert(org, record(1, "first", version=1)),
            Upsert(org, record(1, "second", version=2)),
            Upsert(org, record(2, "gone", version=1)),
            Remove(org, "u:ann", memory_id(2), version=2),
        ]
    )
    assert [one.text for one in listed(index, org).records] == ["second"]


def test_the_same_change_twice_changes_nothing(index: Index, org: str) -> None:
    put(index, org, embedded(1, EAST, "hotel"))
    once = search(index, org, "hotel", vector=EAST)
    put(index, org, embedded(1, EAST, "hotel"))
    assert search(index, org, "hotel", vector=EAST) == once


def test_an_update_may_take_the_vector_away_and_bring_it_back(index: Index, org: str) -> None:
    put(index, org, embedded(1, EAST, "hotel"))
    put(index, org, record(1, "hotel", version=2))
    assert search(index, org, vector=EAST).found == ()
    put(index, org, embedded(1, NORTH, "hotel", version=3))
    [found] = search(index, org, vector=NORTH).found
    assert found.cosine == pytest.approx(1.0, abs=2e-3)


# --- listing ------------------------------------------------------------------------------


def test_pages_of_a_list_are_complete_and_hold_nothing_twice(index: Index, org: str) -> None:
    put(index, org, *[record(n) for n in range(1, 12)])
    seen: list[str] = []
    after = None
    while (shown := listed(index, org, after=after, limit=4)).records:
        assert shown.count == 11
        assert len(shown.records) <= 4
        seen += [one.id for one in shown.records]
        after = seen[-1]
    assert seen == [memory_id(n) for n in range(11, 0, -1)]


def test_new_memories_do_not_disturb_the_pages_that_follow(index: Index, org: str) -> None:
    put(index, org, *[record(n) for n in range(1, 7)])
    first = listed(index, org, limit=3).records
    put(index, org, record(50))
    second = listed(index, org, limit=3, after=first[-1].id).records
    assert [one.id for one in (*first, *second)] == [memory_id(n) for n in range(6, 0, -1)]


def test_a_list_runs_across_owners_in_one_order(index: Index, org: str) -> None:
    put(index, org, *[record(n, owner=f"u:{n % 3}") for n in range(1, 8)])
    several = listed(index, org, owners=("u:0", "u:1"))
    assert [one.id for one in several.records] == [memory_id(n) for n in (7, 6, 4, 3, 1)]
    everyone = listed(index, org, owners=None, limit=3)
    assert [one.id for one in everyone.records] == [memory_id(n) for n in (7, 6, 5)]
    assert everyone.count == 7


def test_a_list_counts_what_matches_and_not_what_it_shows(index: Index, org: str) -> None:
    put(index, org, *[record(n, kind="semantic" if n % 2 else "factual") for n in range(1, 10)])
    shown = listed(index, org, where=filters.equals("kind", "semantic"), limit=2)
    assert (len(shown.records), shown.count) == (2, 5)
