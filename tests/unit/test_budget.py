"""Tokens an organization may spend in a day, and who reads when they are gone."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes import FrozenClock

from lamella.budget import Budget, Budgeted
from lamella.clock import DAY, HOUR
from lamella.engines.reference import ReferenceTable
from lamella.errors import Throttled
from lamella.guidance import NOTHING_ASKED, Guidance
from lamella.models import Fact, Turn
from lamella.ports import Commit, Put, Refusal

SAID = Turn("e-0", "user", "I live in Oslo.", said_at=1, captured_at=1)


class Reader:
    """An Extractor that spends what it is told to, and signs what it read."""

    def __init__(self, name: str, budget: Budget | None = None, cost: int = 0) -> None:
        self.name = name
        self._budget = budget
        self._cost = cost

    def extract(
        self,
        turns: Sequence[Turn],
        earlier: Sequence[Turn],
        org: str,
        guidance: Guidance = NOTHING_ASKED,
    ) -> list[Fact]:
        return self.summarize(turns, org)

    def summarize(
        self, turns: Sequence[Turn], org: str, guidance: Guidance = NOTHING_ASKED
    ) -> list[Fact]:
        if self._budget:
            self._budget.spend(org, self._cost)
        return [Fact(self.name, "factual", (turn.id,), turn.said_at) for turn in turns]


class Contended(ReferenceTable):
    """A table where somebody else always writes first."""

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        [(put,)] = commits
        assert isinstance(put, Put)
        return [Refusal(0, put.item)]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


def read_by(reader: Budgeted, org: str = "acme") -> tuple[str, str]:
    [fact], [episode] = reader.extract([SAID], [], org), reader.summarize([SAID], org)
    return fact.text, episode.text


def test_when_the_budget_is_spent_rules_go_on(clock: FrozenClock) -> None:
    budget = Budget(ReferenceTable(), 1_000, clock)
    reader = Budgeted(Reader("model", budget, 600), Reader("rules"), budget)
    assert read_by(reader) == ("model", "model")
    assert read_by(reader) == ("rules", "rules")


def test_the_next_day_has_its_own_budget(clock: FrozenClock) -> None:
    budget = Budget(ReferenceTable(), 1_000, clock)
    budget.spend("acme", 1_000)
    assert not budget.allows("acme")
    clock.advance(DAY)
    assert budget.allows("acme")


def test_an_organization_does_not_feel_what_another_spends(clock: FrozenClock) -> None:
    budget = Budget(ReferenceTable(), 1_000, clock)
    budget.spend("globex", 5_000)
    assert budget.allows("acme")
    assert not budget.allows("globex")


def test_a_budget_of_nothing_allows_nothing(clock: FrozenClock) -> None:
    assert not Budget(ReferenceTable(), 0, clock).allows("acme")


def test_processes_that_count_at_once_lose_no_token(clock: FrozenClock) -> None:
    table = ReferenceTable()
    with ThreadPoolExecutor(4) as threads:
        for _ in range(40):
            threads.submit(Budget(table, 401, clock).spend, "acme", 10)
    budget = Budget(table, 401, clock)
    assert budget.allows("acme")
    budget.spend("acme", 1)
    assert not budget.allows("acme")


def test_who_never_gets_to_count_leaves_the_work_due(clock: FrozenClock) -> None:
    with pytest.raises(Throttled, match="organization acme at once: try again later"):
        Budget(Contended(), 1_000, clock).spend("acme", 1)


def test_old_days_are_removed_after_a_week(clock: FrozenClock) -> None:
    table = ReferenceTable()
    Budget(table, 1_000, clock).spend("acme", 1)
    assert table.tidy(clock.now + 7 * DAY - HOUR) == 0
    assert table.tidy(clock.now + 7 * DAY) == 1
