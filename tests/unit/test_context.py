"""A prompt-ready text never outgrows its budget, and says nothing twice."""

from __future__ import annotations

from dataclasses import replace

from contract.samples import NOW, record
from fakes import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st

from lamella.clock import DAY
from lamella.context import HEADINGS, packed
from lamella.ranking import Ranked
from lamella.results import Block, Hit, Hits
from lamella.scopes import PRESENTATION, Layer


class CountingCharacters(HashingEmbedder):
    """A tokenizer as unlike words as can be."""

    def count(self, text: str) -> int:
        return len(text)


WORDS = st.lists(st.sampled_from(["sea", "hotel", "tea", "Oslo", "room"]), min_size=1, max_size=9)
PASSAGES = st.lists(
    st.tuples(
        st.sampled_from(list(Layer)), WORDS, st.integers(0, 3), st.sampled_from([None, "Tom"])
    ),
    max_size=15,
).map(
    lambda told: [
        Ranked(
            replace(record(n, " ".join(words)), layer=layer, said_at=NOW + day * DAY, speaker=who),
            score=1.0 - n / 100,
            evidence=1.0,
            parts={},
        )
        for n, (layer, words, day, who) in enumerate(told)
    ]
)


def pack(passages: list[Ranked], budget: int, embedder: HashingEmbedder) -> Block:
    hits = Hits([Hit(one.record, one.score) for one in passages], NOW)
    return packed(passages, hits, budget, embedder)


@given(PASSAGES, st.integers(1, 200), st.sampled_from([HashingEmbedder(), CountingCharacters()]))
def test_it_never_outgrows_its_budget(
    passages: list[Ranked], budget: int, embedder: HashingEmbedder
) -> None:
    block = pack(passages, budget, embedder)
    assert block.tokens == embedder.count(block.text) <= budget
    assert {hit.record.id for hit in block.hits.hits} <= {one.record.id for one in passages}


@given(PASSAGES)
def test_with_room_enough_everything_is_said_once(passages: list[Ranked]) -> None:
    block = pack(passages, 100_000, CountingCharacters())
    lines = block.text.casefold().splitlines()
    for one in passages:
        assert any(one.record.text.casefold() in line for line in lines)
    assert len([line for line in lines if line.startswith("## ")]) == len(
        {line for line in lines if line.startswith("## ")}
    )


@given(PASSAGES)
def test_layers_stand_in_their_order(passages: list[Ranked]) -> None:
    text = pack(passages, 100_000, CountingCharacters()).text
    titles = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    order = [HEADINGS[layer] for layer in PRESENTATION]
    assert titles == [title for title in order if title in titles]


def test_nothing_fits_into_too_little() -> None:
    [passage] = [Ranked(record(1, "a memory of many words indeed"), 1.0, 1.0, {})]
    block = pack([passage], 3, HashingEmbedder())
    assert (block.text, block.tokens, list(block.hits.hits)) == ("", 0, [])
    assert block.counted_by == "hashing"
