"""The JSON of answers."""

from __future__ import annotations

from lamella.models import Record
from lamella.results import MEMORY_FIELDS, memory_wire


def test_the_names_of_a_memorys_fields_are_all_that_it_may_show() -> None:
    stated = Record("1", "o", "org", "factual", "Tea.", 1, 1, 1, 1, valid_to=2)
    assert set(memory_wire(stated, now=3)) == MEMORY_FIELDS
