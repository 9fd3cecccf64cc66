"""Random memories, random filters: every engine finds what the reference evaluator says.

Hypothesis draws only the seed: its own small examples hardly ever let a wrong operator show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from contract.samples import NOW, memory_id, record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamella import filters
from lamella.clock import DAY, iso
from lamella.models import Record
from lamella.ports import Index, Listing, Search, Upsert

Raw = dict[str, Any]

IDS = ["ann", "Ann", "b#b%", "x*", "é"]
LABELS = ["Food", "food", "foo", "tra_vel", "straße", "STRASSE", "%"]
TIMES = [NOW - 2 * DAY, NOW - DAY, NOW - 1, NOW, NOW + 1, NOW + DAY]
TEXTS = ["", "a", "A", "ab", "aBc", "ß", "ss", "İ", "%", "_", "a%b", "*", "a?", "\\", "'\"", "é\n☃"]
NUMBERS = [-1, 0, -0.0, 1, 1.0, 0.5, -0.5, 5, 10, 100, 7.5, 2**53 + 1, -(10**20), 1e300, 5e-324]
SCALARS = [*TEXTS, *NUMBERS, True, False]
PATHS = ["a", "b", "A", "a.b", "x y", "%"]

EQUALITY = ["eq", "ne", "in"]
ORDER = ["gt", "gte", "lt", "lte"]
PARTS = ["contains", "icontains"]
WHENS = [form for at in TIMES for form in (iso(at), iso(at)[:10], at / 1000)]
FIELDS: Mapping[str, tuple[Sequence[Any], Sequence[str]]] = {
    **dict.fromkeys(("user_id", "agentId", "app_id", "run_id", "audience"), (IDS, EQUALITY)),
    **dict.fromkeys(
        ("created_at", "updated_at", "timestamp", "expiration_date"), (WHENS, EQUALITY + ORDER)
    ),
    **dict.fromkeys(("text", "speaker", "keywords"), (TEXTS, EQUALITY + PARTS)),
    **dict.fromkeys(("categories", "entities"), (LABELS, EQUALITY + PARTS)),
    "memory_ids": ([memory_id(n) for n in range(5)], EQUALITY),
    "layer": (["user", "org", "session"], EQUALITY),
    "kind": (["factual", "episodic", "semantic"], EQUALITY),
    "immutable": ([True, False], ["eq", "ne"]),
}


# --- memories -----------------------------------------------------------------------------


def some_record(dice: Random, number: int) -> Record:
    return record(
        number,
        dice.choice(TEXTS),
        words=("common",),
        owner=dice.choice(["u:ann", "u:bob", "o"]),
        layer=dice.choice(["user", "org"]),
        kind=dice.choice(["factual", "episodic", "semantic"]),
        speaker=dice.choice([None, *TEXTS]),
        immutable=dice.choice([True, False]),
        metadata={dice.choice(PATHS): some_json(dice, 2) for _ in range(dice.randrange(4))},
        **{f: dice.choice([None, *IDS]) for f in ("user_id", "agent_id", "app_id", "session_id")},
        **{f: dice.choice(TIMES) for f in ("created_at", "updated_at", "said_at")},
        **{f: dice.choice([None, None, *TIMES]) for f in ("expires_at", "valid_to")},
        **{f: some_of(dice, LABELS) for f in ("categories", "entities")},
        audience=some_of(dice, IDS),
    )


def some_of(dice: Random, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dice.sample(values, dice.randrange(3)))


def some_json(dice: Random, depth: int) -> Any:
    shape = dice.random() if depth else 1.0
    if shape < 0.2:
        return [some_json(dice, depth - 1) for _ in range(dice.randrange(3))]
    if shape < 0.4:
        return {dice.choice(PATHS): some_json(dice, depth - 1) for _ in range(dice.randrange(3))}
    return dice.choice([None, *SCALARS])


# --- filters ------------------------------------------------------------------------------


def some_filter(dice: Random, depth: int = 3) -> Raw:
    shape = dice.random() if depth else 1.0
    parts = [some_filter(dice, depth - 1) for _ in range(dice.randint(1, 3))] if shape < 0.6 else []
    if shape < 0.2:
        return {"AND": parts}
    if shape < 0.4:
        return {"OR": parts}
    if shape < 0.5:
        return {"NOT": parts}
    if shape < 0.6:
        return {**parts[0], **parts[-1]}
    return some_leaf(dice)


def some_leaf(dice: Random) -> Raw:
    if dice.random() < 0.4:
        path, inner = dice.choice(PATHS), some_clause(dice, SCALARS, EQUALITY + ORDER + PARTS)
        return {"metadata": {path: {dice.choice(PATHS): inner} if dice.random() < 0.2 else inner}}
    name = dice.choice(list(FIELDS))
    return {name: some_clause(dice, *FIELDS[name])}


def some_clause(dice: Random, values: Sequence[Any], operators: Sequence[str]) -> Any:
    shape = dice.random()
    if shape < 0.1:
        return "*" if "in" in operators else values[0]
    if shape < 0.2:
        return dice.choice(values)
    chosen = dice.sample(operators, 2 if shape < 0.3 else 1)
    several = [dice.choice(values) for _ in range(dice.randint(1, 3))]
    return {op: several if op == "in" else dice.choice(values) for op in chosen}


def every_leaf() -> Iterator[Raw]:
    """Each operator of each field with each of its values."""
    for name, (values, operators) in FIELDS.items():
        for op in operators:
            yield from ({name: {op: [value] if op == "in" else value}} for value in values)
    for op in EQUALITY + ORDER + PARTS:
        yield from ({"metadata": {"a": {op: [v] if op == "in" else v}}} for v in SCALARS)
    yield from ({name: "*"} for name in FIELDS if name != "immutable")
    yield from ({"metadata": {path: "*"}} for path in PATHS)
    yield {"metadata": "*"}


# --- the agreement ------------------------------------------------------------------------


def agree(index: Index, org: str, stored: list[Record], raw: Raw) -> None:
    where = filters.parse(raw)
    asked = {one.id: one for one in stored if filters.matches(where, one)}
    found = index.list(Listing(org, None, NOW, where, expired=True, superseded=True))
    assert [one.id for one in found.records] == sorted(asked, reverse=True), raw
    assert found.count == len(asked), raw


def test_each_operator_of_each_field_agrees(index: Index, org: str) -> None:
    dice = Random(4)
    stored = [some_record(dice, number) for number in range(60)]
    index.apply([Upsert(org, one) for one in stored])
    for raw in every_leaf():
        agree(index, org, stored, raw)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_filters_of_any_form_agree_in_lists_and_searches(
    index: Index, fresh: Callable[[str], str], seed: int
) -> None:
    dice, org = Random(seed), fresh("org")
    stored = [some_record(dice, number) for number in range(8)]
    index.apply([Upsert(org, one) for one in stored])
    for raw in [some_filter(dice) for _ in range(8)]:
        agree(index, org, stored, raw)
        where = filters.parse(raw)
        current = {o.id for o in stored if o.current(NOW) and filters.matches(where, o)}
        question = Search(org, None, ("common",), None, NOW, where)
        assert {one.record.id for one in index.search(question).found} == current, raw
        both = index.search(replace(question, superseded=True))
        unexpired = {o.id for o in stored if not o.expired(NOW) and filters.matches(where, o)}
        assert {one.record.id for one in both.found} == unexpired, raw
