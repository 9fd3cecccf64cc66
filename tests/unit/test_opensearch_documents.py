from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lamella.engines.opensearch_documents import joined, pieces, prefix, term

names = st.text(st.sampled_from("a#%,=:2;5"), max_size=6)
values = st.one_of(st.text(max_size=4), st.floats(allow_nan=False).map(lambda f: f + 0.0))


@given(st.lists(names, min_size=1, max_size=3), st.lists(names, min_size=1, max_size=3))
def test_different_names_have_different_ids_and_no_list_of_them_is_torn(
    left: list[str], right: list[str]
) -> None:
    assert (joined(*left) == joined(*right)) is (left == right)
    assert "," not in joined(*left)


def test_an_id_is_never_longer_than_opensearch_allows() -> None:
    long = joined("#" * 256, "é" * 128)
    assert len(long.encode()) <= 512
    assert long != joined("#" * 256, "è" * 128)


@given(names, names, values, values)
def test_terms_are_equal_where_path_and_value_are(
    path: str, other: str, left: str | float, right: str | float
) -> None:
    same = path == other and type(left) is type(right) and left == right
    assert (term(path, left) == term(other, right)) is same


@given(names, st.lists(values, min_size=2, max_size=2))
def test_terms_of_one_path_and_type_are_in_the_order_of_their_values(
    path: str, two: list[str | float]
) -> None:
    left, right = two
    if isinstance(left, str) and isinstance(right, str):
        assert (term(path, left).encode() < term(path, right).encode()) is (left < right)
    elif isinstance(left, float) and isinstance(right, float):
        assert (term(path, left) < term(path, right)) is (left < right)
    else:
        assert prefix(path, left) != prefix(path, right)


@given(st.integers(0, 30_000), st.integers(1, 6_000))
def test_any_part_that_may_be_asked_for_lies_within_one_piece(start: int, length: int) -> None:
    text = "".join(chr(0x4E00 + n % 20_000) for n in range(36_000))
    cut = pieces(text)
    part = text[start : start + length]
    assert any(part in piece for piece in cut)
    assert all(len(piece.encode()) <= 32_766 for piece in cut)
    assert all(left != right for left, right in pairwise(cut))


def test_a_short_text_is_its_own_piece() -> None:
    assert pieces("") == [""]
    assert pieces("x" * 8_000) == ["x" * 8_000]
