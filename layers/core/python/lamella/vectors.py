"""Unit vectors, and the form in which a record carries one: base64 of little-endian float16."""

from __future__ import annotations

import struct
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable
from math import hypot
from operator import mul

from lamella.errors import Invalid
from lamella.ports import Vector


def unit(values: Iterable[float]) -> Vector:
    """`values` scaled to length one; all zeros stay as they are."""
    given = list(values)
    length = hypot(*given) or 1.0
    return array("f", (value / length for value in given))


def pack(vector: Iterable[float]) -> str:
    """A unit vector as text, with three decimal digits of each number kept."""
    values = tuple(vector)
    return b64encode(struct.pack(f"<{len(values)}e", *values)).decode()


def unpack(text: str) -> Vector:
    """The vector that `pack` wrote. Raises Invalid if `text` is no such thing."""
    try:
        data = b64decode(text, validate=True)
        return array("f", struct.unpack(f"<{len(data) // 2}e", data))
    except (ValueError, struct.error) as exc:
        raise Invalid("an embedding can't be read: base64 of float16 numbers is needed") from exc


def cosine(a: Vector, b: Vector) -> float:
    """The cosine in [-1, 1] between two unit vectors of one length."""
    product: float = sum(map(mul, a, b))
    return max(-1.0, min(1.0, product))
