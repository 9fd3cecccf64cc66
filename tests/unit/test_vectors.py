from __future__ import annotations

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.errors import Invalid
from lamella.vectors import cosine, pack, unit, unpack

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3).filter(lambda v: hypot(*v) > 1e-3)


@given(values=VALUES)
def test_a_unit_vector_has_length_one(values: list[float]) -> None:
    assert hypot(*unit(values)) == pytest.approx(1.0, abs=1e-5)


def test_zeros_stay_zeros() -> None:
    assert list(unit([0, 0])) == [0.0, 0.0]


@given(values=VALUES)
def test_packing_keeps_three_digits(values: list[float]) -> None:
    vector = unit(values)
    assert list(unpack(pack(vector))) == pytest.approx(list(vector), abs=1e-3)
    assert pack(unpack(pack(vector))) == pack(vector)


@given(a=VALUES, b=VALUES)
def test_the_cosine_is_symmetric_and_bounded(a: list[float], b: list[float]) -> None:
    one, other = unit(a), unit(b)
    assert -1.0 <= cosine(one, other) <= 1.0
    assert cosine(one, other) == cosine(other, one)
    assert cosine(one, one) == pytest.approx(1.0, abs=1e-5)


def test_the_packed_form_is_little_endian_float16_in_base64() -> None:
    assert pack(unit([1.0, 0.0])) == "ADwAAA=="


@pytest.mark.parametrize("text", ["not base64!", "AAA", "AAAA"])
def test_what_is_no_packed_vector_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="base64"):
        unpack(text)
