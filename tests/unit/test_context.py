"""A prompt-ready text never outgrows its budget, and says nothing twice."""

from __future__ import annotations

from dataclasses import replace

from contract.samples import NOW, record
from fakes import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st

from lamella.clock import DAY
from lamella.context import HEADINGS, packed, told
from lamella.ranking import Line, Ranked
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


@given(PASSAGES, st.integers(1, 200), st.sampled_from([HashingEmbedder(), CountingCharacters()]))
def test_it_never_outgrows_its_budget(
    passages: list[Ranked], budget: int, embedder: HashingEmbedder
) -> None:
    block = packed(passages, budget, embedder)
    assert block.tokens == embedder.count(block.text) <= budget
    assert {hit.record.id for hit in told(block.passages)} <= {one.record.id for one in passages}


@given(PASSAGES)
def test_with_room_enough_everything_is_said_once(passages: list[Ranked]) -> None:
    block = packed(passages, 100_000, CountingCharacters())
    lines = block.text.casefold().splitlines()
    for one in passages:
        assert any(one.record.text.casefold() in line for line in lines)
    assert len([line for line in lines if line.startswith("## ")]) == len(
        {line for line in lines if line.startswith("## ")}
    )


@given(PASSAGES)
def test_layers_stand_in_their_order(passages: list[Ranked]) -> None:
    text = packed(passages, 100_000, CountingCharacters()).text
    titles = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    order = [HEADINGS[layer] for layer in PRESENTATION]
    assert titles == [title for title in order if title in titles]


def test_nothing_fits_into_too_little() -> None:
    [passage] = [Ranked(record(1, "a memory of many words indeed"), 1.0, 1.0, {})]
    block = packed([passage], 3, HashingEmbedder())
    assert (block.text, block.tokens, told(block.passages)) == ("", 0, [])


def test_tokens_that_were_stored_are_not_counted_again() -> None:
    embedder = CountingCharacters()
    text = "Oslo sea"
    kept = replace(record(1, text), model=embedder.model, tokens=(len(text),), speaker="Tom")
    strange = replace(kept, model="another")
    for one in (kept, strange, replace(kept, tokens=())):
        block = packed([Ranked(one, 1.0, 1.0, {})], 1_000, embedder)
        assert block.tokens == len(block.text)
    lying = replace(kept, tokens=(900,))
    assert packed([Ranked(lying, 1.0, 1.0, {})], 900, embedder).text == ""


def test_a_passage_tells_all_its_memories_as_well_as_its_best_line() -> None:
    one, other = record(1, "I ski."), record(2, "I sail.")
    line = Line("I ski. I sail.", None, ("ski", "sail"), (), None, (one, other))
    best = Ranked(one, 0.9, 1.0, {}, line)
    again = Ranked(other, 0.4, 1.0, {})
    assert [(hit.record, hit.score) for hit in told([best, again])] == [(one, 0.9), (other, 0.9)]
