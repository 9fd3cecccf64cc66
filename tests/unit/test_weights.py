"""A deployment's own weights: named ones differ, nonsense is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lamella import Memory
from lamella.errors import SetupError
from lamella.weights import Weights


def test_what_is_not_named_stays_as_it_is() -> None:
    assert Weights.parse("") == Weights()
    told = Weights.parse("dense: 1.2, session:0 , long: 60")
    assert told == replace(Weights(), dense=1.2, session=0.0, long=60)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("depth: 1", "'depth' is none of dense, keyword"),
        ("dense", "dense is '': a number is needed"),
        ("dense: high", "dense is 'high': a number"),
        ("dense: nan", "dense must be between"),
        ("dense: 1e9", "dense must be between"),
        ("dense: 1, dense: 2", "dense is said twice"),
        ("session: -1", "session must be between"),
        ("keyword: 0", "keyword must be more than 0"),
        ("far: 0.9", "far must be less than near"),
        ("half: 0", "half and b"),
        ("b: 2", "half and b"),
        ("long: 1", "long must be between"),
        ("long: 4.5", "long is '4.5': a whole number"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_is_wrong(told: str, why: str) -> None:
    with pytest.raises(SetupError, match=f"LAMELLA_WEIGHTS: {why}"):
        Weights.parse(told)


def test_weights_are_read_when_the_service_is_opened(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="LAMELLA_WEIGHTS"):
        Memory(data=str(tmp_path), weights="depth: 1")


def test_a_search_ranks_by_the_weights_that_are_set(tmp_path: Path) -> None:
    scores = []
    for weights in ("", "length: 0"):
        with Memory(data=str(tmp_path), weights=weights) as memory:
            memory.add("Mara grows figs.", user_id="u", infer=False)
            [found] = memory.search("figs", user_id="u", explain=True)["results"]
            breakdown = found["score_breakdown"]
            scores.append(found["score"])
    assert breakdown["length"] < scores[0] < scores[1]
