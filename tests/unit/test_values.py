"""Values behave as frozen dataclasses with slots do, though they are made at their first use."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from lamella.values import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere."""

    name: str
    rooms: int = 1
    known: Mapping[str, int] = dataclasses.field(default_factory=dict)

    @property
    def small(self) -> bool:
        return self.rooms < 3


@dataclass(frozen=True, slots=True)
class Nothing:
    """Without a field."""


def test_one_is_made_by_place_and_by_name() -> None:
    assert Place("hut") == Place(name="hut", rooms=1, known={})
    assert Place("hut").small
    assert not Place("barn", 4).small
    with pytest.raises(TypeError, match="name"):
        Place()  # type: ignore[call-arg]


def test_a_default_is_made_anew_for_each() -> None:
    assert Place("hut").known is not Place("hut").known


def test_values_compare_hash_and_show_what_they_hold() -> None:
    assert Place("hut") != Place("hut", 2)
    assert Place("hut") != ("hut", 1, {})
    assert hash(Nothing()) == hash(Nothing())
    assert Nothing() == Nothing()
    assert repr(Place("hut", 2)) == "Place(name='hut', rooms=2, known={})"
    with pytest.raises(TypeError, match="unhashable"):
        hash(Place("hut"))


def test_nothing_of_them_can_be_changed_or_added() -> None:
    place = Place("hut")
    with pytest.raises(dataclasses.FrozenInstanceError):
        place.rooms = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del place.rooms
    assert not hasattr(place, "__dict__")


def test_the_standard_library_knows_them_before_one_is_made() -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        """New in every test."""

        a: int
        b: str = "b"

    assert [one.name for one in dataclasses.fields(Fresh)] == ["a", "b"]
    assert dataclasses.is_dataclass(Fresh)
    assert dataclasses.replace(Fresh(1), a=2) == Fresh(2)
    assert dataclasses.asdict(Fresh(1)) == {"a": 1, "b": "b"}
    match Fresh(1):
        case Fresh(a, b):
            assert (a, b) == (1, "b")


def test_they_can_be_copied_and_pickled() -> None:
    place = Place("hut", 2, {"x": 1})
    assert copy.deepcopy(place) == copy.copy(place) == place
    assert pickle.loads(pickle.dumps(place)) == place


def test_many_threads_may_make_the_first_one() -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        """New in every test."""

        a: int

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(Fresh, range(64)))
    assert [one.a for one in made] == list(range(64))
