"""A step of promotion fails, and the next promotion makes up for it: nothing twice, nothing lost."""

from __future__ import annotations

import pytest
from world import ORG, World, in_memory

from lamella.errors import Unavailable


@pytest.fixture
def world() -> World:
    return in_memory()
